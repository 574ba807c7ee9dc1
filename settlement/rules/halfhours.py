"""London days over UTC days. A London day has 46, 48 or 50 half-hours; readings are kept per UTC day, always 48.

Source: the clock changes of Europe/London as the time zone database gives them (the last Sundays of March and October,
at 01:00 UTC).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from markets.rules.spans import LONDON

MINUTES_A_DAY = 1440
DAY = timedelta(days=1)

type Watts = Sequence[int | None]
"""Average watts per interval of one UTC day: 48 half-hours or 1,440 minutes; None where nothing was read."""


def london_day(at: datetime) -> date:
    """The day it is in London at a (UTC) instant."""
    return at.astimezone(LONDON).date()


def half_hourly(watts: Watts) -> list[int | None]:
    """The 48 half-hours of a UTC day. From minutes: their mean in whole watts; None unless all 30 were read."""
    if len(watts) == 48:
        return list(watts)
    return [_mean(watts[minute : minute + 30]) for minute in range(0, MINUTES_A_DAY, 30)]


def _mean(watts: Watts) -> int | None:
    read = [power for power in watts if power is not None]
    return nearest(sum(read), len(watts)) if len(read) == len(watts) else None


def nearest(amount: int, parts: int) -> int:
    """`amount / parts` to the nearest whole number, half up (towards + infinity). The only rounding of power and energy."""
    return (2 * amount + parts) // (2 * parts)


def utc_days(start: datetime, end: datetime) -> Iterator[date]:
    """The UTC days that a half-open span touches."""
    day = start.astimezone(UTC).date()
    while datetime.combine(day, time(), UTC) < end:
        yield day
        day += DAY
