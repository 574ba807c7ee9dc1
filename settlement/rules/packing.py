"""Readings of a file, reading by reading, become days: one array per asset and UTC day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from markets.problems import RowProblem
from markets.rules.csv_text import UnreadableFile

from .clock import Minutes, Truth, day_of
from .energy import UNREAD
from .halfhours import MINUTES_A_DAY
from .shape import Shape

MOST_ROWS = 1_000_000
MOST_FAULTS = 10_000
MOST_WATTS = 2**31 - 1
EVERY = "We read half-hours or minutes; these are every {} minutes. Send their means per half-hour, or ask us."

type Figures = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Columns:
    """Readings in the order of the file: whose (a place among `names`), the UTC minute at which each starts, watts, line."""

    names: Sequence[str]
    codes: Minutes
    starts: Minutes
    watts: Minutes
    lines: Minutes
    interval_minutes: int
    faults: list[RowProblem]


@dataclass(frozen=True, eq=False)
class ReadDay:
    """One asset, as the file names it, and UTC day: watts of 48 half-hours or 1,440 minutes, `UNREAD` where it is silent."""

    asset: str
    day: date
    watts: NDArray[np.int32]
    line: int


def interval_of(starts: Minutes) -> int:
    """30 where most readings begin or end on a half-hour, 1 where they are minutes. Raises UnreadableFile for others."""
    if not len(starts) or np.count_nonzero(starts % 30 == 0) * 10 > 9 * len(starts):
        return 30
    for minutes in (15, 10, 5):
        if np.count_nonzero(starts % minutes == 0) * 10 > 9 * len(starts):
            raise UnreadableFile(EVERY.format(minutes))
    return 1


def whole_watts(values: Figures, shape: Shape, interval_minutes: int) -> tuple[Minutes, Truth]:
    """Watts, + export, half away from zero; and which values are no readings. A NaN is none."""
    with np.errstate(invalid="ignore", over="ignore"):
        watts = np.round(values * shape.watts_per_unit(interval_minutes), 6)
        bad = ~(np.abs(watts) <= MOST_WATTS)
        watts = np.where(bad, 0, watts)
        return np.trunc(watts + np.copysign(0.5, watts)).astype(np.int64), bad


def faults_at(bad: Truth, lines: Minutes, column: str, told: pl.Series | None, reason: str) -> list[RowProblem]:
    """A problem for each of these rows, the first ten thousand: more are the same mistake."""
    places = np.flatnonzero(bad)[:MOST_FAULTS].tolist()
    return [RowProblem(int(lines[p]), column, "" if told is None else str(told[p]), reason) for p in places]


def packed(read: Columns) -> tuple[list[ReadDay], list[RowProblem], int]:
    """The days; what contradicts itself; and how many rows only repeat another."""
    if not len(read.codes):
        return [], [], 0
    slots = MINUTES_A_DAY // read.interval_minutes
    keys = read.codes * 1_000_000 + read.starts // MINUTES_A_DAY
    found, firsts, rows = _unique(keys)
    places = rows * slots + read.starts % MINUTES_A_DAY // read.interval_minutes
    watts = np.full(len(found) * slots, UNREAD, np.int64)
    watts[places[::-1]] = read.watts[::-1]  # so that the first of two stands
    faults, repeats = _doubles(read, places, watts)
    table = watts.reshape(-1, slots).astype(np.int32)
    return list(_days(read, found, firsts, table)), faults, repeats


def _unique(keys: Minutes) -> tuple[Minutes, Minutes, Minutes]:
    """The keys once each, where each is first, and the place of each key among them. Equal ones mostly follow each other."""
    heads = np.flatnonzero(np.diff(keys, prepend=-1))
    found, firsts, places = np.unique(keys[heads], return_index=True, return_inverse=True)
    return found, heads[firsts], np.repeat(places, np.diff(heads, append=len(keys)))


def _days(read: Columns, found: Minutes, firsts: Minutes, table: NDArray[np.int32]) -> Iterator[ReadDay]:
    for key, first, watts in zip(found.tolist(), firsts.tolist(), table, strict=True):
        code, day = divmod(key, 1_000_000)
        yield ReadDay(read.names[code], day_of(day * MINUTES_A_DAY), watts, int(read.lines[first]))


def _doubles(read: Columns, places: Minutes, watts: Minutes) -> tuple[list[RowProblem], int]:
    """An interval told twice: with another value it is a fault; with the same one it is counted."""
    if len(places) <= 1 or np.bincount(places).max() == 1:
        return [], 0
    first = np.full(len(watts), -1, np.int64)
    first[places[::-1]] = np.arange(len(places) - 1, -1, -1)
    later = np.flatnonzero(first[places] != np.arange(len(places)))
    differ = later[read.watts[later] != watts[places[later]]]
    faults = [
        RowProblem(
            int(read.lines[place]),
            "",
            f"{read.watts[place] / 1000:g} kW",
            f"{read.names[read.codes[place]] or 'The asset'} has this interval already in line "
            f"{read.lines[first[places[place]]]}, with {watts[places[place]] / 1000:g} kW. Keep one of them.",
        )
        for place in differ[:MOST_FAULTS].tolist()
    ]
    return faults, len(later) - len(differ)
