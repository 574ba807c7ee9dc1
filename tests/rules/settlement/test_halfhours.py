"""London days from UTC days: 46, 48 or 50 half-hours, none lost and none counted twice."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.rules.spans import london, month_span
from settlement.rules.halfhours import half_hourly, london_day, nearest

DAY = timedelta(days=1)
YEARS = range(2020, 2031)


def day_span(day: date) -> tuple[datetime, datetime]:
    return london(day, time()), london(day + DAY, time())


def half_hours_of(day: date) -> int:
    start, end = day_span(day)
    return (end - start) // timedelta(minutes=30)


def last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.isoweekday() % 7)


@pytest.mark.parametrize("year", YEARS)
def test_the_two_days_of_a_clock_change(year: int) -> None:
    assert half_hours_of(last_sunday(year, 3)) == 46
    assert half_hours_of(last_sunday(year, 10)) == 50


@pytest.mark.parametrize("year", YEARS)
def test_all_other_days_have_48(year: int) -> None:
    days = [date(year, 1, 1) + n * DAY for n in range(366) if (date(year, 1, 1) + n * DAY).year == year]
    assert {half_hours_of(day) for day in days} - {48} == {46, 50}
    assert sum(half_hours_of(day) != 48 for day in days) == 2


@pytest.mark.parametrize(("month", "year"), [(month, year) for year in YEARS for month in (3, 10)])
def test_around_a_clock_change_every_half_hour_belongs_to_one_london_day(month: int, year: int) -> None:
    changes = last_sunday(year, month)
    days = [changes + n * DAY for n in range(-3, 4)]
    spans = [day_span(day) for day in days]
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert sum(map(half_hours_of, days)) == 48 * len(days) + (2 if month == 10 else -2)


def test_a_summer_day_begins_at_eleven_the_evening_before() -> None:
    assert day_span(date(2025, 7, 1)) == (datetime(2025, 6, 30, 23, tzinfo=UTC), datetime(2025, 7, 1, 23, tzinfo=UTC))
    assert london_day(datetime(2025, 6, 30, 23, tzinfo=UTC)) == date(2025, 7, 1)


def test_a_month_holds_its_london_days() -> None:
    assert month_span(date(2025, 10, 1)) == (datetime(2025, 9, 30, 23, tzinfo=UTC), datetime(2025, 11, 1, tzinfo=UTC))


def test_minutes_become_half_hours_only_where_all_were_read() -> None:
    minutes: list[int | None] = [100] * 1440
    minutes[45] = None
    minutes[60:90] = [1, 2] * 15
    assert half_hourly(minutes)[:3] == [100, None, 2]


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_nearest_is_at_most_half_away_and_rounds_halves_up(amount: int, parts: int) -> None:
    rounded = nearest(amount, parts)
    assert -parts < 2 * (amount - rounded * parts) <= parts or 2 * (rounded * parts - amount) == parts
    assert nearest(-5, 2) == -2
    assert nearest(5, 2) == 3
