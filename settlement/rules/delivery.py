"""What was delivered in an event: metered minus baseline, averaged over the settlement interval, then capped.

Source: + export, so that turning demand down or generation up counts as positive; negated for the reverse direction.
The settlement interval is 30 minutes unless the terms of the market say otherwise (our assumption). An interval delivers
at least nothing and at most what was instructed (the floor at nothing is our assumption).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .halfhours import nearest

FOUR_PLACES = Decimal("0.0001")
WMIN_PER_KWH = 60_000


@dataclass(frozen=True)
class Delivery:
    """Watt-minutes of an event: metered and baseline with + export, delivered and instructed as what was asked for."""

    metered_wmin: int
    baseline_wmin: int
    instructed_wmin: int
    by_interval: tuple[int, ...]

    @property
    def delivered_wmin(self) -> int:
        return sum(self.by_interval)


def delivered(
    *,
    metered_wmin: Sequence[int],
    baseline_w: Sequence[int],
    minutes: Sequence[int],
    instructed_kw: Decimal,
    turn_up: bool,
) -> Delivery:
    """One entry per settlement interval in each sequence: watt-minutes metered, watts of baseline, length in minutes."""
    baseline_wmin = [watts * width for watts, width in zip(baseline_w, minutes, strict=True)]
    caps = [cap_wmin(instructed_kw, width) for width in minutes]
    sign = -1 if turn_up else 1
    return Delivery(
        metered_wmin=sum(metered_wmin),
        baseline_wmin=sum(baseline_wmin),
        instructed_wmin=sum(caps),
        by_interval=tuple(
            min(cap, max(0, sign * (metered - baseline)))
            for metered, baseline, cap in zip(metered_wmin, baseline_wmin, caps, strict=True)
        ),
    )


def cap_wmin(instructed_kw: Decimal, minutes: int) -> int:
    """What was instructed for so many minutes, in watt-minutes. Exact for five minutes and multiples, else the nearest."""
    return nearest(int(instructed_kw * 10_000) * minutes, 10)


def kwh(wmin: int) -> Decimal:
    """Watt-minutes as kWh with four decimals, half up."""
    return (Decimal(wmin) / WMIN_PER_KWH).quantize(FOUR_PLACES, ROUND_HALF_UP)


def share(delivered_wmin: int, instructed_wmin: int) -> Decimal:
    """Delivered over instructed, four decimals, half up; 1 where nothing was instructed."""
    if not instructed_wmin:
        return Decimal(1).quantize(FOUR_PLACES)
    return (Decimal(delivered_wmin) / instructed_wmin).quantize(FOUR_PLACES, ROUND_HALF_UP)
