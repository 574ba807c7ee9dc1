"""Mid 8 of 10 like days, and its same-day adjustment: worked examples, and what is never a like day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.rules.baseline import Baselines, adjustment_w, is_battery
from settlement.rules.energy import Meter
from settlement.rules.like_days import holidays_of_england_and_wales, like_days

HOLIDAYS = holidays_of_england_and_wales(2024, 2025)
WEDNESDAY = date(2025, 1, 15)
TEN = [date(2024, 12, 31), *(date(2025, 1, day) for day in (2, 3, 6, 7, 8, 9, 10, 13, 14))]
LOADS_KW = (40, 50, 55, 60, 62, 58, 61, 64, 66, 80)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def flat(kw: float) -> list[int | None]:
    return [int(-kw * 1000)] * 48


def days_before(day: date, number: int) -> list[date]:
    return [day - timedelta(days=n) for n in range(number + 1)]


def baselines(
    meter: dict[date, Sequence[int | None]], events: Sequence[date] = (), adjusted: bool = False
) -> Baselines:
    return Baselines(Meter.of(meter), frozenset(events), HOLIDAYS, 30, adjusted)


@pytest.fixture
def meter() -> dict[date, Sequence[int | None]]:
    """Ten working days with one load each, and the event's day."""
    return {day: flat(kw) for day, kw in zip(TEN, LOADS_KW, strict=True)} | {WEDNESDAY: flat(62)}


def test_the_mean_of_eight_without_the_highest_and_the_lowest(meter: dict[date, Sequence[int | None]]) -> None:
    found = baselines(meter).of(at(WEDNESDAY, 17), at(WEDNESDAY, 19))
    assert found is not None
    assert found.watts == (-59_500,) * 4  # (50 + 55 + 60 + 62 + 58 + 61 + 64 + 66) / 8 = 59.5 kW of import
    assert set(found.dropped) == {TEN[0], TEN[-1]}
    assert list(found.used) == TEN[1:-1]
    assert [(out.day, out.reason) for out in found.left_out] == [(date(2025, 1, 1), "holiday")]
    assert found.adjustment_w is None


def test_the_adjustment_is_that_of_the_hour_which_starts_two_hours_before(
    meter: dict[date, Sequence[int | None]],
) -> None:
    found = baselines(meter, adjusted=True).of(at(WEDNESDAY, 17), at(WEDNESDAY, 19))
    assert found is not None
    assert found.adjustment_w == -2500
    assert found.watts == (-62_000,) * 4
    meter[WEDNESDAY] = [*flat(10)[:30], -90_000, -90_000, *flat(10)[32:]]  # 15:00 to 16:00 only
    found = baselines(meter, adjusted=True).of(at(WEDNESDAY, 17), at(WEDNESDAY, 19))
    assert found is not None
    assert found.adjustment_w == -30_500


@pytest.mark.parametrize(("metered_kw", "adjustment_kw"), [(600, 100), (400, 0), (500, 0)])
def test_the_examples_of_the_standard_agreement(metered_kw: int, adjustment_kw: int) -> None:
    """Baseline 500 kW from noon to one: 600 kW of load raises it by 100 kW, 400 kW by nothing."""
    assert adjustment_w(-metered_kw * 60_000, -500_000) == -adjustment_kw * 1000


def test_for_generation_upward_means_less_export() -> None:
    assert adjustment_w(400_000 * 60, 500_000) == -100_000
    assert adjustment_w(600_000 * 60, 500_000) == 0


def test_without_readings_of_the_hour_before_nothing_is_adjusted(meter: dict[date, Sequence[int | None]]) -> None:
    meter[WEDNESDAY] = [*flat(99)[:30], None, None, *flat(62)[32:]]
    found = baselines(meter, adjusted=True).of(at(WEDNESDAY, 17), at(WEDNESDAY, 19))
    assert found is not None
    assert (found.adjustment_w, found.watts) == (None, (-59_500,) * 4)


def test_days_with_an_event_or_a_gap_are_listed_and_replaced(meter: dict[date, Sequence[int | None]]) -> None:
    meter |= {date(2024, 12, 30): flat(59), date(2024, 12, 27): flat(57)}
    meter[TEN[4]] = [*flat(62)[:35], None, *flat(62)[36:]]
    found = baselines(meter, events=[TEN[8]]).of(at(WEDNESDAY, 17), at(WEDNESDAY, 19))
    assert found is not None
    assert {out.day: out.reason for out in found.left_out} == {
        date(2025, 1, 1): "holiday",
        TEN[4]: "gap in the readings",
        TEN[8]: "event",
    }
    assert len(found.used) == 8
    assert TEN[4] not in found.used
    assert TEN[8] not in found.used


def test_too_few_like_days_give_no_baseline_rather_than_a_guess(meter: dict[date, Sequence[int | None]]) -> None:
    few = {day: meter[day] for day in TEN[:4]}
    assert baselines(few).of(at(WEDNESDAY, 17), at(WEDNESDAY, 19)) is None
    five = {day: meter[day] for day in TEN[:5]}
    found = baselines(five).of(at(WEDNESDAY, 17), at(WEDNESDAY, 19))
    assert found is not None
    assert found.used == (TEN[1], TEN[2], TEN[3])


def test_a_weekend_is_compared_with_weekends_and_holidays() -> None:
    saturday = date(2025, 1, 4)
    like = like_days(saturday, frozenset(), HOLIDAYS).candidates
    assert like[:6] == tuple(
        date(*d) for d in ((2025, 1, 1), (2024, 12, 29), (2024, 12, 28), (2024, 12, 26), (2024, 12, 25), (2024, 12, 22))
    )


def test_a_season_of_daily_events_looks_back_before_the_season() -> None:
    season = frozenset(date(2024, 11, 4) + timedelta(days=n) for n in range(120))
    like = like_days(date(2025, 2, 20), season, HOLIDAYS).candidates
    assert like[0] == date(2024, 11, 1)
    assert len(like) == 20


def test_like_days_follow_the_london_clock_over_a_clock_change() -> None:
    """The event is at 17:00 on a summer day, 16:00 UTC; the winter days before are read at 17:00 UTC."""
    monday = date(2025, 3, 31)
    evening = [0] * 34 + [-80_000] * 2 + [0] * 12
    meter: dict[date, Sequence[int | None]] = dict.fromkeys(days_before(date(2025, 3, 29), 30), evening)
    found = baselines(meter).of(at(monday, 16), at(monday, 17))
    assert found is not None
    assert found.watts == (-80_000, -80_000)


def test_batteries_are_known_by_the_operators_name_of_the_technology() -> None:
    assert is_battery("Battery, compressed air system")
    assert not is_battery("EV charge point")


@given(st.lists(st.integers(-(10**6), 10**6), min_size=10, max_size=10), st.randoms())
def test_a_baseline_lies_between_its_days_and_ignores_their_order(loads: list[int], chance: object) -> None:
    meter = {day: [watts] * 48 for day, watts in zip(TEN, loads, strict=True)}
    found = baselines(meter).of(at(WEDNESDAY, 17), at(WEDNESDAY, 18))
    assert found is not None
    middle = sorted(loads)[1:-1]
    assert abs(found.watts[0] * 8 - sum(middle)) <= 4
    chance.shuffle(items := list(meter.items()))  # type: ignore[attr-defined]
    assert baselines(dict(items)).of(at(WEDNESDAY, 17), at(WEDNESDAY, 18)) == found


@given(st.lists(st.integers(-(10**6), 10**6), min_size=20, max_size=20))
def test_minutes_or_half_hours_give_the_same_baseline(loads: list[int]) -> None:
    half_hours = {day: [0] * 34 + [loads[n], loads[n + 1]] + [0] * 12 for n, day in enumerate(TEN)}
    minutes = {day: [power for power in watts for _ in range(30)] for day, watts in half_hours.items()}
    span = (at(WEDNESDAY, 17, 10), at(WEDNESDAY, 18))
    assert baselines(half_hours).of(*span) == baselines(minutes).of(*span)


def test_the_night_without_the_events_time_is_no_like_day() -> None:
    """An event at 01:30 on a Sunday of April: on 30 March clocks went from 01:00 to 02:00. Adjusted, from half an hour on."""
    sunday = date(2025, 4, 6)
    found = baselines({day: flat(1) for day in days_before(sunday, 60)}, adjusted=True).of(
        at(sunday, 0, 30), at(sunday, 2, 30)
    )
    assert found is not None
    assert found.watts == (-1000,) * 4
    assert [(out.day, out.reason) for out in found.left_out] == [(date(2025, 3, 30), "clock change")]
