"""Baselines that are not drawn from history: nominated by the seller, or a reference profile times the number of devices.

Both are a week of half-hours in London time, Monday first, in watts with + export; what a settlement interval takes of
each half-hour is averaged. Neither is adjusted on the day, and no like day is looked at.

Source: Flexible Power's baseline template, `day_of_week,local_time,power_kw`, London local time, stamped at the start of
the half-hour; and its fixed reference profiles per device. Our assumption: a week stands from a month on until the next.

Worked example: a profile of -0.5 kW a device from 17:00 to 17:30 and -0.7 kW from 17:30 to 18:00. Twenty devices have a
baseline of -10 kW and -14 kW in intervals of half an hour, and of -12 kW where the interval is an hour:

>>> week = [0] * 336
>>> week[34:36] = [-500, -700]  # Monday, 17:00 and 17:30
>>> at = [datetime(2025, 1, 6, hour, tzinfo=UTC) for hour in (17, 18)]
>>> WeekBaselines(Meter.of({}), tuple(week), 20, 30, "profile", date(2025, 1, 1)).of(*at).watts
(-10000, -14000)
>>> WeekBaselines(Meter.of({}), tuple(week), 20, 60, "profile", date(2025, 1, 1)).of(*at).watts
(-12000,)
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Literal

from markets.problems import RowProblem
from markets.rules.csv_text import UnreadableFile, rows_of, text_of
from markets.rules.spans import LONDON

from .baseline import Baseline, Examined
from .energy import Meter, Piece, pieces
from .halfhours import nearest

HALF_HOURS_A_WEEK = 336
COLUMNS = ("day_of_week", "local_time", "power_kw")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_KW = Decimal(1_000_000)


@dataclass(frozen=True)
class WeekBaselines:
    """The baselines of one asset that has a week of its own. `week`: 336 half-hours from Monday 00:00 in London, in watts,
    of one of `devices`."""

    meter: Meter
    week: tuple[int, ...]
    devices: int
    interval_minutes: int
    method: Literal["nominated", "profile"]
    from_month: date

    def of(self, starts_at: datetime, ends_at: datetime) -> Baseline:
        """The baseline of an event: there is always one."""
        watts = (nearest(self._wmin(piece), piece.minutes) for piece in self._cut(starts_at, ends_at))
        return Baseline(
            tuple(watts), (), (), (), None, method=self.method, devices=self.devices, from_month=self.from_month
        )

    def examined(self, starts_at: datetime, ends_at: datetime) -> Examined:
        """No day was looked at."""
        return Examined((), ())

    def _cut(self, starts_at: datetime, ends_at: datetime) -> tuple[Piece, ...]:
        return pieces(starts_at, ends_at, self.interval_minutes)

    def _wmin(self, piece: Piece) -> int:
        midnight = datetime.combine(piece.day, time(), UTC)
        total = 0
        for half_hour in pieces(midnight + timedelta(minutes=piece.first), midnight + timedelta(minutes=piece.end), 30):
            local = (midnight + timedelta(minutes=half_hour.first)).astimezone(LONDON)
            place = local.weekday() * 48 + local.hour * 2 + local.minute // 30
            total += self.week[place] * half_hour.minutes
        return total * self.devices


@dataclass(frozen=True)
class WeekFile:
    """336 half-hours in watts, or what is wrong with the file."""

    watts: tuple[int, ...]
    faults: tuple[RowProblem, ...]


def read_week(content: bytes) -> WeekFile:
    """Reads the template: days as Monday, Mon or 1; times as 00:00 to 23:30; power in kW, + export and - import.

    Rows in any order, each half-hour of the week once. Raises UnreadableFile for what is no such CSV at all.
    """
    rows = rows_of(text_of(content), HALF_HOURS_A_WEEK * 2)
    _, header = next(rows)
    names = [cell.strip().casefold() for cell in header]
    if sorted(names) != sorted(COLUMNS):
        raise UnreadableFile(f"The header should be {','.join(COLUMNS)}; it is {','.join(names)}.")
    week: dict[int, int] = {}
    faults = []
    for line, cells in rows:
        row = dict.fromkeys(COLUMNS, "") | dict(zip(names, map(str.strip, cells), strict=False))
        day, half_hour, watts = _day(row["day_of_week"]), _half_hour(row["local_time"]), _watts(row["power_kw"])
        if day is None or half_hour is None or watts is None:
            read = zip(COLUMNS, (day, half_hour, watts), strict=True)
            faults += [RowProblem(line, name, row[name], EXPECTED[name]) for name, found in read if found is None]
        elif (place := day * 48 + half_hour) in week:
            faults.append(RowProblem(line, "local_time", row["local_time"], "This half-hour is in the file twice."))
        else:
            week[place] = watts
    missing = HALF_HOURS_A_WEEK - len(week)
    if missing and not faults:
        faults.append(RowProblem(0, "local_time", "", f"{missing} of the week's 336 half-hours are not in the file."))
    return WeekFile(() if faults else tuple(week[place] for place in range(HALF_HOURS_A_WEEK)), tuple(faults))


def begins_too_early(from_month: date, today: date) -> bool:
    """Whether a month has begun already: what it would have been without events is then no longer said beforehand."""
    return from_month.replace(day=1) <= today


def _day(said: str) -> int | None:
    """0 is Monday. Said as a name, by three letters or more, or as an ISO number."""
    if said in "1234567" and len(said) == 1:
        return int(said) - 1
    named = [place for place, name in enumerate(DAYS) if len(said) >= 3 and name.startswith(said.casefold())]
    return named[0] if named else None


def _half_hour(said: str) -> int | None:
    try:
        at = time.fromisoformat(said.zfill(5))
    except ValueError:
        return None
    return None if at.minute % 30 or at.second or at.microsecond or at.tzinfo else at.hour * 2 + at.minute // 30


def _watts(said: str) -> int | None:
    try:
        kw = Decimal(said)
    except InvalidOperation:
        return None
    return int((kw * 1000).to_integral_value(ROUND_HALF_UP)) if abs(kw) <= MOST_KW else None


EXPECTED = {
    "day_of_week": "Write the day as Monday, Mon or 1.",
    "local_time": "Write the start of a half-hour in London time, from 00:00 to 23:30.",
    "power_kw": "Write kW as a number such as -12.5: + export, - import.",
}
