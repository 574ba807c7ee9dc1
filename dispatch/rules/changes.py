"""What a declared revision changes: the correction that a seller gets names it. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markets.rules.words import kw

from .notice import Call, TriggerNotice
from .wording import instant

type Whom = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """What one seller is told: the call, of which kind, and how it differs from what was told before.

    `whom`: words that name the same call in every revision, and no other call of it.
    """

    call: Call
    kind: str
    whom: tuple[str, ...]
    changes: tuple[str, ...] = ()


def orders(notice: TriggerNotice, before: TriggerNotice | None) -> Iterator[Order]:
    """One order per call; and a cancellation for each call of the earlier revision that the new one leaves out."""
    earlier = _by_whom(before.calls) if before else {}
    alike = Counter[Whom]()
    for call in notice.calls:
        whom = (*_whom(call), _next(alike, call))
        if before is None:
            yield Order(call, notice.kind, whom)
            continue
        told = earlier.get(_whom(call))
        previous = told.pop(0) if told else None
        yield Order(call, notice.kind, whom, tuple(_changes(notice, call, before, previous)) or ("nothing",))
    for call in (call for told in earlier.values() for call in told):
        left_out = (*_whom(call), _next(alike, call))
        yield Order(call, "cancel", left_out, ("this call is no longer part of the instruction",))


def _next(alike: Counter[Whom], call: Call) -> str:
    """Which of the calls that name the same seller, contract and asset it is: they are paired in their order."""
    alike[_whom(call)] += 1
    return str(alike[_whom(call)])


def _whom(call: Call) -> Whom:
    return call.seller.casefold(), call.account.casefold(), call.contract.casefold(), call.asset.casefold()


def _by_whom(calls: Sequence[Call]) -> dict[Whom, list[Call]]:
    found: dict[Whom, list[Call]] = {}
    for call in calls:
        found.setdefault(_whom(call), []).append(call)
    return found


def _changes(notice: TriggerNotice, call: Call, before: TriggerNotice, previous: Call | None) -> Iterator[str]:
    if previous is None:
        yield "this call is new"
        return
    pairs: list[tuple[str, str, str]] = [
        ("kind", before.kind.replace("_", " "), notice.kind.replace("_", " ")),
        ("product", before.product, notice.product),
        ("zone", before.zone, notice.zone),
        ("capacity", _kw(previous.capacity_kw), _kw(call.capacity_kw)),
        ("start", _at(previous.starts_at, "not stated"), _at(call.starts_at, "not stated")),
        ("end", _at(previous.ends_at, "until a stop"), _at(call.ends_at, "until a stop")),
    ]
    for what, was, now in pairs:
        if was != now:
            yield f"{what}: {was or 'not stated'} → {now or 'not stated'}"


def _kw(capacity_kw: Decimal | None) -> str:
    return "" if capacity_kw is None else kw(capacity_kw)


def _at(at: datetime | None, otherwise: str) -> str:
    return instant(at) if at else otherwise
