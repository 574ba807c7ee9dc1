"""Energy of a span, in whole watt-minutes, from a meter's watts. A reading holds evenly over its own interval.

So a half-hour given as two equal quarters, or as thirty equal minutes, is the same energy: halving an interval changes
nothing.

A month of minute readings is 45 million numbers, so a meter keeps running totals per UTC day, and the energy of any
number of spans is the difference of two totals each: `sums` answers for hundreds of them in some microseconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .halfhours import MINUTES_A_DAY, Watts

HALF_HOUR = 30
UNREAD = -(2**31)
"""Stands in an array of watts where nothing was read. No reading is as low."""

type Whole = NDArray[np.int64]
type Truth = NDArray[np.bool_]


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


@dataclass(frozen=True, eq=False)
class Cut:
    """Many spans of as many pieces each, ready for sums: day numbers and minutes, one row per span."""

    days: Whole
    firsts: Whole
    ends: Whole
    is_half_hourly: bool


@lru_cache(maxsize=16_384)
def cut_of(*spans: tuple[Piece, ...]) -> Cut:
    """The cut of spans that have the same number of pieces."""
    shape = len(spans), len(spans[0]) if spans else 0
    days, firsts, ends = (
        np.array(part, dtype=np.int64).reshape(shape)
        for part in (
            [[piece.day.toordinal() for piece in span] for span in spans],
            [[piece.first for piece in span] for span in spans],
            [[piece.end for piece in span] for span in spans],
        )
    )
    return Cut(days, firsts, ends, is_half_hourly=not (firsts % HALF_HOUR | ends % HALF_HOUR).any())


class Meter:
    """The readings of one asset by UTC day: running totals of watt-minutes, and of intervals in which nothing was read."""

    def __init__(self, days: Sequence[date], watts: NDArray[np.int32] | Whole) -> None:
        """`watts`: a row per day of 48 half-hours or 1,440 minutes; `UNREAD` where nothing was read."""
        held, length = watts.shape
        self.width = MINUTES_A_DAY // length
        numbers = np.fromiter((day.toordinal() for day in days), np.int64, held)
        self._before = int(numbers.min()) - 1 if held else 0
        # A row for each day from the one before the first to the one after the last; days not held have the row `held`.
        self._rows = np.full(int(numbers.max()) - self._before + 2 if held else 1, held, np.int64)
        self._rows[numbers - self._before] = np.arange(held)
        self._totals = np.zeros((held + 1, length + 1), np.int64)
        unread = watts == UNREAD
        self._gaps: NDArray[np.int32] | None = None
        if unread.any():
            self._gaps = np.zeros((held + 1, length + 1), np.int32)
            np.cumsum(unread, axis=1, out=self._gaps[:held, 1:])
            watts = np.where(unread, 0, watts)
        np.cumsum(watts, axis=1, dtype=np.int64, out=self._totals[:held, 1:])
        if self.width > 1:
            self._totals *= self.width

    @classmethod
    def of(cls, readings: Mapping[date, Watts]) -> "Meter":
        """From watts by day with None where nothing was read; half-hours beside days of minutes hold for their minutes."""
        days = sorted(readings)
        rows = [np.array([UNREAD if w is None else w for w in readings[day]], np.int64) for day in days]
        return cls.from_rows(days, rows)

    @classmethod
    def from_rows(cls, days: Sequence[date], rows: Sequence[NDArray[np.int32] | Whole]) -> "Meter":
        """From one array per day, some perhaps of half-hours and some of minutes."""
        longest = max((len(row) for row in rows), default=48)
        even = [row if len(row) == longest else np.repeat(row, longest // len(row)) for row in rows]
        return cls(days, np.stack(even) if even else np.zeros((0, longest), np.int32))

    def sums(self, cut: Cut) -> tuple[Whole, Truth]:
        """Watt-minutes of each piece, and whether all of it was read (what was not read counts as 0)."""
        held = len(self._totals) - 1
        rows = self._rows.take(cut.days - self._before, mode="clip")
        width = self.width
        if width == 1 or cut.is_half_hourly:
            firsts, ends = cut.firsts // width, cut.ends // width
            energy = self._at(rows, ends) - self._at(rows, firsts)
        else:
            firsts, ends = cut.firsts // width, -(-cut.ends // width)
            energy = self._within(rows, cut.ends) - self._within(rows, cut.firsts)
        read = rows != held
        if self._gaps is not None:
            length = self._gaps.shape[1]
            flat = self._gaps.ravel()
            read &= flat.take(rows * length + ends) == flat.take(rows * length + firsts)
        return energy, read

    def _at(self, rows: Whole, intervals: Whole) -> Whole:
        return self._totals.ravel().take(rows * self._totals.shape[1] + intervals)

    def _within(self, rows: Whole, minutes: Whole) -> Whole:
        """The total at a minute inside an interval, which its reading fills evenly."""
        whole, part = minutes // self.width, minutes % self.width
        following = np.minimum(whole + 1, self._totals.shape[1] - 1)
        before = self._at(rows, whole)
        return before + (self._at(rows, following) - before) // self.width * part


def span_wmin(meter: Meter, cut: tuple[Piece, ...]) -> list[int] | None:
    """Watt-minutes of each piece of a span; None where any part of the span was not read."""
    energy, read = meter.sums(cut_of(cut))
    return energy[0].tolist() if read.all() else None
