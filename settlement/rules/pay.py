"""What an event pays, from the figures printed on its line, so that seller and operator can both recompute it.

Rounding, stated once for all of settlement: readings and baselines are whole watts; energy is a whole number of
watt-minutes (or tenths) until the line, which prints kWh and shares with four decimals; every amount is computed from
the printed figures and rounded to the penny. All rounding is to the nearest, half up. A statement's total is the sum of
its rounded amounts.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True)
class Scale:
    """How a missing share lowers pay: `grace` may be missing unpunished; beyond it `slope` is lost per share missing;
    at least `floor` is paid. Our assumption, versioned per market in its terms."""

    grace: Decimal
    slope: Decimal
    floor: Decimal


def paid_share(delivered_share: Decimal, scale: Scale) -> Decimal:
    """The share of pay for a delivered share, between floor and 1. Who delivers nothing is paid the floor."""
    if delivered_share <= 0:
        return scale.floor
    missing = max(ZERO, ONE - scale.grace - delivered_share)
    return max(scale.floor, min(ONE, ONE - scale.slope * missing))


def availability_gbp(price_gbp_per_mw_h: Decimal, kw: Decimal, minutes: int, paid: Decimal) -> Decimal:
    """GBP/MW/h x MW x hours, scaled by performance."""
    return pennies(price_gbp_per_mw_h * kw * minutes * paid / 60_000)


def utilisation_gbp(price_gbp_per_mwh: Decimal, delivered_kwh: Decimal) -> Decimal:
    """GBP/MWh x delivered MWh, already capped at what was instructed."""
    return pennies(price_gbp_per_mwh * delivered_kwh / 1000)


def sustain_gbp(
    price_gbp_per_kw: Decimal, kw: Decimal, *, minutes_before: int, minutes: int, season_minutes: int, paid: Decimal
) -> Decimal:
    """GBP/kW for the season, spread by contracted service hours (our assumption): the part of one service day.

    `minutes_before`: service minutes of the season before this day. The part is the difference of two rounded running
    totals, so that the days of a season add up to the season's price to the penny. `paid` is 1 unless terms scale it.
    """
    season = price_gbp_per_kw * kw
    until = pennies(season * (minutes_before + minutes) / season_minutes)
    before = pennies(season * minutes_before / season_minutes)
    return pennies((until - before) * paid)


def pennies(amount: Decimal) -> Decimal:
    """Rounded to the penny, half up."""
    return amount.quantize(PENNY, ROUND_HALF_UP)
