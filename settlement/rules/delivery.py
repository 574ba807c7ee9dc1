"""What was delivered in an event: metered minus baseline, averaged over the settlement interval, then capped.

Source: + export, so that turning demand down or generation up counts as positive; negated for the reverse direction.
The settlement interval is 30 minutes unless the terms of the market say otherwise (our assumption). An interval delivers
at least nothing and at most what was instructed (the floor at nothing is our assumption).

A capacity has four decimals of a kW, so what is compared with it counts in tenths of a watt-minute (dwmin): exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FOUR_PLACES = Decimal("0.0001")
DWMIN_PER_WMIN = 10
DWMIN_PER_KWH = 600_000


@dataclass(frozen=True)
class Delivery:
    """An event in tenths of a watt-minute: metered and baseline with + export, delivered and instructed as asked for."""

    metered_dwmin: int
    baseline_dwmin: int
    instructed_dwmin: int
    by_interval: tuple[int, ...]

    @property
    def delivered_dwmin(self) -> int:
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
    metered = [energy * DWMIN_PER_WMIN for energy in metered_wmin]
    baseline = [watts * width * DWMIN_PER_WMIN for watts, width in zip(baseline_w, minutes, strict=True)]
    caps = [int(instructed_kw * 10_000) * width for width in minutes]
    sign = -1 if turn_up else 1
    return Delivery(
        metered_dwmin=sum(metered),
        baseline_dwmin=sum(baseline),
        instructed_dwmin=sum(caps),
        by_interval=tuple(
            min(cap, max(0, sign * (read - without)))
            for read, without, cap in zip(metered, baseline, caps, strict=True)
        ),
    )


def kwh(dwmin: int) -> Decimal:
    """Tenths of a watt-minute as kWh with four decimals, half up."""
    return (Decimal(dwmin) / DWMIN_PER_KWH).quantize(FOUR_PLACES, ROUND_HALF_UP)


def share(delivered_dwmin: int, instructed_dwmin: int) -> Decimal:
    """Delivered over instructed, four decimals, half up; 1 where nothing was instructed."""
    if not instructed_dwmin:
        return Decimal(1).quantize(FOUR_PLACES)
    return (Decimal(delivered_dwmin) / instructed_dwmin).quantize(FOUR_PLACES, ROUND_HALF_UP)
