"""Energy of a span, in whole watt-minutes, from a meter's watts. A reading holds evenly over its own interval.

So a half-hour given as two equal quarters, or as thirty equal minutes, is the same energy: halving an interval changes
nothing.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from .halfhours import MINUTES_A_DAY, Watts


class Piece(NamedTuple):
    """A part of a span that lies in one UTC day and one settlement interval: minutes [first, end) from UTC midnight."""

    day: date
    first: int
    end: int

    @property
    def minutes(self) -> int:
        return self.end - self.first


@lru_cache(maxsize=65_536)
def pieces(starts_at: datetime, ends_at: datetime, interval_minutes: int) -> tuple[Piece, ...]:
    """Cuts a span at the clock's multiples of the settlement interval (which divides the hour). Instants are UTC, whole minutes."""
    midnight = datetime.combine(starts_at.astimezone(UTC).date(), datetime.min.time(), UTC)
    first, last = (int((at - midnight).total_seconds()) // 60 for at in (starts_at, ends_at))
    found = []
    while first < last:
        end = min(last, first - first % interval_minutes + interval_minutes)
        day, minute = divmod(first, MINUTES_A_DAY)
        found.append(Piece(midnight.date() + timedelta(days=day), minute, minute + end - first))
        first = end
    return tuple(found)


def energy_wmin(watts: Watts | None, first: int, end: int) -> int | None:
    """Watt-minutes of minutes [first, end) of a UTC day; None where any part of them was not read."""
    if watts is None:
        return None
    width = MINUTES_A_DAY // len(watts)
    head, tail = first // width, (end - 1) // width
    if head == tail:
        power = watts[head]
        return None if power is None else power * (end - first)
    read = watts[head : tail + 1]
    if None in read:
        return None
    whole = sum(read) * width  # type: ignore[arg-type]  # None was just ruled out
    before, after = first - head * width, (tail + 1) * width - end
    return whole - (before and watts[head] * before) - (after and watts[tail] * after)  # type: ignore[operator]


def span_wmin(meter: Mapping[date, Watts], cut: tuple[Piece, ...]) -> list[int] | None:
    """Watt-minutes of each piece of a span; None where any part of the span was not read."""
    found = []
    for day, first, end in cut:
        energy = energy_wmin(meter.get(day), first, end)
        if energy is None:
            return None
        found.append(energy)
    return found
