"""Half-hours in the operator's convention. Flexible Power's (source: its readings template) is UTC, the end of the
interval, + export."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from .halfhours import Watts, half_hourly

HALF_HOUR = timedelta(minutes=30)


def end_stamped(day: date, watts: Watts) -> Iterator[tuple[datetime, Decimal]]:
    """The read half-hours of a UTC day in Flexible Power's convention: (end of the half-hour in UTC, kW with + export)."""
    midnight = datetime.combine(day, time(), UTC)
    for number, power in enumerate(half_hourly(watts), start=1):
        if power is not None:
            yield midnight + number * HALF_HOUR, Decimal(power) / 1000
