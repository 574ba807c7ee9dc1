"""A file with a row per day: its values stand in columns, in the order of the day.

In London time a day has 46, 48 or 50 half-hours. Files of 50 columns fill as many as the day has. Files of 48 are read
by the clock: on the day on which clocks go forward the hour from 01:00 is empty (or the last hour is, where the values
were moved up); on the day on which they go back the first of the two hours from 01:00 is there, and the second was not read.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from markets.problems import RowProblem
from markets.rules.csv_text import rows_of

from .clock import YEARS, Minutes, Truth, minute_of, minutes_of_london_day
from .halfhours import MINUTES_A_DAY
from .packing import MOST_FAULTS, MOST_ROWS, Columns, Figures, whole_watts
from .shape import Shape
from .table import below_header, table_of

FORMATS = {False: "%Y-%m-%d", True: "%d/%m/%Y"}
NUMBER = "Write a plain number such as -3.25, without unit or thousands separators."


type Row = tuple[int, str, date]
"""The line, the asset as the file names it, and the day."""


@dataclass(frozen=True, eq=False)
class _Table:
    """The rows that can be read, and their values: NaN where one is silent or no number."""

    rows: list[Row]
    figures: Figures
    silent: Truth


def read_days(text: str, shape: Shape) -> Columns:
    """The readings of a file."""
    interval = 30 if len(shape.values) <= 50 else 1
    table = _plain(text, shape)
    if table is not None:
        watts, bad = whole_watts(table.figures, shape, interval)
        if not (bad & ~table.silent).any():
            return _columns(table, watts, shape, interval, [])
    faults: list[RowProblem] = []
    table, cells = _written(text, shape, faults)
    watts, bad = whole_watts(table.figures, shape, interval)
    width = len(shape.values)
    for row, place in np.argwhere(bad & ~table.silent)[:MOST_FAULTS].tolist():
        told = str(cells[row * width + place])
        faults.append(RowProblem(table.rows[row][0], shape.names[shape.values[place]], told, NUMBER))
    return _columns(replace(table, silent=table.silent | bad), watts, shape, interval, faults)


def _plain(text: str, shape: Shape) -> _Table | None:
    """A file in which all is as it should be, read at once; None: it has to be looked at cell by cell, to say what is wrong."""
    if '"' in text:
        return None
    body = below_header(text, shape)
    kinds = {str(place): pl.Float64 if place in shape.values else pl.String for place in range(len(shape.names))}
    try:
        frame = table_of(body, shape, kinds)
    except pl.exceptions.PolarsError:
        return None
    days = (
        frame[:, shape.stamp[0]]
        .str.strip_chars(" '")
        .str.head(10)
        .str.to_date(FORMATS[shape.british_dates], strict=False)
    )
    assets = (
        pl.repeat("", len(frame), eager=True) if shape.asset is None else frame[:, shape.asset].str.strip_chars(" '")
    )
    values = frame[:, shape.values.start : shape.values.stop]
    figures = values.to_numpy(order="c")
    silent = np.isnan(figures)
    is_whole = len(frame) == body.rstrip("\n").count("\n") + 1 <= MOST_ROWS and not days.has_nulls()
    is_named = shape.asset is None or not (assets.has_nulls() or (assets == "").any())
    is_all_numbers = int(silent.sum()) == int(values.null_count().sum_horizontal()[0])
    if not (is_whole and is_named and is_all_numbers and days.dt.year().is_between(YEARS[0], YEARS[-1]).all()):
        return None
    lines = range(shape.header_line + 1, shape.header_line + 1 + len(frame))
    return _Table(list(zip(lines, assets.to_list(), days.to_list(), strict=True)), figures, silent)


def _written(text: str, shape: Shape, faults: list[RowProblem]) -> tuple[_Table, pl.Series]:
    """Row by row, with every fault; and the cells as they were written, in the order of the rows."""
    kept: list[Row] = []
    told: list[str] = []
    for line, cells in list(rows_of(text, MOST_ROWS))[1:]:
        asset = "" if shape.asset is None or shape.asset >= len(cells) else cells[shape.asset].strip(" '")
        day = _day(cells[shape.stamp[0]], shape) if shape.stamp[0] < len(cells) else None
        if len(cells) > len(shape.names):
            reason = f"This row has {len(cells)} values; the header has {len(shape.names)} columns."
            faults.append(RowProblem(line, "", "", reason))
        elif day is None:
            stamp = cells[shape.stamp[0]] if shape.stamp[0] < len(cells) else ""
            reason = f"This is no date such as {'06/01/2025' if shape.british_dates else '2025-01-06'}."
            faults.append(RowProblem(line, shape.names[shape.stamp[0]], stamp, reason))
        elif shape.asset is not None and not asset:
            faults.append(RowProblem(line, shape.names[shape.asset], "", "Name the asset of these readings."))
        else:
            values = cells[shape.values.start : shape.values.stop]
            kept.append((line, asset, day))
            told += values + [""] * (len(shape.values) - len(values))
    written = pl.Series(told, dtype=pl.String).str.strip_chars(" '\t")
    figures = written.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    whole = (-1, len(shape.values))
    return _Table(kept, figures.reshape(whole), (written == "").to_numpy().reshape(whole)), written


def _columns(table: _Table, watts: Minutes, shape: Shape, interval: int, faults: list[RowProblem]) -> Columns:
    width, rows, silent = len(shape.values), table.rows, table.silent
    starts = np.zeros((len(rows), width), np.int64)
    for row, (line, _, day) in enumerate(rows):
        starts[row], fault = _starts(day, silent[row], shape, interval)
        if fault:
            faults.append(RowProblem(line, shape.names[shape.stamp[0]], day.isoformat(), fault))
    names: dict[str, int] = {}
    codes = np.array([names.setdefault(asset, len(names)) for _, asset, _ in rows], np.int64)
    lines = np.array([line for line, *_ in rows], np.int64)
    read = ~silent & (starts >= 0)
    by_row = (np.repeat(values, width).reshape(-1, width) for values in (codes, lines))
    codes, lines, starts, watts = (
        values.ravel() if read.all() else values[read] for values in (*by_row, starts, watts)
    )
    return Columns(list(names), codes, starts, watts, lines, interval, faults)


def _day(text: str, shape: Shape) -> date | None:
    try:
        day = datetime.strptime(text.strip(" '")[:10], FORMATS[shape.british_dates]).date()
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _starts(day: date, silent: Truth, shape: Shape, interval: int) -> tuple[NDArray[np.int64], str]:
    """At which UTC minute each column of a row starts, -1 where the day has no such interval; and what is wrong."""
    width = len(silent)
    places = np.arange(width, dtype=np.int64)
    if shape.clock != "london":
        return minute_of(day) + places * interval, ""
    first, end = minutes_of_london_day(day)
    length = (end - first) // interval
    an_hour = 60 // interval
    if width != MINUTES_A_DAY // interval or length == width:
        return _in_order(places, silent, first, length, interval)
    if length > width:  # clocks go back: the second of the two hours has no columns
        return first + np.where(places < 2 * an_hour, places, places + an_hour) * interval, ""
    left_out = (places >= an_hour) & (places < 2 * an_hour)
    if silent[left_out].all():
        moved = first + np.where(places < an_hour, places, places - an_hour) * interval
        return np.where(left_out, -1, moved), ""
    return _in_order(places, silent, first, length, interval)


def _in_order(places: Minutes, silent: Truth, first: int, length: int, interval: int) -> tuple[Minutes, str]:
    starts = np.where(places < length, first + places * interval, -1)
    if not silent[length:].all():
        return starts, f"This day has {length:,} intervals in London: leave the columns behind them empty."
    return starts, ""
