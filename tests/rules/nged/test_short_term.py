"""Short Term Trade Parameters: half-hours of a requirement, in MW and London time."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from markets.rules.spans import LONDON, window_spans
from piclo_nged.dso.nged.products import Direction
from piclo_nged.dso.nged.publication import notices_of
from piclo_nged.dso.nged.wire import Fate, read_short_term, write_short_term

from .conftest import FileOf

NEXT = {"start_time": "07:30:00", "end_time": "08:00:00"}
EVENING = {"start_time": "23:30:00", "end_time": "00:00:00"}


def test_units_and_clock_are_ours(parameters_of: FileOf) -> None:
    (competition,) = read_short_term(parameters_of({})).refuse_errors().season.competitions
    assert competition.opens_at == datetime(2026, 9, 24, 11, tzinfo=UTC)
    assert competition.closes_at == datetime(2026, 9, 29, 22, 59, tzinfo=UTC)
    assert competition.peak_required_kw == Decimal(564)
    assert competition.ceiling.utilisation_gbp_per_mwh == Decimal("7.02")
    assert (competition.direction, competition.zone_name) == (Direction.TURN_DOWN, "Corvenstow")


def test_the_smallest_offer_and_the_highest_voltage_are_published(parameters_of: FileOf) -> None:
    season = read_short_term(parameters_of({"minimum_kw": "0.05", "voltage_kv": "33 kV"})).refuse_errors().season
    [published] = notices_of(season)
    assert published.max_connection_kv == 33
    assert [window.minimum_kw for window in published.windows] == [50]


@pytest.mark.parametrize(("written", "kilovolts"), [("", None), ("LV", 1), ("11", 11), ("0.4kV", Decimal("0.4"))])
def test_a_voltage_as_people_write_it(parameters_of: FileOf, written: str, kilovolts: Decimal | None) -> None:
    [competition] = read_short_term(parameters_of({"voltage_kv": written})).refuse_errors().season.competitions
    assert competition.max_connection_kv == kilovolts


def test_what_is_no_voltage_is_told(parameters_of: FileOf) -> None:
    [error] = read_short_term(parameters_of({"voltage_kv": "high"})).errors
    assert (error.column, error.reason[:13]) == ("Maximum Connection Voltage", "not a voltage")


def test_what_begins_between_half_hours_is_told_by_its_line(parameters_of: FileOf) -> None:
    errors = read_short_term(parameters_of({}, {"start_time": "08:10:00", "end_time": "08:40:00"})).errors
    assert [(error.line, error.column) for error in errors] == [(3, "Delivery Start Time"), (3, "Delivery End Time")]
    assert errors[0].reason == "not on a half-hour: write 16:00 or 16:30"


def test_half_hours_that_ask_for_the_same_are_one_window(parameters_of: FileOf) -> None:
    later = {"start_time": "08:00:00", "end_time": "08:30:00", "required_kw": "0.5"}
    next_day = {"delivery_date": "06/10/2026"}
    text = parameters_of({}, later, NEXT, next_day, EVENING)
    (competition,) = read_short_term(text).refuse_errors().season.competitions
    assert (competition.first_day, competition.last_day) == (date(2026, 10, 5), date(2026, 10, 6))
    assert [(window.label, window.required_kw) for window in competition.windows] == [
        ("2026-10-05 Mon 07:00-08:00", Decimal(564)),
        ("2026-10-05 Mon 08:00-08:30", Decimal(500)),
        ("2026-10-05 Mon 23:30-00:00", Decimal(564)),
        ("2026-10-06 Tue 07:00-07:30", Decimal(564)),
    ]


def test_half_hours_without_requirement_are_no_window_but_accounted_for(parameters_of: FileOf) -> None:
    nothing = {"required_kw": "0"}
    season = read_short_term(parameters_of({}, NEXT | nothing, nothing | {"name": "Another"})).season
    assert [(account.line, account.fate) for account in season.accounts] == [
        (2, Fate.REQUIREMENT),
        (3, Fate.SKIPPED),
        (4, Fate.SKIPPED),
    ]
    (competition,) = season.competitions
    assert [window.end_time for window in competition.windows] == [time(7, 30)]


def test_contradictions_are_told_with_their_lines(parameters_of: FileOf) -> None:
    text = parameters_of(
        {},
        {"required_kw": "0.6"},
        NEXT | {"ceiling_utilisation": "8"},
        NEXT | {"name": "B", "minimum_kw": "2"},
        NEXT | {"name": "C", "end_time": "07:00:00"},
        NEXT | {"name": "D", "closes_at": "24/09/2026 12:00:00"},
    )
    reading = read_short_term(text)
    assert [(error.line, error.column, error.reason) for error in reading.errors] == [
        (3, "Delivery Start Time", "line 2 asks for the same half-hour"),
        (4, "Utilisation Ceiling Price", "line 2 of the same competition says 7.0200"),
        (5, "Maximum Trade Required Capacity", "below the minimum, 2000.0000 kW"),
        (6, "Delivery End Time", "not after the start, 07:30:00"),
        (7, "Trade Closing Date", "not after the trade opens, 2026-09-24 11:00:00+00:00"),
    ]
    assert not reading.season.competitions


def day_of(parameters_of: FileOf, day: date, *, required: dict[str, str] | None = None) -> str:
    """All half-hours of a London day, as the clock shows them."""
    start = datetime.combine(day, time(0), LONDON).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(0), LONDON).astimezone(UTC)
    rows = []
    while start < end:
        begins, ends = (at.astimezone(LONDON).strftime("%H:%M:%S") for at in (start, start + timedelta(minutes=30)))
        asked = {"required_kw": (required or {}).get(begins, "0.564")}
        rows.append({"delivery_date": f"{day:%d/%m/%Y}", "start_time": begins, "end_time": ends} | asked)
        start += timedelta(minutes=30)
    return parameters_of(*rows)


@pytest.mark.parametrize(
    ("day", "half_hours"), [(date(2026, 3, 29), 46), (date(2026, 3, 30), 48), (date(2026, 10, 25), 50)]
)
def test_a_whole_day_is_one_window_also_when_clocks_change(parameters_of: FileOf, day: date, half_hours: int) -> None:
    season = read_short_term(day_of(parameters_of, day)).refuse_errors().season
    assert len(season.accounts) == half_hours
    [window] = season.competitions[0].windows
    [(start, end)] = window_spans(day, day, window.weekdays, window.start_time, window.end_time)
    assert (end - start) / timedelta(minutes=30) == half_hours


def test_the_hour_that_comes_twice_asks_for_one_capacity(parameters_of: FileOf) -> None:
    autumn = date(2026, 10, 25)
    text = day_of(parameters_of, autumn, required={"01:30:00": "0.3"})
    [error] = read_short_term(text).errors
    assert (error.line, error.column) == (7, "Delivery Start Time")
    assert "must have all four half-hours, with the same capacity" in error.reason
    lines = day_of(parameters_of, autumn).splitlines(keepends=True)
    [error] = read_short_term("".join(lines[:6] + lines[7:])).errors
    assert "all four half-hours" in error.reason
    twice = [error.reason for error in read_short_term("".join([*lines, lines[3]])).errors]
    assert twice == ["line 6 asks for the same half-hour"]


def test_the_hour_that_spring_leaves_out_is_no_half_hour(parameters_of: FileOf) -> None:
    spring = {"delivery_date": "29/03/2026", "start_time": "01:00:00", "end_time": "01:30:00"}
    [error] = read_short_term(parameters_of(spring)).errors
    assert error.reason == "there is no such half-hour: the clocks go forward then"


def test_a_capacity_in_kw_is_a_wrong_unit(parameters_of: FileOf) -> None:
    text = parameters_of({}).replace("Maximum Trade Required Capacity", "Maximum Trade Required Capacity [kW]")
    (error,) = read_short_term(text).errors
    assert error.reason.startswith("wrong unit: kW where MW is expected")


def test_rows_written_read_the_same(parameters_of: FileOf) -> None:
    rows = read_short_term(parameters_of({}, NEXT)).table.rows
    assert read_short_term(write_short_term(rows.values())).table.rows == rows
