"""A file with a row per reading, as columns: half a million rows in a second or two, every bad one named."""

import re

import numpy as np
import polars as pl

from markets.problems import RowProblem
from markets.rules.csv_text import UnreadableFile, rows_of

from .clock import YEARS, Minutes, Truth, from_london, second_times
from .halfhours import MINUTES_A_DAY
from .packing import MOST_ROWS, Columns, faults_at, interval_of, whole_watts
from .shape import OFFSET, Shape
from .table import below_header, table_of

STAMP = {False: "%Y-%m-%d %H:%M", True: "%d/%m/%Y %H:%M"}
DAY = {False: "%Y-%m-%d", True: "%d/%m/%Y"}
TAIL = re.compile(r"(?::00(?:\.0+)?)?(Z|[+-]\d\d:?\d\d)?")
NO_OFFSET, NOT_A_TIME = -10_000, -20_000
EXAMPLES = {False: "2025-01-06 16:30", True: "06/01/2025 16:30"}


def read_rows(text: str, shape: Shape) -> Columns:
    """The readings of a file. Raises UnreadableFile for what is no table of this shape."""
    frame = _frame(text, shape)
    lines = np.arange(len(frame), dtype=np.int64) + shape.header_line + 1
    names, codes = _assets(frame, shape)
    value = frame[:, shape.values[0]].fill_null("").str.strip_chars(" '\t\r")
    faults: list[RowProblem] = []
    silent = (value == "").to_numpy()
    starts, told, bad_stamp = _starts(frame, shape, codes)
    unnamed = np.array([not name for name in names], np.bool_)[codes]
    blank = silent & bad_stamp & unnamed if shape.asset is not None else silent & (told == "").to_numpy()
    unnamed, bad_stamp = unnamed & ~blank & (shape.asset is not None), bad_stamp & ~blank
    good = ~(bad_stamp | unnamed | blank)
    interval = interval_of(starts[good])
    if shape.stamped == "end":
        starts = starts - interval
    off = good & (starts % interval != 0)
    watts, bad_value = _watts(value, shape, interval)
    bad_value &= ~silent & ~blank
    if shape.asset is not None:
        faults += faults_at(unnamed, lines, shape.names[shape.asset], None, "Name the asset of this reading.")
    column = shape.names[shape.stamp[-1]]
    faults += faults_at(bad_stamp, lines, column, told, _why(shape))
    faults += faults_at(off, lines, column, told, "This is not on a half-hour: the minutes are 00 or 30.")
    reason = "Write a plain number such as -3.25, without unit or thousands separators."
    faults += faults_at(bad_value, lines, shape.names[shape.values[0]], value, reason)
    kept = good & ~off & ~bad_value & ~silent
    return Columns(names, codes[kept], starts[kept], watts[kept], lines[kept], interval, faults)


def _frame(text: str, shape: Shape) -> pl.DataFrame:
    """All cells below the header as text; a missing one is null."""
    width = len(shape.names)
    try:
        frame = table_of(below_header(text, shape), shape, {str(place): pl.String for place in range(width)})
    except pl.exceptions.PolarsError as error:
        for line, cells in rows_of(text, MOST_ROWS):
            if len(cells) > width:
                reason = f"Line {line} has {len(cells)} values; the header has {width} columns."
                raise UnreadableFile(reason) from error
        raise UnreadableFile(
            "This is no CSV that we can read. Save the sheet as 'CSV UTF-8', and send that."
        ) from error
    if len(frame) > MOST_ROWS:
        raise UnreadableFile(f"This file has more than {MOST_ROWS:,} rows. Send it in parts.")
    return frame


def _assets(frame: pl.DataFrame, shape: Shape) -> tuple[list[str], Minutes]:
    """The names of the assets, and for each row the place of its own among them."""
    if shape.asset is None:
        return [""], np.zeros(len(frame), np.int64)
    column = frame[:, shape.asset].fill_null("").str.strip_chars(" '\t\r").rle()
    runs, lengths = column.struct.field("value"), column.struct.field("len").to_numpy()
    names: dict[str, int] = {}
    codes = np.array([names.setdefault(name, len(names)) for name in runs.to_list()], np.int64)
    return list(names), np.repeat(codes, lengths)


def _starts(frame: pl.DataFrame, shape: Shape, codes: Minutes) -> tuple[Minutes, pl.Series, Truth]:
    """The UTC minutes of the stamps, the stamps as written, and which of them are none."""
    columns = [frame[:, place].fill_null("").str.strip_chars(" '\t\r") for place in shape.stamp]
    told = columns[-1]
    if shape.by_period:
        return _periods(columns[0], columns[1], shape)
    if len(columns) == 2:
        columns = [columns[0].str.head(10) + " " + columns[1].str.pad_start(5, "0")]
    stamp = columns[0]
    naive = stamp.str.head(16).str.replace("T", " ", literal=True)
    at = naive.str.to_datetime(STAMP[shape.british_dates], strict=False, time_unit="us")
    bad = _out_of_range(at)
    local = at.cast(pl.Int64).fill_null(0).to_numpy() // 60_000_000
    tails = stamp.str.slice(16)
    offsets = {tail: _offset(tail) for tail in tails.unique().to_list()}
    if set(offsets) == {""}:
        offset = np.full(len(local), NO_OFFSET)
    else:
        offset = tails.replace_strict(offsets, return_dtype=pl.Int64).to_numpy()
    bad = bad | (offset == NOT_A_TIME)
    if shape.clock == OFFSET:
        return local - np.where(offset > NO_OFFSET, offset, 0), told, bad | (offset == NO_OFFSET)
    bad = bad | (offset > NO_OFFSET)
    if shape.clock != "london":
        return local, told, bad
    again = second_times(codes, local)
    utc, is_there = from_london(local, again=again, ends=shape.stamped == "end")
    return utc, told, bad | ~is_there


def _periods(day: pl.Series, period: pl.Series, shape: Shape) -> tuple[Minutes, pl.Series, Truth]:
    """Half-hours by their number in the day."""
    at = day.str.head(10).str.to_date(DAY[shape.british_dates], strict=False)
    bad = _out_of_range(at)
    midnights = at.cast(pl.Int64).fill_null(0).to_numpy() * MINUTES_A_DAY
    number = period.cast(pl.Float64, strict=False).fill_null(0).to_numpy()
    nexts = midnights + MINUTES_A_DAY
    if shape.clock == "london":
        none_again = np.zeros(len(midnights), np.bool_)
        midnights, nexts = (from_london(at, again=none_again, ends=False)[0] for at in (midnights, nexts))
    bad |= (number < 1) | (number > (nexts - midnights) // 30) | (number != np.floor(number))
    return midnights + (np.where(bad, 1, number).astype(np.int64) - 1) * 30, period, bad


def _out_of_range(at: pl.Series) -> Truth:
    year = at.dt.year().fill_null(0).to_numpy()
    return (year < YEARS[0]) | (year > YEARS[-1])


def _offset(tail: str) -> int:
    """Minutes that the clock is ahead of UTC."""
    found = TAIL.fullmatch(tail)
    if found is None:
        return NOT_A_TIME
    if found[1] is None:
        return NO_OFFSET
    if found[1] == "Z":
        return 0
    sign = -1 if found[1][0] == "-" else 1
    return sign * (int(found[1][1:3]) * 60 + int(found[1][-2:]))


def _watts(value: pl.Series, shape: Shape, interval: int) -> tuple[Minutes, Truth]:
    return whole_watts(value.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy(), shape, interval)


def _why(shape: Shape) -> str:
    if shape.by_period:
        return "Give a date and the number of its half-hour: 1 to 48, in London 46 or 50 when clocks change."
    example = EXAMPLES[shape.british_dates] + ("Z" if shape.clock == OFFSET else "")
    spring = " An hour that clocks leave out in spring does not exist." if shape.clock == "london" else ""
    return f"This is no time as the other rows have it, such as {example}.{spring}"
