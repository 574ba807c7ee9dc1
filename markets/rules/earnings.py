"""What a bid could earn, if it is accepted at the seller's own prices and everything is delivered. Pure.

An estimate, never a promise: the operator may pay a higher price than asked, may not call at all, and pays for what
was delivered. See the table of prices and units in the help centre.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from .demand import Asked
from .spans import window_spans

PENNY = Decimal("0.01")
KW_PER_MW = 1000
HOUR = Decimal(3600)


@dataclass(frozen=True)
class Prices:
    """What the seller asks; None where the product pays no such price, or none was given yet."""

    availability_gbp_per_mw_h: Decimal | None = None
    utilisation_gbp_per_mwh: Decimal | None = None
    sustain_gbp_per_kw: Decimal | None = None


@dataclass(frozen=True)
class Estimate:
    """GBP for the whole season, to the penny; `utilisation_gbp` is for a call in every hour of the windows."""

    hours: Decimal
    energy_mwh: Decimal
    availability_gbp: Decimal | None
    utilisation_gbp: Decimal | None
    utilisation_gbp_per_hour: Decimal | None
    sustain_gbp: Decimal | None

    @property
    def least_gbp(self) -> Decimal:
        """Without a single call."""
        return (self.availability_gbp or Decimal(0)) + (self.sustain_gbp or Decimal(0))

    @property
    def most_gbp(self) -> Decimal:
        """Called for all the hours."""
        return self.least_gbp + (self.utilisation_gbp or Decimal(0))


def estimate(*, windows: Iterable[Asked], capacity_kw: Decimal, prices: Prices) -> Estimate:
    """Availability: GBP/MW/h × MW × hours. Utilisation: GBP/MWh × MWh. Sustain: GBP/kW × kW."""
    hours = service_hours(windows)
    capacity_mw = capacity_kw / KW_PER_MW
    return Estimate(
        hours=hours,
        energy_mwh=capacity_mw * hours,
        availability_gbp=_pounds(prices.availability_gbp_per_mw_h, capacity_mw * hours),
        utilisation_gbp=_pounds(prices.utilisation_gbp_per_mwh, capacity_mw * hours),
        utilisation_gbp_per_hour=_pounds(prices.utilisation_gbp_per_mwh, capacity_mw),
        sustain_gbp=_pounds(prices.sustain_gbp_per_kw, capacity_kw),
    )


def service_hours(windows: Iterable[Asked]) -> Decimal:
    """Hours in which the windows ask for delivery; where they overlap, the time counts once."""
    spans = sorted(
        span for w in windows for span in window_spans(w.first_day, w.last_day, w.weekdays, w.local_start, w.local_end)
    )
    total, reached = timedelta(), datetime.min.replace(tzinfo=UTC)
    for start, end in spans:
        total += max(timedelta(), end - max(start, reached))
        reached = max(reached, end)
    return Decimal(int(total.total_seconds())) / HOUR


def _pounds(price: Decimal | None, quantity: Decimal) -> Decimal | None:
    return None if price is None else (price * quantity).quantize(PENNY)
