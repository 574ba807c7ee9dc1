"""What an operator asks for in each half-hour: a typical week of a season, or every date of a short-term auction. Pure.

Days and clock are London's. On the day when clocks go back the hour from 01:00 comes twice, so there are 50 half-hours;
when they go forward it is missing, so there are 46.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from .spans import HALF_HOUR, LONDON, half_hours, london, window_spans

SHORT_TERM = timedelta(days=14)
"""What lasts no longer is shown date by date."""
MOST_WEEKS = 6
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ONE_DAY = timedelta(days=1)


class Asked(Protocol):
    """What is needed of a service window."""

    first_day: date
    last_day: date
    weekdays: list[int]
    local_start: time
    local_end: time
    required_kw: Decimal


@dataclass(frozen=True)
class Slot:
    """A half-hour of the London clock; `again`: the second time that it strikes on the day when clocks go back."""

    again: bool
    starts: time

    @property
    def words(self) -> str:
        return f"{self.starts:%H:%M}{' GMT' if self.again else ''}"


SLOTS = tuple(Slot(False, time(i // 2, i % 2 * 30)) for i in range(48))
AGAIN = (Slot(True, time(1)), Slot(True, time(1, 30)))
type Row = tuple[Decimal | None, ...]
"""kW in each slot; None where the day has no such half-hour."""


@dataclass(frozen=True)
class Requirement:
    """Rows of days by slots: `typical` for each week between the two days, else the very dates."""

    first_day: date
    last_day: date
    typical: bool
    slots: tuple[Slot, ...]
    days: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def peak_kw(self) -> Decimal:
        return max((kw for row in self.rows for kw in row if kw), default=Decimal(0))


def requirements(windows: Iterable[Asked]) -> tuple[Requirement, ...]:
    """What the windows ask for, in stretches of the season that ask for the same; empty without windows.

    Where windows overlap, the larger counts. A season of more stretches than MOST_WEEKS is one week of the most asked.
    """
    asked = list(windows)
    if not asked:
        return ()
    first, last = min(w.first_day for w in asked), max(w.last_day for w in asked)
    if last - first < SHORT_TERM:
        return (_dated(asked, first, last),)
    return _weeks(asked, first, last)


def _dated(windows: Sequence[Asked], first: date, last: date) -> Requirement:
    wanted: dict[datetime, Decimal] = {}
    for window in windows:
        for start, end in window_spans(
            window.first_day, window.last_day, window.weekdays, window.local_start, window.local_end
        ):
            for at in half_hours(_down(start), end):
                wanted[at] = max(wanted.get(at, Decimal(0)), window.required_kw)
    if wanted:
        last = max(last, max(wanted).astimezone(LONDON).date())
    days = [first + ONE_DAY * i for i in range((last - first).days + 1)]
    by_slot = [{_slot(at): wanted.get(at, Decimal(0)) for at in _half_hours_of(day)} for day in days]
    doubled = any(AGAIN[0] in row for row in by_slot)
    slots = (*SLOTS[:4], *AGAIN, *SLOTS[4:]) if doubled else SLOTS
    rows = tuple(tuple(row.get(slot) for slot in slots) for row in by_slot)
    return Requirement(first, last, False, slots, tuple(f"{day:%a} {day.day} {day:%b}" for day in days), rows)


def _half_hours_of(day: date) -> Iterable[datetime]:
    return half_hours(london(day, time()), london(day + ONE_DAY, time()))


def _down(at: datetime) -> datetime:
    """The half-hour that holds the instant."""
    return at - timedelta(minutes=at.minute % 30, seconds=at.second)


def _slot(at: datetime) -> Slot:
    local = at.astimezone(LONDON)
    return Slot(bool(local.fold), local.time().replace(fold=0))


def _weeks(windows: Sequence[Asked], first: date, last: date) -> tuple[Requirement, ...]:
    periods = {(w.first_day, w.last_day) for w in windows}
    begins = {day for period in periods for day in (period[0], period[1] + ONE_DAY)}
    cuts = sorted(begins) if len(periods) <= MOST_WEEKS else [first, last + ONE_DAY]
    weeks: list[Requirement] = []
    for start, after in pairwise(cuts):
        end = after - ONE_DAY
        rows = _week([w for w in windows if w.first_day <= end and w.last_day >= start])
        if weeks and weeks[-1].rows == rows:
            start = weeks.pop().first_day
        weeks.append(Requirement(start, end, True, SLOTS, WEEKDAYS, rows))
    return tuple(week for week in weeks if week.peak_kw)


def _week(windows: Iterable[Asked]) -> tuple[Row, ...]:
    asked = [[Decimal(0)] * len(SLOTS) for _ in WEEKDAYS]
    for window in windows:
        for weekday in window.weekdays:
            for offset in _offsets(window.local_start, window.local_end):
                later, slot = divmod(offset, len(SLOTS))
                row = asked[(weekday - 1 + later) % 7]
                row[slot] = max(row[slot], window.required_kw)
    return tuple(tuple(row) for row in asked)


def _offsets(start: time, end: time) -> range:
    """Half-hours from midnight of the first day; an end at or before the start is the next day's."""
    minutes = int(HALF_HOUR.total_seconds()) // 60
    first = (start.hour * 60 + start.minute) // minutes
    last = -(-(end.hour * 60 + end.minute) // minutes)
    return range(first, last if end > start else last + len(SLOTS))
