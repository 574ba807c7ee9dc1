"""What a contract was asked, when starts, stops, changes and revisions arrive in any order."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations

import pytest

from settlement.rules.calls import Called, asked


def at(hour: int, day: int = 15) -> datetime:
    return datetime(2025, 1, day, hour, tzinfo=UTC)


def start(number: int, hour: int, end: int | None = None, **more: object) -> Called:
    told = {"kind": "start", "trigger": f"T-{number}", "revision": 1, "capacity_kw": Decimal(50)} | more
    return Called(number, None, at=at(hour), ends_at=at(end) if end else None, **told)  # type: ignore[arg-type]


def stop(number: int, hour: int, kind: str = "stop", **more: object) -> Called:
    return Called(number, None, kind, str(more.pop("trigger", f"T-{number}")), 1, at(hour), **more)  # type: ignore[arg-type]


def spans(calls: list[Called]) -> list[tuple[int, int, int | None]]:
    return [(call.instruction_id, call.at.hour, call.ends_at.hour if call.ends_at else None) for call in asked(calls)]


def test_a_start_with_its_end_stands_alone() -> None:
    assert spans([start(1, 16, 18)]) == [(1, 16, 18)]


def test_an_open_start_ends_with_its_stop_whichever_arrives_first() -> None:
    assert spans([start(1, 16), stop(2, 18)]) == [(1, 16, 18)]
    assert spans([stop(1, 18), start(2, 16)]) == [(2, 16, 18)]


def test_an_open_start_without_a_stop_has_no_end() -> None:
    assert spans([start(1, 16)]) == [(1, 16, None)]


def test_a_change_takes_over_from_its_start() -> None:
    assert spans([start(1, 16, 19), start(2, 17, 20, kind="change")]) == [(1, 16, 17), (2, 17, 20)]
    assert spans([start(1, 16, 19), start(2, 16, 20, kind="change")]) == [(2, 16, 20)]


def test_of_a_trigger_only_the_latest_revision_counts() -> None:
    revised = start(2, 17, 18, trigger="T-1", revision=2)
    assert spans([start(1, 16, 19), revised]) == [(2, 17, 18)]


def test_a_stop_under_the_reference_of_its_start_does_not_revise_it_away() -> None:
    assert spans([start(1, 16, 19), stop(2, 17, trigger="T-1")]) == [(1, 16, 17)]


def test_a_stop_before_the_announced_start_keeps_it_from_starting_that_day_only() -> None:
    tomorrow = Called(2, None, "start", "T-2", 1, at(16, day=16), at(18, day=16))
    assert spans([start(1, 16, 18), tomorrow, stop(3, 15)]) == [(2, 16, 18)]


@pytest.mark.parametrize("kind", ["cancel", "emergency_stop"])
def test_a_cancellation_voids_all_that_was_announced_before_it(kind: str) -> None:
    tomorrow = Called(2, None, "start", "T-2", 1, at(16, day=16), at(18, day=16))
    assert spans([start(1, 16, 18), tomorrow, stop(3, 17, kind)]) == [(1, 16, 17)]
    assert spans([stop(1, 15, kind), start(2, 16, 18)]) == [(2, 16, 18)]


def test_no_half_hour_is_asked_for_twice_in_whatever_order_it_came() -> None:
    calls = [start(1, 10, 14), start(2, 12, 16), start(3, 11, 13), start(4, 18)]
    results = {tuple(spans(list(order))) for order in permutations(calls)}
    [found] = results
    ends = [end for _, _, end in found]
    starts = [begin for _, begin, _ in found]
    assert all(end is not None and end <= begin for end, begin in zip(ends, starts[1:], strict=False))
