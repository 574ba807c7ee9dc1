"""Contracts, instructions and readings of fixed days, so that a month can be worked by hand."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from dispatch.models import Instruction, Match, Trigger
from markets.models import Asset, Bid, BidLine, Competition, Contract, Market, Product, Seller, ServiceWindow, Zone
from settlement.operations import DayOfReadings, store_readings

DAY = timedelta(days=1)
JANUARY = date(2025, 1, 1)
WEEKDAYS = [1, 2, 3, 4, 5]


def make_contract(
    *,
    market: Market,
    product: Product,
    zone: Zone,
    seller: Seller,
    assets: list[Asset],
    first_day: date = JANUARY,
    last_day: date = date(2025, 1, 31),
    kw: str = "50",
    hours: tuple[time, time] = (time(16), time(20)),
    weekdays: list[int] | None = None,
    **prices: str,
) -> Contract:
    """An accepted bid for evenings on working days, 16:00 to 20:00 in London."""
    opens_at = datetime.combine(first_day, time(), UTC) - 60 * DAY
    competition = Competition.objects.create(
        market=market,
        reference=f"T-{Competition.objects.count() + 1}",
        name=f"{product} at Testbridge",
        product=product,
        zone=zone,
        opens_at=opens_at,
        closes_at=opens_at + DAY,
        first_day=first_day,
        last_day=last_day,
        required_kw=Decimal(500),
    )
    window = ServiceWindow.objects.create(
        competition=competition,
        name="Evening",
        first_day=first_day,
        last_day=last_day,
        weekdays=weekdays or WEEKDAYS,
        local_start=hours[0],
        local_end=hours[1],
        required_kw=Decimal(500),
    )
    bid = Bid.objects.create(
        competition=competition, seller=seller, capacity_kw=kw, placed_at=opens_at, changed_at=opens_at, **prices
    )
    BidLine.objects.create(bid=bid, window=window, capacity_kw=kw)
    bid.assets.set(assets)
    Bid.objects.filter(pk=bid.pk).update(status=Bid.Status.ACCEPTED)
    contract = Contract.objects.create(
        bid=bid, seller=seller, market=market, accepted_kw=kw, awarded_at=opens_at + DAY, **prices
    )
    contract.refresh_from_db()
    return contract


def instruct(
    market: Market,
    contract: Contract | None,
    starts_at: datetime | None,
    ends_at: datetime | None = None,
    kind: str = "start",
    **told: Any,
) -> Instruction:
    """An instruction, matched to the contract where one is given."""
    number = Trigger.objects.count() + 1
    trigger = Trigger.objects.create(
        operator=market.operator,
        market=market,
        reference=f"TR-{number}",
        kind=kind,
        raw=b"{}",
        content={"issued_at": (starts_at or ends_at or datetime(2025, 1, 15, 16, tzinfo=UTC)).isoformat()},
        content_sha256=str(number),
        received_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    instruction = Instruction.objects.create(
        trigger=trigger,
        market=market,
        seller=contract.seller if contract else None,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        **told,
    )
    match = Match.objects.create(instruction=instruction)
    if contract:
        window = contract.bid.lines.get().window
        Match.objects.filter(pk=match.pk).update(status=Match.Status.MATCHED, contract=contract, window=window)
    instruction.refresh_from_db()
    return instruction


def meter(
    asset: Asset,
    first: date,
    last: date,
    kw_of: Callable[[date], float],
    events: Mapping[datetime, float] | None = None,
    **more: Any,
) -> None:
    """Stores a flat import of `kw_of(day)` kW for each UTC day; `events` gives single half-hours their own import."""
    days = []
    for offset in range((last - first).days + 1):
        day = first + offset * DAY
        watts = [-round(kw_of(day) * 1000)] * 48
        for at, kw in (events or {}).items():
            if at.date() == day:
                watts[at.hour * 2 + at.minute // 30] = -round(kw * 1000)
        days.append(DayOfReadings(asset, day, watts))
    store_readings(days=days, source="upload", by="tests", **more)


def at(day: int, hour: int, minute: int = 0, month: int = 1, year: int = 2025) -> datetime:
    """An instant of January 2025, in UTC, which is London's time then."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
