"""A file with a row per day: its values stand in columns, in the order of the day.

In London time a day has 46, 48 or 50 half-hours. Files of 50 columns fill as many as the day has. Files of 48 are read
by the clock: on the day on which clocks go forward the hour from 01:00 is empty (or the last hour is, where the values
were moved up); on the day on which they go back the first of the two hours from 01:00 is there, and the second was not read.
"""

from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from markets.problems import RowProblem
from markets.rules.csv_text import rows_of

from .clock import YEARS, Minutes, Truth, minute_of, minutes_of_london_day
from .halfhours import MINUTES_A_DAY
from .packing import MOST_FAULTS, MOST_ROWS, Columns, whole_watts
from .shape import Shape

FORMATS = {False: "%Y-%m-%d", True: "%d/%m/%Y"}
NUMBER = "Write a plain number such as -3.25, without unit or thousands separators."


def read_days(text: str, shape: Shape) -> Columns:
    """The readings of a file."""
    interval = 30 if len(shape.values) <= 50 else 1
    rows = list(rows_of(text, MOST_ROWS))[1:]
    faults: list[RowProblem] = []
    kept: list[tuple[int, str, date, list[str]]] = []
    for line, cells in rows:
        asset = "" if shape.asset is None or shape.asset >= len(cells) else cells[shape.asset].strip(" '")
        day = _day(cells[shape.stamp[0]], shape) if shape.stamp[0] < len(cells) else None
        if len(cells) > len(shape.names):
            reason = f"This row has {len(cells)} values; the header has {len(shape.names)} columns."
            faults.append(RowProblem(line, "", "", reason))
        elif day is None:
            told = cells[shape.stamp[0]] if shape.stamp[0] < len(cells) else ""
            reason = f"This is no date such as {'06/01/2025' if shape.british_dates else '2025-01-06'}."
            faults.append(RowProblem(line, shape.names[shape.stamp[0]], told, reason))
        elif shape.asset is not None and not asset:
            faults.append(RowProblem(line, shape.names[shape.asset], "", "Name the asset of these readings."))
        else:
            values = cells[shape.values.start : shape.values.stop]
            kept.append((line, asset, day, values + [""] * (len(shape.values) - len(values))))
    return _columns(kept, shape, interval, faults)


def _columns(
    rows: list[tuple[int, str, date, list[str]]], shape: Shape, interval: int, faults: list[RowProblem]
) -> Columns:
    width = len(shape.values)
    cells = pl.Series([cell for *_, values in rows for cell in values], dtype=pl.String).str.strip_chars(" '\t")
    silent = (cells == "").to_numpy().reshape(-1, width)
    figures = cells.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy().reshape(-1, width)
    watts, bad = whole_watts(figures, shape, interval)
    bad &= ~silent
    for row, place in np.argwhere(bad)[:MOST_FAULTS].tolist():
        faults.append(
            RowProblem(rows[row][0], shape.names[shape.values[place]], str(cells[row * width + place]), NUMBER)
        )
    starts = np.zeros((len(rows), width), np.int64)
    for row, (line, _, day, _) in enumerate(rows):
        starts[row], fault = _starts(day, silent[row], shape, interval)
        if fault:
            faults.append(RowProblem(line, shape.names[shape.stamp[0]], day.isoformat(), fault))
    names: dict[str, int] = {}
    codes = np.array([names.setdefault(asset, len(names)) for _, asset, *_ in rows], np.int64)
    lines = np.array([line for line, *_ in rows], np.int64)
    read = ~silent & ~bad & (starts >= 0)
    return Columns(
        list(names),
        np.repeat(codes, width).reshape(-1, width)[read],
        starts[read],
        watts[read],
        np.repeat(lines, width).reshape(-1, width)[read],
        interval,
        faults,
    )


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
