"""What looks wrong with a day, each finding by the smallest day that shows it."""

from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from settlement.rules.day_checks import Capacity, CheckedDay, checked_days
from settlement.rules.energy import UNREAD

DAY = timedelta(days=1)
MONDAY = date(2025, 1, 13)
CHARGER = Capacity(import_watts=10_000, export_watts=0)


def charging(level: int = -4000) -> NDArray[np.int32]:
    return (level + np.arange(48) % 7 * 100).astype(np.int32)


def usual() -> dict[date, NDArray[np.int32]]:
    """Five days before Monday, each a little different."""
    return {MONDAY - n * DAY: charging(-4000 - n * 10) for n in range(1, 6)}


def look(watts: NDArray[np.int32], capacity: Capacity = CHARGER) -> CheckedDay:
    [found] = checked_days(usual() | {MONDAY: watts}, MONDAY, MONDAY, capacity)
    return found


def kinds(day: CheckedDay) -> list[str]:
    return [finding.kind for finding in day.findings]


def test_a_usual_day_is_summed_and_nothing_is_found() -> None:
    day = look(charging())
    assert kinds(day) == []
    assert (day.read, day.intervals, day.peak_kw, day.export_kwh) == (48, 48, 4.0, 0)
    assert day.import_kwh == pytest.approx(-charging().sum() / 2000)


@pytest.mark.parametrize(
    ("watts", "found"),
    [
        (np.where(np.arange(48) == 5, UNREAD, charging()), ["gap"]),
        (np.full(48, UNREAD), ["gap"]),
        (np.where(np.arange(48) == 5, -40_000, charging()), ["spike"]),
        (charging() * 2, ["unit"]),
        (charging() // 2, ["unit"]),
        (charging() * 1000, ["unit", "unit"]),
        (-charging(), ["sign", "sign"]),
        (charging(-4010), ["copy"]),
        (charging() * -23, ["unit", "size", "sign"]),
    ],
)
def test_each_finding(watts: NDArray[np.int32], found: list[str]) -> None:
    assert kinds(look(watts.astype(np.int32))) == found


def test_a_flat_day_like_the_one_before_is_no_copy() -> None:
    flat = {MONDAY - n * DAY: np.full(48, -4000, np.int32) for n in range(3)}
    assert kinds(checked_days(flat, MONDAY, MONDAY, CHARGER)[0]) == []


@pytest.mark.parametrize(("day", "intervals"), [(date(2025, 3, 30), 46), (date(2025, 10, 26), 50)])
def test_the_days_on_which_clocks_change(day: date, intervals: int) -> None:
    held = {day + n * DAY: charging() for n in (-1, 0)}
    [found] = checked_days(held, day, day, CHARGER)
    assert (found.intervals, found.read, found.is_clock_change) == (intervals, intervals, True)
