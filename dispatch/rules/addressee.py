"""Who is told: which seller a call means, and which mailboxes then get the instruction. Pure.

What names the seller itself (account, company) counts first, then its contract or asset, then our own name of a seller. A
contract of somebody else than the seller named is not asked here: matching finds it, after the message left. What was
merely learned (an alias) counts only where nothing else names another seller: it never sends an instruction astray.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from .notice import Call


class By(IntEnum):
    """By what a seller was found; the lower, the better. What was learned has to agree with all but an identity."""

    IDENTITY = 1
    CONTRACT_OR_ASSET = 2
    OUR_NAME = 3
    LEARNED = 4


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A dispatch contact of a seller in the market."""

    contact_id: int
    email: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A seller found under a word of the trigger."""

    seller_id: int
    name: str
    phone: str
    mailboxes: tuple[Mailbox, ...] = ()


@dataclass(frozen=True, slots=True)
class Addressee:
    """`seller` None: not known or not clear. `note` then tells on-call why, and names the candidates."""

    seller: Found | None
    mailboxes: tuple[Mailbox, ...]
    tell_oncall: bool
    note: str = ""


def addressee(
    call: Call, found: Iterable[tuple[By, Found]], alike: Sequence[str] = (), *, rehearsal: bool = False
) -> Addressee:
    """Decides for one call. `alike`: sellers to suggest where none was found.

    In a `rehearsal` nobody is written to who has not confirmed the mailbox by its test message.
    """
    by_rank: dict[By, dict[int, Found]] = {}
    for by, seller in found:
        by_rank.setdefault(by, {})[seller.seller_id] = seller
    sellers = by_rank[min(by_rank)] if by_rank else {}
    if By.IDENTITY not in by_rank and By.LEARNED in by_rank:
        sellers = {key: seller for of_rank in by_rank.values() for key, seller in of_rank.items()}
    if len(sellers) == 1:
        return reached(next(iter(sellers.values())), rehearsal=rehearsal)
    candidates = [_presented(seller) for seller in sellers.values()] or list(alike)
    why = "is not clear: each of these is named" if sellers else "is not known to us"
    named = [
        call.named,
        f"contract {call.contract}" if call.contract else "",
        f"asset {call.asset}" if call.asset else "",
    ]
    note = f"The seller {why}. The operator named: {', '.join(filter(None, named)) or 'nobody'}."
    return Addressee(
        None, (), True, f"{note} Candidates: {'; '.join(candidates) or 'none'}. Reach the seller by telephone."
    )


def reached(seller: Found, *, rehearsal: bool) -> Addressee:
    """Whom a seller's instruction goes to. Verified mailboxes; without any all others, and on-call is told; without those on-call alone."""
    verified = tuple(box for box in seller.mailboxes if box.is_verified)
    if verified:
        return Addressee(seller, verified, False)
    if rehearsal:
        note = f"No mailbox of {_presented(seller)} is verified. This is a mock market: nobody else was written to."
        return Addressee(seller, (), True, note)
    if seller.mailboxes:
        addresses = ", ".join(box.email for box in seller.mailboxes)
        note = f"No mailbox of {_presented(seller)} is verified. This went to {addresses}: make sure that it was read."
        return Addressee(seller, seller.mailboxes, True, note)
    note = f"{_presented(seller)} has no dispatch contact in this market. Reach the seller by telephone."
    return Addressee(seller, (), True, note)


def _presented(seller: Found) -> str:
    return f"{seller.name} ({seller.phone})" if seller.phone else seller.name
