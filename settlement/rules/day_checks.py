"""What looks wrong with a day of readings: gaps, spikes, a swapped sign, the wrong unit, a day copied from the one before.

Days are London days: 46, 48 or 50 half-hours. These are questions to the seller, never reasons to refuse. All thresholds
are our assumption:

| finding | when |
|---|---|
| gap | an interval of the day was not read |
| spike | at most one interval in twenty is beyond 1.5 times what the asset can import or export |
| unit | more than one in twenty is; or the mean is 1.8 to 2.2 times that of earlier days, or 0.45 to 0.55 of it (kWh of half-hours read as kW, or the reverse), or 50 to 70 times (minutes), or 500 times and more |
| sign | the asset only imports and nine in ten intervals export, or the reverse; or the mean is that of earlier days with its sign turned |
| size | the mean is more than 5 times that of earlier days, whichever its sign |
| copy | the day is the day before, interval by interval, and no interval is like the next |
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from .clock import day_of, minute_of, minutes_of_london_day
from .energy import UNREAD
from .halfhours import MINUTES_A_DAY

BEYOND, FEW, ONE_SIDED, EARLIER_DAYS, ENOUGH_EARLIER = 1.5, 0.05, 0.9, 10, 3
MANY_TIMES = 5
UNIT_RATIOS = ((1.8, 2.2), (0.45, 0.55), (50, 70), (1 / 70, 1 / 50), (500, np.inf), (0, 1 / 500))
DAY = timedelta(days=1)

type Watts = NDArray[np.int32]
type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Capacity:
    """What an asset can import and export in watts; 0 where nobody said, or where it cannot."""

    import_watts: float
    export_watts: float

    @property
    def most(self) -> float:
        return max(self.import_watts, self.export_watts)


@dataclass(frozen=True)
class Finding:
    """What looks wrong, and in words what."""

    kind: str
    words: str


@dataclass(frozen=True)
class CheckedDay:
    """A London day of an asset: how much of it was read, its energy in kWh, its highest power in kW, and the findings."""

    day: date
    intervals: int
    read: int
    import_kwh: float
    export_kwh: float
    peak_kw: float
    findings: tuple[Finding, ...]

    @property
    def is_clock_change(self) -> bool:
        return self.intervals not in (48, MINUTES_A_DAY)


def checked_days(held: Mapping[date, Watts], first: date, last: date, capacity: Capacity) -> list[CheckedDay]:
    """The London days from first to last. `held`: by UTC day, with those before `first` that it is compared with."""
    found: list[CheckedDay] = []
    means: list[float] = []
    before: Watts | None = None
    for day, watts in _london_days(held, min([*held, first]), last):
        read = watts[watts != UNREAD].astype(np.float64)
        findings = list(_findings(watts, read, before, means[-EARLIER_DAYS:], capacity))
        if day >= first:
            found.append(_summed(day, watts, read, findings))
        if len(read) == len(watts) and not findings:
            means.append(float(read.mean()))
        before = watts
    return found


def _london_days(held: Mapping[date, Watts], first: date, last: date) -> Iterator[tuple[date, Watts]]:
    """Cut from UTC days; where one of two is in minutes and the other is not, a half-hour is thirty equal minutes."""
    for offset in range((last - first).days + 1):
        day = first + offset * DAY
        start, end = minutes_of_london_day(day)
        pieces = [(utc, held.get(utc)) for utc in sorted({day_of(start), day_of(end - 1)})]
        length = max([len(watts) for _, watts in pieces if watts is not None], default=48)
        step = MINUTES_A_DAY // length
        cut = []
        for utc, watts in pieces:
            whole = np.full(length, UNREAD, np.int32) if watts is None else np.repeat(watts, length // len(watts))
            midnight = minute_of(utc)
            cut.append(
                whole[max(0, start - midnight) // step : (min(end, midnight + MINUTES_A_DAY) - midnight) // step]
            )
        yield day, np.concatenate(cut)


def _summed(day: date, watts: Watts, read: Floats, findings: Sequence[Finding]) -> CheckedDay:
    step = MINUTES_A_DAY // 48 if len(watts) <= 50 else 1
    hours = step / 60_000  # of an interval, and watts to kW
    return CheckedDay(
        day=day,
        intervals=len(watts),
        read=len(read),
        import_kwh=float(-read[read < 0].sum() * hours),
        export_kwh=float(read[read > 0].sum() * hours),
        peak_kw=float(np.abs(read).max() / 1000) if len(read) else 0.0,
        findings=tuple(findings),
    )


def _findings(
    watts: Watts, read: Floats, before: Watts | None, means: Sequence[float], capacity: Capacity
) -> Iterator[Finding]:
    noun = "half-hours" if len(watts) <= 50 else "minutes"
    if missing := len(watts) - len(read):
        yield Finding("gap", f"{missing:,} of {len(watts):,} {noun} are missing." if len(read) else "Nothing was read.")
    if not len(read):
        return
    yield from _beyond(read, capacity, noun)
    yield from _unlike(float(read.mean()), means)
    positive, moving = np.count_nonzero(read > 0), np.count_nonzero(read)
    if moving and capacity.import_watts and not capacity.export_watts and positive >= ONE_SIDED * moving:
        yield Finding("sign", "It only imports by its registration, and exports here: is the sign swapped?")
    if moving and capacity.export_watts and not capacity.import_watts and positive <= (1 - ONE_SIDED) * moving:
        yield Finding("sign", "It only exports by its registration, and imports here: is the sign swapped?")
    if before is not None and np.array_equal(before, watts) and len(read) == len(watts) and (np.diff(read) != 0).any():
        yield Finding("copy", "Every value is that of the day before.")


def _beyond(read: Floats, capacity: Capacity, noun: str) -> Iterator[Finding]:
    """Beyond what the asset can do."""
    if not capacity.most:
        return
    beyond = np.count_nonzero(np.abs(read) > BEYOND * capacity.most)
    can = f"{capacity.most / 1000:,g} kW"
    if beyond > FEW * len(read):
        yield Finding("unit", f"{beyond:,} {noun} are far beyond its {can}: is the unit right (kW or kWh)?")
    elif beyond:
        peak = np.abs(read).max() / 1000
        yield Finding("spike", f"{beyond:,} {noun} up to {peak:,.1f} kW are far beyond its {can}.")


def _unlike(mean: float, means: Sequence[float]) -> Iterator[Finding]:
    """By its ratio to the usual day."""
    usual = float(np.median(means)) if len(means) >= ENOUGH_EARLIER else 0.0
    if not usual or not mean:
        return
    ratio = mean / usual
    if any(low < ratio < high for low, high in UNIT_RATIOS):
        yield Finding("unit", f"The day is {ratio:,.2g} times a usual one: is the unit right (kW or kWh)?")
    elif -2 < ratio < -0.5:
        yield Finding("sign", "The day is a usual one with its sign turned: + is export here.")
    elif abs(ratio) > MANY_TIMES:
        yield Finding("size", f"The day is {ratio:,.2g} times a usual one.")
