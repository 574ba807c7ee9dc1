"""Times as a file writes them become UTC, arrays at a time: the hour that spring leaves out, the hour that autumn repeats.

Minutes are counted from 1970-01-01 00:00. Clocks change at 01:00 UTC on the last Sundays of March and October: the rule
of the Summer Time Order 2002, in force since 1998 (all of `YEARS`); a test holds it against the time zone database.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .halfhours import MINUTES_A_DAY

EPOCH = date(1970, 1, 1)
YEARS = range(2000, 2100)

type Minutes = NDArray[np.int64]
type Truth = NDArray[np.bool_]


def minute_of(day: date) -> int:
    """Midnight of the day, as if it were UTC."""
    return (day - EPOCH).days * MINUTES_A_DAY


def day_of(minute: int) -> date:
    """The UTC day in which a minute lies."""
    return EPOCH + timedelta(days=minute // MINUTES_A_DAY)


@cache
def changes(year: int) -> tuple[int, int]:
    """The UTC minutes at which clocks go forward and back."""
    last = (date(year, 3, 31), date(year, 10, 31))
    spring, autumn = (day - timedelta(days=day.isoweekday() % 7) for day in last)
    return minute_of(spring) + 60, minute_of(autumn) + 60


def from_london(local: Minutes, *, again: Truth, ends: bool) -> tuple[Minutes, Truth]:
    """UTC of London's wall-clock minutes; and which of them there are at all: spring leaves an hour out.

    `again` marks what is the second of a time that autumn has twice. The end of the last interval before the clocks go
    forward may be written 01:00 or 02:00.
    """
    summer, is_there = np.zeros(len(local), np.bool_), np.ones(len(local), np.bool_)
    if not len(local):
        return local, is_there
    years = range(day_of(int(local.min())).year, day_of(int(local.max())).year + 1)
    for year in years:
        spring, autumn = changes(year)
        summer |= (local >= spring + 60) & (local < autumn + 60) & ~(again & (local >= autumn))
        left_out = (local >= spring + (1 if ends else 0)) & (local < spring + 60)
        is_there &= ~left_out
    return local - 60 * summer, is_there


def occurs_twice(local: Minutes) -> Truth:
    """Which of London's wall-clock minutes autumn has twice."""
    twice = np.zeros(len(local), np.bool_)
    if len(local):
        for year in range(day_of(int(local.min())).year, day_of(int(local.max())).year + 1):
            autumn = changes(year)[1]
            twice |= (local >= autumn) & (local < autumn + 60)
    return twice


def second_times(codes: NDArray[np.int64], local: Minutes) -> Truth:
    """Which rows are the second of a repeated hour, by the order of the file (newest first, where it is written so)."""
    again = np.zeros(len(local), np.bool_)
    places: Sequence[int] = np.flatnonzero(occurs_twice(local)).tolist()
    if len(local) and local[0] > local[-1]:
        places = places[::-1]
    seen: set[tuple[int, int]] = set()
    for place in places:
        key = (int(codes[place]), int(local[place]))
        again[place] = key in seen
        seen.add(key)
    return again


def minutes_of_london_day(day: date) -> tuple[int, int]:
    """The UTC minutes at which a London day begins and ends."""
    both = np.array([minute_of(day), minute_of(day) + MINUTES_A_DAY])
    utc, _ = from_london(both, again=np.zeros(2, np.bool_), ends=False)
    return int(utc[0]), int(utc[1])
