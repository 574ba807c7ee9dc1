"""An instruction beside a contract, fact by fact: what each says, whether they agree, and if not, a sentence with both.

What the trigger left out cannot disagree; a seller always can, since somebody must be paid. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from markets.rules import words
from markets.rules.spans import Window

from .holding import held
from .notice import NEEDS_TERMS
from .standing import BidAsset, asset_fact
from .wording import instant

NOT_SAID = "not said"
MOST_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """An instruction, as matching sees it. `seller_id` None: not known; instants are UTC, capacity is kW.

    `means` gives, by kind, what one of the operator's words was learned to mean: our own word for it. `learned` says so
    in sentences; `doubts` name words that mean more than one thing, and keep it from being matched by rule.
    """

    kind: str
    seller_id: int | None
    seller_named: str
    contract_named: str
    asset_named: str
    product: str
    zone: str
    capacity_kw: Decimal | None
    starts_at: datetime | None
    ends_at: datetime | None
    means: Mapping[str, str] = field(default_factory=dict)
    learned: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def meant(self, kind: str) -> str:
        """The contract, zone or product in our own words where they were learned, else as the operator wrote it."""
        return (
            self.means.get(kind) or {"contract": self.contract_named, "zone": self.zone, "product": self.product}[kind]
        )

    def told(self, kind: str) -> str:
        """As the operator wrote it, with what it was learned to mean."""
        written = {"contract": self.contract_named, "zone": self.zone, "product": self.product}[kind]
        return f"{written} (learned: {self.means[kind]})" if kind in self.means else written


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract. `names`: every reference under which the operator may name it; `products`: name and key.

    `is_scheduled`: its product is delivered by schedule and never called by trigger. `assets`: those of its bid.
    """

    contract_id: int
    names: tuple[str, ...]
    seller_id: int
    seller: str
    products: tuple[str, ...]
    zone: str
    accepted_kw: Decimal
    windows: tuple[Window, ...]
    is_scheduled: bool = False
    assets: tuple[BidAsset, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of both sides. `agrees` None: the trigger does not say it. `sentence` names both values where they differ."""

    key: str
    label: str
    asked: str
    ours: str
    agrees: bool | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """All facts in one order, the window it begins in, and what a person should know besides."""

    facts: tuple[Fact, ...]
    window_id: int | None
    remarks: tuple[str, ...]


def said(asked: Asked) -> dict[str, tuple[str, str]]:
    """Per fact its label and what the trigger says of it, in words: the first column."""
    when = " to ".join(instant(at) for at in (asked.starts_at, asked.ends_at) if at)
    wanted = _wanted_kw(asked)
    return {
        "contract": ("Contract", asked.told("contract") or NOT_SAID),
        "seller": ("Seller", asked.seller_named or NOT_SAID),
        "zone": ("Zone", asked.told("zone") or NOT_SAID),
        "window": ("Time", when or NOT_SAID),
        "product": ("Product", asked.told("product") or NOT_SAID),
        "called": ("How it is called", "by trigger"),
        "capacity": ("Capacity", NOT_SAID if wanted is None else words.kw(wanted)),
        "assets": ("Assets", asked.asset_named or "all of the contract's"),
    }


def compared(asked: Asked, candidate: Candidate) -> Compared:
    """Puts the two side by side."""
    is_held, window_id = held(candidate.windows, asked.starts_at, asked.ends_at, needs_terms=asked.kind in NEEDS_TERMS)
    at = asked.starts_at or asked.ends_at
    assets, told = asset_fact(candidate.names[0], candidate.assets, at, named=asked.asset_named)
    found: dict[str, tuple[str, bool | None, str]] = {
        "contract": _contract(asked, candidate),
        "seller": _seller(asked, candidate),
        "zone": _named("zone", asked, candidate, (candidate.zone,), "is in zone"),
        "window": _window(asked, candidate, is_held),
        "product": _named("product", asked, candidate, candidate.products, "is for"),
        "called": _called(candidate),
        "capacity": _capacity(asked, candidate),
        "assets": assets,
    }
    asks = said(asked)
    facts = tuple(_fact(key, asks[key], ours) for key, ours in found.items())
    return Compared(facts, window_id, (*_part(asked, candidate), *told))


def _fact(key: str, asks: tuple[str, str], ours: tuple[str, bool | None, str]) -> Fact:
    (label, told), (shown, agrees, sentence) = asks, ours
    return Fact(key, label, told, shown, agrees, sentence)


def same(named: str, names: Iterable[str]) -> bool:
    """Whether it is one of the names, whatever the case of the letters."""
    return named.casefold() in {name.casefold() for name in names}


def _contract(asked: Asked, candidate: Candidate) -> tuple[str, bool | None, str]:
    ours, theirs = candidate.names[0], asked.meant("contract")
    agrees = same(theirs, candidate.names) if theirs else None
    sentence = f"The trigger names contract {asked.told('contract')}, this is {ours}."
    return f"{ours} (bid {', '.join(candidate.names[1:])})", agrees, sentence


def _seller(asked: Asked, candidate: Candidate) -> tuple[str, bool | None, str]:
    named = asked.seller_named or "no seller that we know"
    sentence = f"Contract {candidate.names[0]} belongs to {candidate.seller}; the trigger names {named}."
    return candidate.seller, asked.seller_id == candidate.seller_id, sentence


def _named(
    key: str, asked: Asked, candidate: Candidate, names: Sequence[str], verb: str
) -> tuple[str, bool | None, str]:
    theirs = asked.meant(key)
    sentence = f"Contract {candidate.names[0]} {verb} {names[0]}; the trigger names {asked.told(key)}."
    return names[0], same(theirs, names) if theirs else None, sentence


def _window(asked: Asked, candidate: Candidate, is_held: bool) -> tuple[str, bool | None, str]:
    _, when = said(asked)["window"]
    windows = sorted(candidate.windows, key=lambda window: (window.first_day, window.local_start, window.id))
    ours = "; ".join(_in_words(window) for window in windows[:MOST_WINDOWS]) or "no window"
    if len(windows) > MOST_WINDOWS:
        ours += f"; and {len(windows) - MOST_WINDOWS} more"
    sentence = f"Contract {candidate.names[0]} has no service window that holds {when}; it has {ours}."
    return ours, is_held if when != NOT_SAID else None, sentence


def _in_words(window: Window) -> str:
    hours = words.hours(window.local_start, window.local_end)
    return f"{words.weekdays(window.weekdays)} {hours} London, {words.days(window.first_day, window.last_day)}"


def _called(candidate: Candidate) -> tuple[str, bool | None, str]:
    ours = "delivered by schedule" if candidate.is_scheduled else "called by trigger"
    sentence = (
        f"Contract {candidate.names[0]} is for {candidate.products[0]}, which is delivered by schedule; "
        "a trigger calls only what is called by trigger."
    )
    return ours, not candidate.is_scheduled, sentence


def _capacity(asked: Asked, candidate: Candidate) -> tuple[str, bool | None, str]:
    contracted, wanted = words.kw(candidate.accepted_kw), _wanted_kw(asked)
    if wanted is None:
        return contracted, None, ""
    sentence = f"The trigger asks {words.kw(wanted)}; contract {candidate.names[0]} is for {contracted}."
    return contracted, wanted <= candidate.accepted_kw, sentence


def _part(asked: Asked, candidate: Candidate) -> tuple[str, ...]:
    """To ask less than is contracted is the operator's right: worth a remark, no discrepancy."""
    wanted, contracted = _wanted_kw(asked), candidate.accepted_kw
    if wanted is None or wanted >= contracted:
        return ()
    return (f"The trigger asks {words.kw(wanted)} of the {words.kw(contracted)} of contract {candidate.names[0]}.",)


def _wanted_kw(asked: Asked) -> Decimal | None:
    return asked.capacity_kw if asked.kind in NEEDS_TERMS else None
