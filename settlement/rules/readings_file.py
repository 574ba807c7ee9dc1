"""A seller's half-hourly readings as CSV: read strictly, every fault named at once; and half-hours in the operator's convention.

Columns, in any order, named in the first line:

| column | meaning |
|---|---|
| `asset` | the seller's own reference of the asset |
| `start_utc` or `end_utc` | the half-hour's start or its end, in UTC, e.g. `2025-01-06T16:30Z` |
| `kw` or `kwh` | mean power, or energy, of the half-hour: + export, - import |

So the header itself says how the file is read. Rows may come in any order. Flexible Power's convention (source: its
readings template) is UTC, the end of the interval, + export: `asset,end_utc,kw`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from markets.problems import RowProblem
from markets.rules.csv_text import rows_of, text_of
from markets.rules.sheets import as_typed

from .halfhours import Watts, half_hourly

MOST_ROWS = 1_000_000  # of 48 a day and asset; a file has most often too many bytes before
HALF_HOUR = timedelta(minutes=30)
WATTS_PER_UNIT = {"kw": 1000, "kwh": 2000}
STAMPS = {"start_utc": timedelta(0), "end_utc": HALF_HOUR}
MOST_WATTS = 2**31 - 1
YEARS = range(2000, 2100)
EXAMPLE = "Write the time in UTC, such as 2025-01-06T16:30Z."


@dataclass(frozen=True)
class AssetDay:
    """48 half-hours of one asset and UTC day in watts, + export; None where the file says nothing."""

    asset: str
    day: date
    watts: tuple[int | None, ...]
    line: int


@dataclass(frozen=True)
class ReadingsFile:
    """What a file holds. `gaps` are half-hours missing between an asset's first and last reading; `faults` all else."""

    days: tuple[AssetDay, ...]
    faults: tuple[RowProblem, ...]
    gaps: tuple[RowProblem, ...]


@dataclass(frozen=True)
class _Shape:
    """How the header says that the file is to be read: the names of two columns, and where the three stand."""

    stamp: str
    unit: str
    places: tuple[int, int, int]
    width: int


class _Reading(NamedTuple):
    watts: int
    line: int


type _Readings = dict[str, dict[datetime, _Reading]]


def read_file(content: bytes) -> ReadingsFile:
    """Reads the whole file. Only a file without faults has days; with gaps it has them too, and the caller decides.

    Raises UnreadableFile for what is no CSV at all.
    """
    rows = ((line, [as_typed(cell) for cell in cells]) for line, cells in rows_of(text_of(content), MOST_ROWS))
    line, names = next(rows)
    shape, faults = _shape(line, [name.casefold() for name in names])
    if shape is None:
        return ReadingsFile((), tuple(faults), ())
    readings: _Readings = {}
    for line, row in rows:
        faults += _keep(row, line, shape, readings)
    if not readings and not faults:
        faults.append(RowProblem(line, "asset", "", "The file has a header and no rows."))
    if faults:
        return ReadingsFile((), tuple(faults), ())
    gaps = [gap for asset in readings for gap in _gaps(asset, readings[asset], shape)]
    return ReadingsFile(tuple(_days(readings)), (), tuple(gaps))


def end_stamped(day: date, watts: Watts) -> Iterator[tuple[datetime, Decimal]]:
    """The read half-hours of a UTC day in Flexible Power's convention: (end of the half-hour in UTC, kW with + export)."""
    midnight = datetime.combine(day, time(), UTC)
    for number, power in enumerate(half_hourly(watts), start=1):
        if power is not None:
            yield midnight + number * HALF_HOUR, Decimal(power) / 1000


def _shape(line: int, names: Sequence[str]) -> tuple[_Shape | None, list[RowProblem]]:
    faults = []
    known = {"asset", *STAMPS, *WATTS_PER_UNIT}
    for name in names:
        if name not in known:
            faults.append(
                RowProblem(line, name, name, f"We do not know this column. Known are {', '.join(sorted(known))}.")
            )
    for name in {name for name in names if names.count(name) > 1}:
        faults.append(RowProblem(line, name, name, "This column stands twice."))
    stamps, units = [n for n in STAMPS if n in names], [n for n in WATTS_PER_UNIT if n in names]
    if "asset" not in names:
        faults.append(RowProblem(line, "asset", "", "Add the column asset: your own reference of the asset."))
    if len(stamps) != 1:
        faults.append(
            RowProblem(
                line, "start_utc", "", "Give one column start_utc or end_utc: when each half-hour starts or ends."
            )
        )
    if len(units) != 1:
        faults.append(
            RowProblem(line, "kw", "", "Give one column kw or kwh: the unit of the readings. Other units are not read.")
        )
    if faults:
        return None, faults
    places = (names.index("asset"), names.index(stamps[0]), names.index(units[0]))
    return _Shape(stamps[0], units[0], places, len(names)), []


def _keep(row: Sequence[str], line: int, shape: _Shape, readings: _Readings) -> list[RowProblem]:
    """Adds the row to the readings, or says what is wrong with it."""
    if len(row) != shape.width:
        return [RowProblem(line, "asset", "", f"This row has {len(row)} values; the header has {shape.width} columns.")]
    asset, stamp, amount = (row[place] for place in shape.places)
    starts_at, watts = _start(stamp, shape.stamp), _watts(amount, shape.unit)
    faults = []
    if not asset:
        faults.append(RowProblem(line, "asset", asset, "Name the asset by your own reference."))
    if isinstance(starts_at, str):
        faults.append(RowProblem(line, shape.stamp, stamp, starts_at))
    if isinstance(watts, str):
        faults.append(RowProblem(line, shape.unit, amount, watts))
    if not asset or isinstance(starts_at, str) or isinstance(watts, str):
        return faults
    reading = _Reading(watts, line)
    first = readings.setdefault(asset, {}).setdefault(starts_at, reading)
    if first is not reading:
        return [RowProblem(line, shape.stamp, stamp, f"{asset} has this half-hour already in line {first.line}.")]
    return []


@lru_cache(maxsize=4096)
def _start(text: str, stamp: str) -> datetime | str:
    """When the half-hour starts, in UTC; or what is wrong with the stamp."""
    try:
        at = datetime.fromisoformat(text if ":" in text else "")
    except ValueError:
        return f"This is no date and time. {EXAMPLE}"
    if at.year not in YEARS:
        return f"The year is not one from {YEARS[0]} to {YEARS[-1]}. {EXAMPLE}"
    if at.utcoffset():
        return f"This time is not in UTC. {EXAMPLE}"
    if at.minute % 30 or at.second or at.microsecond:
        return "This is not on a half-hour: the minutes are 00 or 30."
    return at.replace(tzinfo=UTC) - STAMPS[stamp]


def _watts(text: str, unit: str) -> int | str:
    """Whole watts, half up; or what is wrong with the number."""
    try:
        amount = Decimal(text) * WATTS_PER_UNIT[unit]
    except InvalidOperation:
        return f"Write a plain number in {unit}, such as -3.25; the unit stands in the header."
    if not amount.is_finite() or abs(amount) > MOST_WATTS:
        return f"This is no reading in {unit}: it is out of all bounds."
    return int(amount.to_integral_value(ROUND_HALF_UP))


def _gaps(asset: str, readings: dict[datetime, _Reading], shape: _Shape) -> Iterator[RowProblem]:
    for before, after in pairwise(sorted(readings)):
        missing = (after - before) // HALF_HOUR - 1
        if missing:
            first, last = before + HALF_HOUR, after
            value = f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
            reason = f"{asset} has no readings for {missing} half-hours before this row, {value} UTC."
            yield RowProblem(readings[after].line, shape.stamp, value, reason)


def _days(readings: _Readings) -> Iterator[AssetDay]:
    for asset in sorted(readings):
        by_day: dict[date, list[int | None]] = {}
        lines: dict[date, int] = {}
        for at, reading in sorted(readings[asset].items()):
            by_day.setdefault(at.date(), [None] * 48)[at.hour * 2 + at.minute // 30] = reading.watts
            lines[at.date()] = min(reading.line, lines.get(at.date(), reading.line))
        for day, watts in by_day.items():
            yield AssetDay(asset, day, tuple(watts), lines[day])
