"""Which days a baseline is drawn from, and which are left out and why. Days are London days.

Like days (our assumption, until the operator confirms it): working days for an event on a working day; Saturdays,
Sundays and the holidays of England and Wales for an event on one of those. A day with an event of the same asset is
never a like day, nor is a day with a gap in the readings that are needed.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

WANTED = 10
"""Like days wanted: the ten of "mid 8 of 10"."""
LOOKED_AT_PER_WANTED = 2
"""How many like days are looked at for each that is wanted without a gap. It bounds what a run must read."""
LOOK_BACK_DAYS = 200
"""How far back is looked. A Sustain season has an event every working day, so its like days lie before the season."""


@dataclass(frozen=True)
class LeftOut:
    """A day that could have been a like day but for the reason."""

    day: date
    reason: str


@dataclass(frozen=True)
class LikeDays:
    """Like days, latest first, and the days left out among them."""

    candidates: tuple[date, ...]
    left_out: tuple[LeftOut, ...]


def is_working_day(day: date, holidays: Set[date]) -> bool:
    """Monday to Friday, no holiday of England and Wales."""
    return day.isoweekday() <= 5 and day not in holidays


@lru_cache
def holidays_of_england_and_wales(first_year: int, last_year: int) -> frozenset[date]:
    """Bank and public holidays, both years included."""
    return frozenset(country_holidays("GB", subdiv="ENG", years=range(first_year, last_year + 1)))


@lru_cache(maxsize=65_536)
def like_days(
    event_day: date, event_days: frozenset[date], holidays: frozenset[date], wanted: int = WANTED
) -> LikeDays:
    """Looks back from the day before the event for twice as many as are wanted.

    `event_days` are all days with an event of the asset.
    """
    working = is_working_day(event_day, holidays)
    candidates: list[date] = []
    left_out = []
    for back in range(1, LOOK_BACK_DAYS + 1):
        day = event_day - timedelta(days=back)
        if is_working_day(day, holidays) != working:
            if working and day.isoweekday() <= 5:
                left_out.append(LeftOut(day, "holiday"))
        elif day in event_days:
            left_out.append(LeftOut(day, "event"))
        else:
            candidates.append(day)
            if len(candidates) == wanted * LOOKED_AT_PER_WANTED:
                break
    return LikeDays(tuple(candidates), tuple(left_out))
