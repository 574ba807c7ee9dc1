"""Which contract an instruction belongs to: each candidate is judged, and what does not agree is said in sentences. Pure.

A contract matches by itself only where nothing at all disagrees and no other contract fits as well. The score merely
puts the candidates in order for the person who decides the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from markets.rules.spans import LONDON, Window, window_spans
from markets.rules.words import kw

from .notice import NEEDS_TERMS
from .wording import instant

ONE_DAY = timedelta(days=1)
POINTS = {"contract": 16, "seller": 8, "zone": 4, "window": 2, "product": 1, "capacity": 1}


@dataclass(frozen=True, slots=True)
class Asked:
    """An instruction, as matching sees it. `seller_id` None: not known; instants are UTC, capacity is kW."""

    kind: str
    seller_id: int | None
    seller_named: str
    contract_named: str
    product: str
    zone: str
    capacity_kw: Decimal | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract. `names`: every reference under which the operator may name it; `products`: name and key."""

    contract_id: int
    names: tuple[str, ...]
    seller_id: int
    seller: str
    products: tuple[str, ...]
    zone: str
    accepted_kw: Decimal
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with its score, the window it would be delivered in, and what does not agree."""

    candidate: Candidate
    score: int
    window_id: int | None
    discrepancies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`chosen` only where it is clear; else `discrepancies` say what a person has to solve. `ranked`: best first."""

    chosen: Judged | None
    ranked: tuple[Judged, ...]
    discrepancies: tuple[str, ...]


def judge(asked: Asked, candidates: Iterable[Candidate]) -> Verdict:
    """Matches an instruction with one of the contracts, or says why not."""
    ranked = tuple(sorted((_judged(asked, candidate) for candidate in candidates), key=_order))
    clear = [judged for judged in ranked if not judged.discrepancies]
    if len(clear) == 1:
        return Verdict(clear[0], ranked, ())
    return Verdict(None, ranked, tuple(_unsolved(asked, ranked, clear)))


def _order(judged: Judged) -> tuple[int, int, int]:
    return (-judged.score, len(judged.discrepancies), judged.candidate.contract_id)


def _judged(asked: Asked, candidate: Candidate) -> Judged:
    fits, window_id = _window(asked, candidate.windows)
    agreed = {
        "contract": _same(asked.contract_named, *candidate.names),
        "seller": asked.seller_id == candidate.seller_id,
        "zone": _same(asked.zone, candidate.zone),
        "product": _same(asked.product, *candidate.products),
        "window": fits,
        "capacity": not _asks_capacity(asked) or asked.capacity_kw <= candidate.accepted_kw,  # type: ignore[operator]
    }
    score = sum(points for name, points in POINTS.items() if agreed[name])
    # What the trigger left out cannot disagree; a seller always can, since somebody must be paid.
    said = {"contract": asked.contract_named, "zone": asked.zone, "product": asked.product}
    wrong = [name for name in POINTS if not agreed[name] and said.get(name, True)]
    return Judged(candidate, score, window_id, tuple(_sentence(name, asked, candidate) for name in wrong))


def _same(named: str, *names: str) -> bool:
    return named.casefold() in (name.casefold() for name in names)


def _asks_capacity(asked: Asked) -> bool:
    return asked.kind in NEEDS_TERMS and asked.capacity_kw is not None


def _sentence(name: str, asked: Asked, candidate: Candidate) -> str:
    contract = candidate.names[0]
    seller = asked.seller_named or "no seller that we know"
    when = " to ".join(instant(at) for at in (asked.starts_at, asked.ends_at) if at)
    sentences = {
        "contract": f"The trigger names contract {asked.contract_named}, this is {contract}.",
        "seller": f"Contract {contract} belongs to {candidate.seller}; the trigger names {seller}.",
        "zone": f"Contract {contract} is in zone {candidate.zone}; the trigger names {asked.zone}.",
        "product": f"Contract {contract} is for {candidate.products[0]}; the trigger names {asked.product}.",
        "window": f"Contract {contract} has no service window that holds {when}.",
    }
    if name == "capacity" and asked.capacity_kw is not None:
        return f"The trigger asks {kw(asked.capacity_kw)}; contract {contract} is for {kw(candidate.accepted_kw)}."
    return sentences[name]


def _unsolved(asked: Asked, ranked: Sequence[Judged], clear: Sequence[Judged]) -> Iterator[str]:
    if len(clear) > 1:
        names = ", ".join(judged.candidate.names[0] for judged in clear)
        yield f"More than one contract agrees with it in everything: {names}."
        return
    if asked.contract_named and not any(_same(asked.contract_named, *judged.candidate.names) for judged in ranked):
        yield f"No contract of this market is known as {asked.contract_named}."
    if not ranked:
        where = f" in zone {asked.zone}" if asked.zone else ""
        yield f"No contract of {asked.seller_named or 'a seller that is not named'} was found{where}."
        return
    yield from ranked[0].discrepancies


def _window(asked: Asked, windows: Sequence[Window]) -> tuple[bool, int | None]:
    """Whether the windows hold what is asked, and the one in which it begins. Windows that adjoin count as one."""
    starts_at, ends_at = asked.starts_at, asked.ends_at
    if asked.kind not in NEEDS_TERMS:  # a stop is an instant; it may lie on the very end of a window
        starts_at = ends_at = ends_at or starts_at
    if starts_at is None:
        return True, windows[0].id if len(windows) == 1 else None
    spans = sorted(_spans_about(starts_at, ends_at or starts_at, windows))
    reached, begun_in = starts_at, None
    for start, end, window_id in spans:
        is_held = start <= reached < end or (asked.kind not in NEEDS_TERMS and reached == end)
        if is_held:
            begun_in = begun_in or window_id
            reached = max(reached, end)
    return begun_in is not None and (ends_at is None or ends_at <= reached), begun_in


def _spans_about(
    starts_at: datetime, ends_at: datetime, windows: Sequence[Window]
) -> Iterator[tuple[datetime, datetime, int]]:
    """The windows' spans on the days around an instruction: a season has hundreds."""
    from_day, to_day = starts_at.astimezone(LONDON).date() - ONE_DAY, ends_at.astimezone(LONDON).date() + ONE_DAY
    for window in windows:
        first, last = max(window.first_day, from_day), min(window.last_day, to_day)
        for start, end in window_spans(first, last, window.weekdays, window.local_start, window.local_end):
            yield start, end, window.id
