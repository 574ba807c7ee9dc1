"""When sellers are reminded of what they deliver by schedule, and of what. Pure.

That they are reminded at all is our assumption: the operator sends no trigger for these products.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from markets.rules.spans import LONDON, london


@dataclass(frozen=True)
class Asked:
    """Since `at` (UTC, market time) sellers are to be reminded of what they deliver on `day`, of London."""

    day: date
    at: datetime


@dataclass(frozen=True)
class Service:
    """A window of a contract on one day: half-open instants in UTC."""

    starts_at: datetime
    ends_at: datetime
    capacity_kw: Decimal
    window: str
    competition: str
    zone: str
    product: str
    contract: str


def asked(now: datetime, remind_at: time) -> Asked | None:
    """What is to be said by `now` (market time): of tomorrow, once London's clock shows `remind_at`."""
    today = now.astimezone(LONDON).date()
    at = london(today, remind_at)
    return Asked(today + timedelta(days=1), at) if now >= at else None


def span_on(day: date, local_start: time, local_end: time) -> tuple[datetime, datetime] | None:
    """From when until when a window asks for delivery on a service day; None where the spring clock change leaves nothing.

    An end at or before the start is the next day's.
    """
    last = day + timedelta(days=1 if local_end <= local_start else 0)
    start, end = london(day, local_start), london(last, local_end)
    return (start, end) if start < end else None
