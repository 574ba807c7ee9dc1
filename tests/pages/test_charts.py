"""The week of a competition as a drawing: which half-hours, how much, over midnight, and nothing beside them."""

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal

from markets.charts import CELL, LEFT, service_week


@dataclass
class Window:
    local_start: time
    local_end: time
    weekdays: list[int] = field(default_factory=lambda: [1])
    required_kw: Decimal = Decimal(100)


def words(*windows: Window) -> list[str]:
    return [block.words for block in service_week(windows).blocks]


def test_a_window_is_a_block_on_each_of_its_days():
    assert words(Window(time(16), time(18, 30), [1, 3])) == ["Mon 16:00–18:30: 100 kW", "Wed 16:00–18:30: 100 kW"]


def test_a_window_over_midnight_goes_on_the_next_day_and_from_sunday_to_monday():
    assert words(Window(time(23), time(1), [7])) == ["Mon 00:00–01:00: 100 kW", "Sun 23:00–24:00: 100 kW"]


def test_where_windows_overlap_the_larger_counts():
    evening, peak = Window(time(16), time(19)), Window(time(17), time(18), required_kw=Decimal("250.5"))
    assert words(evening, peak) == ["Mon 16:00–17:00: 100 kW", "Mon 17:00–18:00: 250.5 kW", "Mon 18:00–19:00: 100 kW"]
    assert [block.level for block in service_week([evening, peak]).blocks] == [2, 4, 2]


def test_a_block_stands_where_its_half_hours_are():
    [block] = service_week([Window(time(12), time(13))]).blocks
    assert (block.x, block.width) == (LEFT + 24 * CELL, 2 * CELL)


def test_nothing_asked_is_nothing_drawn():
    assert words() == words(Window(time(16), time(18), required_kw=Decimal(0))) == []
