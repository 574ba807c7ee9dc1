"""Short Term Trade Parameters: a requirement per half-hour, without any offers yet."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, time
from typing import Any

from markets.rules.spans import HALF_HOUR, LONDON, half_hours, is_on_half_hour, window_spans
from piclo_nged.dso.nged.columns import SHORT_TERM_PARAMETERS, label_of
from piclo_nged.dso.nged.products import Direction
from piclo_nged.dso.nged.wire.errors import RowError
from piclo_nged.dso.nged.wire.naming import competition_reference
from piclo_nged.dso.nged.wire.reading import Reading, reading_of
from piclo_nged.dso.nged.wire.rows import ParameterRow
from piclo_nged.dso.nged.wire.season import Competition, Fate, RowAccount, Season, Window
from piclo_nged.dso.nged.wire.table import Source, read_table, write_table
from piclo_nged.dso.nged.wire.values import comes_twice, left_out

BACK_AT = time(2)  # in autumn the hour before it comes twice

# One competition has one of each (A): NGED repeats them on every half-hour.
_SHARED = (
    "zone_name",
    "voltage_kv",
    "opens_at",
    "closes_at",
    "direction",
    "ceiling_availability",
    "ceiling_utilisation",
)


def read_short_term(source: Source) -> Reading[ParameterRow]:
    """The competitions that a publication of Short Term Trade Parameters asks for."""
    table = read_table(source, SHORT_TERM_PARAMETERS, ParameterRow)
    auctions: dict[tuple[str, str, str], _Auction] = {}
    faults: list[RowError] = []
    for line, row in table.rows.items():
        auction = auctions.setdefault((row.zone, row.product, row.name), _Auction(line, row))
        wrong = auction.faults_of(line, row)
        if wrong:
            faults += wrong
        else:
            auction.add(line, row)
    competitions, accounts = [], []
    for auction in auctions.values():
        faults += auction.unlike_twins()
        competition = auction.competition()
        if competition.windows:
            competitions.append(competition)
        accounts += auction.accounts(competition.reference)
    accounts.sort(key=lambda account: account.line)
    return reading_of(Season(tuple(competitions), tuple(accounts)), table, faults, SHORT_TERM_PARAMETERS)


def write_short_term(rows: Iterable[ParameterRow]) -> str:
    """Rows as Short Term Trade Parameters."""
    return write_table(SHORT_TERM_PARAMETERS, rows)


def parameter_rows(competition: Competition, *, licence_area: str, direction: Direction) -> Iterator[ParameterRow]:
    """The half-hours of the competition's windows, as the clock shows them: its name for a season's window gets lost."""
    said: dict[str, Any] = {
        "zone": competition.zone,
        "zone_name": competition.zone_name,
        "name": competition.name,
        "voltage_kv": competition.max_connection_kv,
        "opens_at": competition.opens_at,
        "closes_at": competition.closes_at,
        "licence_area": licence_area,
        "product": competition.product,
        "programme": "",
        "direction": direction,
        "ceiling_availability": competition.ceiling.availability_gbp_per_mw_h,
        "ceiling_utilisation": competition.ceiling.utilisation_gbp_per_mwh,
    }
    for window in competition.windows:
        days = window.first_day, window.last_day, window.weekdays
        for start, end in window_spans(*days, window.start_time, window.end_time):
            for at in half_hours(start, end):
                begins, ends = at.astimezone(LONDON), min(at + HALF_HOUR, end).astimezone(LONDON)
                yield ParameterRow(
                    **said,
                    delivery_date=begins.date(),
                    start_time=begins.time(),
                    end_time=ends.time(),
                    minimum_kw=window.minimum_kw,
                    required_kw=window.required_kw,
                )


class _Auction:
    """The half-hours of one competition while its rows are read."""

    def __init__(self, line: int, first: ParameterRow) -> None:
        self.line, self.first = line, first
        self.half_hours: dict[tuple[date, time], tuple[int, ParameterRow]] = {}
        self.second_time: dict[tuple[date, time], tuple[int, ParameterRow]] = {}  # of an hour that comes twice

    def add(self, line: int, row: ParameterRow) -> None:
        """A sound row. Where clocks go back its local time may come a second time."""
        key = row.delivery_date, row.start_time
        if _ends_as_clocks_go_back(row):
            row = replace(row, end_time=BACK_AT)
        (self.second_time if key in self.half_hours else self.half_hours)[key] = line, row

    def unlike_twins(self) -> list[RowError]:
        """Faults of days on which an hour comes twice: a window has one requirement and London times, so it takes both hours."""
        faults = []
        for day in {day for day, _ in self.second_time}:
            hour = [key for key in self.half_hours if key[0] == day and comes_twice(*key)]
            rows = [table[key] for table in (self.half_hours, self.second_time) for key in hour if key in table]
            asked = {(row.minimum_kw, row.required_kw) for _, row in rows}
            if len(rows) < 4 or len(asked) > 1:
                line, row = max(
                    (table for key, table in self.second_time.items() if key[0] == day), key=lambda at: at[0]
                )
                reason = (
                    "clocks go back: the hour that comes twice must have all four half-hours, with the same capacity"
                )
                label = label_of(SHORT_TERM_PARAMETERS, "start_time")
                faults.append(RowError(line, label, str(row.start_time), reason))
        return faults

    def faults_of(self, line: int, row: ParameterRow) -> list[RowError]:
        """Contradictions of one row, in itself and with the rows before it."""

        def fault(name: str, reason: str) -> RowError:
            return RowError(line, label_of(SHORT_TERM_PARAMETERS, name), str(getattr(row, name)), reason)

        faults = [
            fault(name, f"line {self.line} of the same competition says {getattr(self.first, name)}")
            for name in _SHARED
            if getattr(row, name) != getattr(self.first, name)
        ]
        faults += [
            fault(name, "not on a half-hour: write 16:00 or 16:30")
            for name in ("start_time", "end_time")
            if not is_on_half_hour(getattr(row, name))
        ]
        if row.closes_at <= row.opens_at:
            faults.append(fault("closes_at", f"not after the trade opens, {row.opens_at}"))
        if row.end_time != time(0) and row.end_time <= row.start_time and not _ends_as_clocks_go_back(row):
            faults.append(fault("end_time", f"not after the start, {row.start_time}"))
        if row.required_kw < row.minimum_kw:
            faults.append(fault("required_kw", f"below the minimum, {row.minimum_kw} kW"))
        key = row.delivery_date, row.start_time
        if left_out(*key):
            faults.append(fault("start_time", "there is no such half-hour: the clocks go forward then"))
        twin = (self.second_time if comes_twice(*key) else self.half_hours).get(key)
        if twin:
            faults.append(fault("start_time", f"line {twin[0]} asks for the same half-hour"))
        return faults

    def competition(self) -> Competition:
        """The competition; without windows where no half-hour requires anything."""
        first = self.first
        days = [day for day, _ in self.half_hours] or [first.delivery_date]
        period = min(days), max(days)
        return Competition(
            reference=competition_reference(first.zone, first.product, first.name, *period),
            zone=first.zone,
            product=first.product,
            name=first.name,
            first_day=period[0],
            last_day=period[1],
            opens_at=first.opens_at,
            closes_at=first.closes_at,
            ceiling=first.ceiling,
            windows=self._windows(),
            direction=first.direction,
            zone_name=first.zone_name,
            max_connection_kv=first.voltage_kv,
        )

    def accounts(self, competition: str) -> list[RowAccount]:
        """An account of every row."""
        nothing = "requires 0 kW, so there is no window"
        return [
            RowAccount(line, Fate.REQUIREMENT, competition)
            if row.required_kw
            else RowAccount(line, Fate.SKIPPED, competition, reason=nothing)
            for table in (self.half_hours, self.second_time)
            for line, row in table.values()
        ]

    def _windows(self) -> tuple[Window, ...]:
        """Half-hours of one day that follow each other with the same requirement are one window."""
        runs: list[list[ParameterRow]] = []
        for _, (_, row) in sorted(self.half_hours.items()):
            if not row.required_kw:
                continue
            if runs and _follows(runs[-1][-1], row):
                runs[-1].append(row)
            else:
                runs.append([row])
        return tuple(_window(run[0], run[-1]) for run in runs)


def _ends_as_clocks_go_back(row: ParameterRow) -> bool:
    """Whether its end is written as the clock then shows it: 01:30 to 01:00."""
    return comes_twice(row.delivery_date, row.start_time) and row.end_time == time(1)


def _follows(before: ParameterRow, row: ParameterRow) -> bool:
    return (before.delivery_date, before.end_time, before.minimum_kw, before.required_kw) == (
        row.delivery_date,
        row.start_time,
        row.minimum_kw,
        row.required_kw,
    )


def _window(first: ParameterRow, last: ParameterRow) -> Window:
    day = first.delivery_date
    return Window(
        name=day.isoformat(),
        first_day=day,
        last_day=day,
        weekdays=(day.isoweekday(),),
        start_time=first.start_time,
        end_time=last.end_time,
        required_kw=first.required_kw,
        minimum_kw=first.minimum_kw,
    )
