"""What was learned of the operator's words: a person decided once what one means, later triggers are read by it. Pure.

A word that was decided in two ways, or that is a name of its own by now, means nothing for sure: it becomes a doubt,
and a person decides again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .comparing import Asked

MOST_NAMED = 200  # what an instruction keeps of a name
OF_SELLERS = ("company", "account")
LABELS = {
    "company": "company name",
    "account": "account",
    "contract": "contract",
    "zone": "zone",
    "product": "product",
}


@dataclass(frozen=True, slots=True)
class Learned:
    """An alias that stands. `means`: our own word; `meaning_id`: its row's key. `clashes`: the word is a name of its own,
    of something else, by now. `source`: who decided so, and when."""

    reference: str
    kind: str
    word: str
    means: str
    meaning_id: int
    source: str
    clashes: bool = False


def words_of(
    *, seller_named: str, contract: str, zone: str, product: str, calls: Iterable[Mapping[str, str]]
) -> dict[str, str]:
    """The words of an instruction by kind, empty ones left out.

    `seller_named` joins company and account; the calls of the trigger (`content_of`) still have them apart.
    """
    found = {"contract": contract, "zone": zone, "product": product}
    for call in calls:
        company, account = call.get("seller", ""), call.get("account", "")
        named = ", ".join(filter(None, [company, f"account {account}" if account else ""]))
        if named and named[:MOST_NAMED] == seller_named:
            found |= {"company": company, "account": account}
            break
    return {kind: word for kind, word in found.items() if word}


def understood(asked: Asked, words: Mapping[str, str], learned: Sequence[Learned]) -> Asked:
    """The instruction, read by what was learned of its words. A seller that is known already stays."""
    means, said, doubts, sellers = dict[str, str](), list[str](), list[str](), dict[int, Learned]()
    for kind, word in words.items():
        found = {a.meaning_id: a for a in learned if a.kind == kind and a.word.casefold() == word.casefold()}
        if not found or (kind in OF_SELLERS and asked.seller_id is not None and asked.seller_id not in found):
            continue
        if len(found) > 1 or any(alias.clashes for alias in found.values()):
            if not (kind in OF_SELLERS and asked.seller_id is not None):
                doubts.append(_doubt(kind, word, [found[key] for key in sorted(found)]))
            continue
        [alias] = found.values()
        said.append(f"The {LABELS[kind]} '{word}' means {alias.means}: {alias.source} ({alias.reference}).")
        if kind in OF_SELLERS:
            sellers[alias.meaning_id] = alias
        else:
            means[kind] = alias.means
    if len(sellers) > 1:
        both = " and ".join(f"'{alias.word}' means {alias.means}" for _, alias in sorted(sellers.items()))
        doubts.append(f"Two sellers are named: {both}, as it was learned.")
    seller_id = asked.seller_id or (next(iter(sellers)) if len(sellers) == 1 else None)
    return replace(asked, seller_id=seller_id, means=means, learned=tuple(said), doubts=tuple(doubts))


def _doubt(kind: str, word: str, found: Sequence[Learned]) -> str:
    meanings = " and as ".join(f"{alias.means} ({alias.reference})" for alias in found)
    if len(found) > 1:
        return f"The {LABELS[kind]} '{word}' was decided as {meanings}: it is not clear until one of these is ended."
    return (
        f"The {LABELS[kind]} '{word}' was learned as {meanings}, but is by now a name of its own: end what was learned."
    )
