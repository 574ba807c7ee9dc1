"""Intervals that a file leaves out between the first and the last reading of an asset."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from markets.problems import RowProblem

from .clock import minute_of
from .energy import UNREAD
from .packing import ReadDay


def gaps_of(days: Sequence[ReadDay], interval_minutes: int) -> Iterator[RowProblem]:
    """A problem per gap, with its times in UTC, on the line on which the readings of the day after it begin."""
    by_asset: dict[str, list[ReadDay]] = defaultdict(list)
    for day in days:
        by_asset[day.asset].append(day)
    noun = "half-hours" if interval_minutes == 30 else "minutes"
    for asset, of_asset in by_asset.items():
        of_asset.sort(key=lambda day: day.day)
        starts = np.concatenate(
            [np.flatnonzero(day.watts != UNREAD) * interval_minutes + minute_of(day.day) for day in of_asset]
        )
        for place in np.flatnonzero(np.diff(starts) > interval_minutes).tolist():
            first, end = int(starts[place]) + interval_minutes, int(starts[place + 1])
            line = next(day.line for day in of_asset if minute_of(day.day) + 1440 > end)
            value = f"{_at(first):%Y-%m-%d %H:%M} to {_at(end):%Y-%m-%d %H:%M}"
            missing = (end - first) // interval_minutes
            reason = f"{asset or 'The asset'} has no readings for {missing:,} {noun}, {value} UTC."
            yield RowProblem(line, "", value, reason)


def _at(minute: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
