"""Delivered energy and what it pays: capped, scaled, rounded once, and never more for less."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.rules.delivery import Delivery, delivered, kwh, share
from settlement.rules.pay import Scale, availability_gbp, paid_share, sustain_gbp, utilisation_gbp

SCALE = Scale(Decimal("0.05"), Decimal(1), Decimal(0))
WATTS = st.lists(st.integers(-(10**6), 10**6), min_size=8, max_size=8)
KW = st.decimals(Decimal("0.0001"), Decimal(2000), places=4)
SHARE = st.decimals(0, 1, places=4)


def event(
    metered_w: list[int], baseline_w: list[int], kw: Decimal, minutes: int = 30, turn_up: bool = False
) -> Delivery:
    return delivered(
        metered_wmin=[watts * minutes for watts in metered_w],
        baseline_w=baseline_w,
        minutes=[minutes] * len(metered_w),
        instructed_kw=kw,
        turn_up=turn_up,
    )


def test_turning_demand_down_delivers_the_difference() -> None:
    done = event([-30_000, -10_000], [-62_000, -62_000], Decimal(50))
    assert done.by_interval == (320_000 * 30, 500_000 * 30)  # tenths of a watt-minute; the second interval is capped
    assert (kwh(done.delivered_dwmin), kwh(done.instructed_dwmin)) == (Decimal("41.0000"), Decimal("50.0000"))
    assert share(done.delivered_dwmin, done.instructed_dwmin) == Decimal("0.8200")


def test_turning_generation_up_delivers_the_difference() -> None:
    assert event([90_000], [40_000], Decimal(60)).by_interval == (500_000 * 30,)


def test_the_reverse_direction_is_negated() -> None:
    assert event([-90_000], [-40_000], Decimal(60), turn_up=True).by_interval == (500_000 * 30,)
    assert event([-90_000], [-40_000], Decimal(60)).by_interval == (0,)


def test_a_capacity_of_tenths_of_a_watt_is_exact() -> None:
    assert event([0], [0], Decimal("0.3996")).instructed_dwmin == 3996 * 30


@given(WATTS, WATTS, KW, st.booleans())
def test_delivery_lies_between_nothing_and_what_was_instructed(
    metered: list[int], baseline: list[int], kw: Decimal, turn_up: bool
) -> None:
    done = event(metered, baseline, kw, turn_up=turn_up)
    assert 0 <= done.delivered_dwmin <= done.instructed_dwmin
    assert 0 <= share(done.delivered_dwmin, done.instructed_dwmin) <= 1


@given(WATTS, WATTS, KW, st.booleans())
def test_halving_the_interval_changes_nothing(
    metered: list[int], baseline: list[int], kw: Decimal, turn_up: bool
) -> None:
    whole = event(metered, baseline, kw, 30, turn_up)
    metered, baseline = ([watts for watts in one for _ in range(2)] for one in (metered, baseline))
    halved = event(metered, baseline, kw, 15, turn_up)
    assert (whole.delivered_dwmin, whole.instructed_dwmin) == (halved.delivered_dwmin, halved.instructed_dwmin)


@given(WATTS, WATTS, KW, st.lists(st.integers(0, 10**6), min_size=8, max_size=8), st.decimals(0, 900, places=4))
def test_pay_never_rises_when_less_is_delivered(
    metered: list[int], baseline: list[int], kw: Decimal, less: list[int], price: Decimal
) -> None:
    def pay(watts: list[int]) -> Decimal:
        done = event(watts, baseline, kw)
        paid = paid_share(share(done.delivered_dwmin, done.instructed_dwmin), SCALE)
        return availability_gbp(price, kw, 240, paid) + utilisation_gbp(price, kwh(done.delivered_dwmin))

    assert pay([watts - minus for watts, minus in zip(metered, less, strict=True)]) <= pay(metered)


@pytest.mark.parametrize(
    ("delivered_share", "paid"),
    [
        ("1", "1"),
        ("0.95", "1"),
        ("0.9499", "0.9999"),
        ("0.91", "0.96"),
        ("0.5", "0.55"),
        ("0.0001", "0.0501"),
        ("0", "0"),
    ],
)
def test_grace_then_slope(delivered_share: str, paid: str) -> None:
    assert paid_share(Decimal(delivered_share), SCALE) == Decimal(paid)


@given(SHARE, SHARE, st.builds(Scale, SHARE, st.decimals(0, 20, places=4), SHARE))
def test_any_scale_pays_between_its_floor_and_all_and_less_for_less(one: Decimal, other: Decimal, scale: Scale) -> None:
    low, high = sorted((one, other))
    assert scale.floor <= paid_share(low, scale) <= paid_share(high, scale) <= 1


def test_availability_and_utilisation_in_their_units() -> None:
    assert availability_gbp(Decimal(100), Decimal(50), 240, Decimal("0.96")) == Decimal("19.20")
    assert utilisation_gbp(Decimal(250), Decimal("91.0000")) == Decimal("22.75")


def test_half_a_penny_is_rounded_up() -> None:
    assert utilisation_gbp(Decimal(5), Decimal(1)) == Decimal("0.01")


@given(st.decimals(0, 500, places=4), KW, st.lists(st.integers(1, 1440), min_size=1, max_size=200))
def test_the_days_of_a_season_add_up_to_its_price_to_the_penny(price: Decimal, kw: Decimal, days: list[int]) -> None:
    before, paid = 0, []
    for minutes in days:
        paid.append(
            sustain_gbp(price, kw, minutes_before=before, minutes=minutes, season_minutes=sum(days), paid=Decimal(1))
        )
        before += minutes
    assert abs(sum(paid) - price * kw) <= Decimal("0.005")
    assert min(paid) >= 0
