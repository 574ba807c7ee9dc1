"""An event drawn: its lines stay inside the frame, and what is filled is what was delivered."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from settlement.rules.unfolding import Interval
from settlement.views.event_chart import event_chart

POWER = st.integers(-(10**9), 10**9)


def interval(place: int, metered: int | None, baseline: int | None, asked: int) -> Interval:
    at = datetime(2025, 1, 15, 17, tzinfo=UTC) + place * timedelta(minutes=30)
    delivered = min(asked, max(0, (metered or 0) - (baseline or 0)))
    return Interval(at, at + timedelta(minutes=30), metered, baseline, asked, delivered)


@given(st.lists(st.tuples(POWER, POWER, st.integers(0, 10**9)), min_size=1, max_size=60), st.booleans())
def test_all_of_it_stands_inside_the_frame(powers: list[tuple[int, int, int]], turn_up: bool) -> None:
    chart = event_chart([interval(place, *power) for place, power in enumerate(powers)], turn_up=turn_up)
    assert chart is not None
    for line in (chart.baseline, chart.metered, chart.asked):
        points = [tuple(map(float, point.split(","))) for point in line.split()]
        assert len(points) == 2 * len(powers)
        assert all(chart.left <= x <= chart.right + 0.1 and chart.top <= y <= chart.floor for x, y in points)
    assert 2 <= len(chart.levels) <= 8
    assert 1 <= len(chart.hours) <= 9


def test_what_was_not_read_is_not_drawn() -> None:
    assert event_chart([interval(0, 1, 1, 1), interval(1, None, None, 1)], turn_up=False) is None
    assert event_chart([], turn_up=False) is None
