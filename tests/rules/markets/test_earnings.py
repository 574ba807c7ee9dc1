"""What a bid could earn: each kind of pay in its own unit, over hours that clocks may shorten or lengthen."""

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

import pytest

from markets.rules.earnings import Prices, estimate, service_hours


@dataclass
class Window:
    first_day: date = date(2026, 12, 7)
    last_day: date = date(2026, 12, 13)
    local_start: time = time(16)
    local_end: time = time(18)
    weekdays: list[int] = field(default_factory=lambda: [1, 2, 3, 4, 5])
    required_kw: Decimal = Decimal(500)


def test_hours_are_those_of_the_windows_and_overlaps_count_once():
    evening, longer = Window(), Window(local_end=time(19))
    assert service_hours([evening]) == 10
    assert service_hours([evening, longer]) == 15
    assert service_hours([]) == 0


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2027, 3, 28), 23), (date(2026, 10, 25), 25), (date(2026, 10, 26), 24)]
)
def test_a_day_of_a_clock_change_is_shorter_or_longer(day: date, hours: int):
    whole_day = Window(day, day, time(0), time(0), [day.isoweekday()])
    assert service_hours([whole_day]) == hours


def test_the_helps_own_example():
    """50 kW at £300/MWh for two hours is £30."""
    day = date(2026, 12, 7)
    found = estimate(
        windows=[Window(day, day)], capacity_kw=Decimal(50), prices=Prices(utilisation_gbp_per_mwh=Decimal(300))
    )
    assert (found.utilisation_gbp, found.utilisation_gbp_per_hour) == (Decimal("30.00"), Decimal("15.00"))
    assert (found.least_gbp, found.most_gbp) == (0, Decimal("30.00"))
    assert found.availability_gbp is None


def test_availability_is_paid_without_a_call_and_utilisation_on_top():
    prices = Prices(Decimal(100), Decimal(250))
    found = estimate(windows=[Window()], capacity_kw=Decimal("50.5"), prices=prices)
    assert found.availability_gbp == Decimal("50.50")  # 0.0505 MW × 10 h × £100
    assert found.utilisation_gbp == Decimal("126.25")
    assert (found.least_gbp, found.most_gbp) == (Decimal("50.50"), Decimal("176.75"))


def test_a_season_price_is_per_kw_whatever_the_hours():
    found = estimate(
        windows=[Window()], capacity_kw=Decimal("0.3996"), prices=Prices(sustain_gbp_per_kw=Decimal("35.5"))
    )
    assert found.sustain_gbp == found.least_gbp == found.most_gbp == Decimal("14.19")
