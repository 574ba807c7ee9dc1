"""How an instant is written for people who must act: London time with its zone, and UTC beside it. Pure.

The calls of one trigger mostly begin and end at the same instants: what was said once is kept.
"""

from datetime import UTC, date, datetime
from functools import lru_cache

from markets.rules.spans import LONDON

KEPT = 256


@lru_cache(KEPT)
def instant(at: datetime) -> str:
    """`Tuesday 3 November 2026, 17:00 GMT (17:00 UTC)`. Seconds only where there are some; the UTC day where it differs."""
    return f"{long_day(at)}, {clock(at)} ({utc_clock(at)})"


@lru_cache(KEPT)
def clock(at: datetime) -> str:
    """`17:00 GMT`."""
    local = at.astimezone(LONDON)
    return f"{_clock(local)} {local:%Z}"


@lru_cache(KEPT)
def long_day(at: datetime) -> str:
    """`Tuesday 3 November 2026`, in London."""
    return day_named(at.astimezone(LONDON).date())


def day_named(day: date) -> str:
    """`Tuesday 3 November 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


@lru_cache(KEPT)
def utc_clock(at: datetime) -> str:
    """`17:00 UTC`; with the day where it is another one than London's: `30 Jun 23:30 UTC`."""
    local, utc = at.astimezone(LONDON), at.astimezone(UTC)
    other_day = "" if utc.date() == local.date() else f"{utc.day} {utc:%b} "
    return f"{other_day}{_clock(utc)} UTC"


def brief_instant(at: datetime) -> str:
    """`Tue 3 Nov 17:00 GMT`, for a subject line."""
    local = at.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b} {_clock(local)} {local:%Z}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
