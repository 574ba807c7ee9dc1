"""Charts as plain figures for inline SVG: pure functions, no script, no styles in the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from itertools import groupby
from math import ceil
from typing import Protocol

HALF_HOURS = 48
LEFT, TOP, CELL, ROW, BAR = 34, 16, 8, 18, 15  # of the drawing: margins, a half-hour's width, a weekday's height
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Asked(Protocol):
    """What the chart needs of a service window."""

    weekdays: list[int]
    local_start: time
    local_end: time
    required_kw: Decimal


@dataclass(frozen=True)
class Block:
    """A run of half-hours with the same requirement; `level` 1 to 4 is its share of the peak."""

    x: int
    y: int
    width: int
    level: int
    words: str


@dataclass(frozen=True)
class ServiceWeek:
    """The drawing: its size, the labels of its days and hours, and the blocks."""

    blocks: tuple[Block, ...]
    days: tuple[tuple[int, str], ...] = tuple((TOP + ROW * i + 12, name) for i, name in enumerate(WEEKDAYS))
    hours: tuple[tuple[int, str], ...] = tuple((LEFT + CELL * 2 * h, f"{h:02}:00") for h in range(0, 25, 4))
    width: int = LEFT + CELL * HALF_HOURS + 20
    height: int = TOP + ROW * 7 + 4
    bar: int = BAR
    top: int = TOP


def service_week(windows: Iterable[Asked]) -> ServiceWeek:
    """The half-hours of a week, London time, in which the windows ask for delivery, and the most that any asks then."""
    asked = [[Decimal(0)] * HALF_HOURS for _ in WEEKDAYS]
    for window in windows:
        for weekday in window.weekdays:
            for offset in _half_hours(window.local_start, window.local_end):
                later, half_hour = divmod(offset, HALF_HOURS)
                row = asked[(weekday - 1 + later) % 7]
                row[half_hour] = max(row[half_hour], window.required_kw)
    peak = max(max(row) for row in asked)
    return ServiceWeek(tuple(block for i, row in enumerate(asked) for block in _blocks(i, row, peak)))


def _half_hours(start: time, end: time) -> range:
    """Offsets from midnight of the first day; an end at or before the start is the next day's."""
    first = (start.hour * 60 + start.minute) // 30
    last = -(-(end.hour * 60 + end.minute) // 30)
    return range(first, last if end > start else last + HALF_HOURS)


def _blocks(weekday: int, row: list[Decimal], peak: Decimal) -> Iterable[Block]:
    at = 0
    for required_kw, run in groupby(row):
        length = len(list(run))
        if required_kw:
            start, end = (f"{i // 2:02}:{i % 2 * 30:02}" for i in (at, at + length))
            yield Block(
                x=LEFT + CELL * at,
                y=TOP + ROW * weekday,
                width=CELL * length,
                level=ceil(4 * required_kw / peak),
                words=f"{WEEKDAYS[weekday]} {start}–{end}: {required_kw.normalize():,f} kW",
            )
        at += length
