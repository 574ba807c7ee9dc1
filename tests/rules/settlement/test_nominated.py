"""Weeks in place of history: the template read strictly, London's clock, and times devices; variants of the historical one."""

import doctest
from datetime import UTC, date, datetime, timedelta

import pytest

from markets.rules.csv_text import UnreadableFile
from settlement.rules import nominated
from settlement.rules.baseline import Baselines, Historical
from settlement.rules.energy import Meter
from settlement.rules.explanation import baseline_story
from settlement.rules.like_days import holidays_of_england_and_wales
from settlement.rules.nominated import WeekBaselines, read_week

DAYS = ("Monday", "Tue", "3", "thursday", "FRI", "6", "Sunday")
ROWS = [
    f"{day},{half_hour // 2:02}:{half_hour % 2 * 30:02},-{place}.5"
    for place, day in enumerate(DAYS)
    for half_hour in range(48)
]
HEADER = "day_of_week,local_time,power_kw"


def file(rows: list[str], header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def test_the_worked_example_of_the_docstring() -> None:
    outcome = doctest.testmod(nominated)
    assert (outcome.attempted, outcome.failed) == (5, 0)


def test_a_week_is_read_in_any_order_with_days_as_people_write_them() -> None:
    read = read_week(file(ROWS[::-1]))
    assert read.faults == ()
    assert [read.watts[place * 48] for place in range(7)] == [-500, -1500, -2500, -3500, -4500, -5500, -6500]
    assert len(set(read.watts)) == 7


def test_every_bad_row_is_named_at_once() -> None:
    rows = [*ROWS[3:], "Mo,00:00,1", "Monday,00:15,1", "Monday,00:30,much", "Tue,00:00,1", "Monday"]
    faults = read_week(file(rows)).faults
    assert [(fault.line, fault.column) for fault in faults] == [
        (335, "day_of_week"),
        (336, "local_time"),
        (337, "power_kw"),
        (338, "local_time"),
        (339, "local_time"),
        (339, "power_kw"),
    ]
    assert "twice" in faults[3].reason
    [short] = read_week(file(ROWS[:-2])).faults
    assert short.reason == "2 of the week's 336 half-hours are not in the file."


def test_another_header_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="should be day_of_week,local_time,power_kw"):
        read_week(file(ROWS, "day,time,kw"))


@pytest.mark.parametrize(("day", "hour_utc"), [(date(2025, 3, 24), 17), (date(2025, 3, 31), 16)])
def test_a_week_follows_the_london_clock(day: date, hour_utc: int) -> None:
    """17:00 on a Monday in London, before and after the clocks went forward."""
    week = [0] * 336
    week[34] = -7000
    baselines = WeekBaselines(Meter.of({}), tuple(week), 1, 30, "nominated", date(2025, 1, 1))
    start = datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC)
    assert baselines.of(start, start + timedelta(hours=1)).watts == (-7000, 0)


@pytest.mark.parametrize(
    ("setting", "kw", "story"),
    [
        (
            Historical(10, 1, 1, 5),
            59.5,
            "mean of 8 like days between 31 Dec 2024 and 14 Jan 2025, without the two extremes",
        ),
        (Historical(10, 0, 0, 5), 59.6, "mean of 10 like days between 31 Dec 2024 and 14 Jan 2025; left out"),
        (Historical(10, 0, 2, 5), 63.25, ", without the 2 highest (2 Jan 2025, 31 Dec 2024); left out"),
        (
            Historical(5, 2, 0, 3),
            (61 + 64 + 58) / 3,
            "mean of 3 like days between 8 Jan 2025 and 14 Jan 2025, without the 2",
        ),
    ],
)
def test_variants_of_the_historical_baseline(setting: Historical, kw: float, story: str) -> None:
    """40, 50, 55, 60, 62, 58, 61, 64, 66 and 80 kW of import: the highest energy is the least import."""
    loads = (40, 50, 55, 60, 62, 58, 61, 64, 66, 80)
    days = [date(2024, 12, 31), *(date(2025, 1, day) for day in (2, 3, 6, 7, 8, 9, 10, 13, 14))]
    meter = Meter.of({day: [-load * 1000] * 48 for day, load in zip(days, loads, strict=True)})
    baselines = Baselines(meter, frozenset(), holidays_of_england_and_wales(2024, 2025), 30, False, setting)
    at = datetime(2025, 1, 15, 17, tzinfo=UTC)
    found = baselines.of(at, at + timedelta(hours=1))
    assert found is not None
    assert found.watts == (-round(kw * 1000),) * 2
    assert story in baseline_story("EV-1", found)
    assert len(found.dropped) == setting.lowest + setting.highest
