"""The requirement as a drawing: which half-hours, how much, over midnight, on clock-change days, and nothing beside them."""

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

import pytest

from markets.rules.demand import Requirement, requirements
from markets.web.charts import BAR, CELL, LEFT, LOWEST_BAR, charts_of

SEASON = {"first_day": date(2026, 12, 1), "last_day": date(2027, 2, 28)}


@dataclass
class Window:
    local_start: time
    local_end: time
    weekdays: list[int] = field(default_factory=lambda: [1])
    required_kw: Decimal = Decimal(100)
    first_day: date = SEASON["first_day"]
    last_day: date = SEASON["last_day"]


def on(day: date, start: time, end: time, required_kw: int = 100) -> Window:
    """A window of one day, as short-term auctions have them."""
    return Window(start, end, [day.isoweekday()], Decimal(required_kw), day, day)


def words(*windows: Window) -> list[str]:
    return [f"{b.day} {b.when}: {b.required_kw.normalize():f}" for chart in charts_of(windows) for b in chart.blocks]


def only(*windows: Window) -> Requirement:
    [requirement] = requirements(windows)
    return requirement


def test_a_season_is_a_typical_week_with_a_block_on_each_of_its_days():
    assert words(Window(time(16), time(18, 30), [1, 3])) == ["Mon 16:00–18:30: 100", "Wed 16:00–18:30: 100"]
    assert only(Window(time(16), time(18))).typical


def test_a_window_over_midnight_goes_on_the_next_day_and_from_sunday_to_monday():
    assert words(Window(time(23), time(1), [7])) == ["Mon 00:00–01:00: 100", "Sun 23:00–24:00: 100"]


def test_where_windows_overlap_the_larger_counts_and_bars_are_to_scale():
    evening, peak = Window(time(16), time(19)), Window(time(17), time(18), required_kw=Decimal("250.5"))
    assert words(evening, peak) == ["Mon 16:00–17:00: 100", "Mon 17:00–18:00: 250.5", "Mon 18:00–19:00: 100"]
    [chart] = charts_of([evening, peak])
    assert [block.height for block in chart.blocks] == [11, BAR, 11]


def test_a_small_requirement_beside_a_large_one_is_still_seen():
    small, large = Window(time(1), time(2), required_kw=Decimal("0.4")), Window(time(3), time(4))
    assert min(block.height for block in charts_of([small, large])[0].blocks) == LOWEST_BAR


def test_a_block_stands_where_its_half_hours_are():
    [block] = charts_of([Window(time(12), time(13))])[0].blocks
    assert (block.x, block.width) == (LEFT + 24 * CELL, 2 * CELL)


def test_nothing_asked_is_nothing_drawn():
    assert words() == words(Window(time(16), time(18), required_kw=Decimal(0))) == []


def test_months_that_ask_for_the_same_are_one_week_and_others_are_their_own():
    def month(first: date, last: date, required_kw: int) -> Window:
        return Window(time(16), time(18), [1], Decimal(required_kw), first, last)

    december = month(date(2026, 12, 1), date(2026, 12, 31), 100)
    january = month(date(2027, 1, 1), date(2027, 1, 31), 100)
    february = month(date(2027, 2, 1), date(2027, 2, 28), 300)
    found = requirements([december, january, february])
    assert [(r.first_day, r.last_day, r.peak_kw) for r in found] == [
        (date(2026, 12, 1), date(2027, 1, 31), 100),
        (date(2027, 2, 1), date(2027, 2, 28), 300),
    ]


def test_a_season_of_very_many_periods_is_one_week_of_the_most_that_any_asks():
    windows = [
        Window(time(16), time(18), [1], Decimal(i), date(2026, 12, i), date(2026, 12, i + 14)) for i in range(1, 16)
    ]
    assert only(*windows).peak_kw == 15


def test_short_term_windows_stand_on_their_dates():
    monday, tuesday = date(2026, 12, 7), date(2026, 12, 8)
    asked = [on(monday, time(17), time(18)), on(tuesday, time(17), time(17, 30), 40)]
    assert words(*asked) == ["Mon 7 Dec 17:00–18:00: 100", "Tue 8 Dec 17:00–17:30: 40"]
    assert not only(*asked).typical


@pytest.mark.parametrize(
    ("day", "count"), [(date(2027, 3, 28), 46), (date(2026, 10, 24), 48), (date(2026, 10, 25), 50)]
)
def test_a_day_has_46_48_or_50_half_hours(day: date, count: int):
    [row] = only(on(day, time(0), time(0))).rows
    assert [kw for kw in row if kw is not None] == [100] * count


def test_the_hour_that_comes_twice_is_asked_for_twice():
    sunday = date(2026, 10, 25)
    saturday = date(2026, 10, 24)
    windows = [on(saturday, time(1), time(2)), on(sunday, time(1), time(2))]
    assert words(*windows) == ["Sat 24 Oct 01:00–02:00: 100", "Sun 25 Oct 01:00–02:00: 100"]
    chart = charts_of(windows)[0]
    assert [block.width // CELL for block in chart.blocks] == [2, 4]
    assert [(gap.x, gap.width // CELL) for gap in chart.missing] == [(LEFT + 4 * CELL, 2)]  # Saturday has it once


def test_the_hour_that_spring_leaves_out_is_drawn_as_missing():
    sunday = date(2027, 3, 28)
    windows = [on(sunday, time(0), time(3))]
    assert words(*windows) == ["Sun 28 Mar 00:00–01:00: 100", "Sun 28 Mar 02:00–03:00: 100"]
    [gap] = charts_of(windows)[0].missing
    assert (gap.x, gap.width // CELL) == (LEFT + 2 * CELL, 2)


def test_only_a_bar_that_is_wide_enough_carries_its_figure():
    narrow, wide = Window(time(1), time(1, 30)), Window(time(4), time(5))
    assert [block.has_room for block in charts_of([narrow, wide])[0].blocks] == [False, True]
