"""A day of readings as interfaces hand it over, and what a further revision of it holds."""

from dataclasses import dataclass
from datetime import date

from .halfhours import Watts

LENGTHS = (48, 1440)


@dataclass(frozen=True)
class DayOfReadings:
    """One asset and UTC day: 48 half-hours or 1,440 minutes in watts, + export, from UTC midnight; None: not read.

    `line` is the row it came from, for errors.
    """

    asset_id: int
    day: date
    watts: Watts
    line: int = 0


def merged(before: Watts | None, new: Watts) -> list[int | None]:
    """What stands after `new` came: it wins where it says something; where it is silent, what was read before stays.

    So the two files that share a UTC day, since London's midnight is not UTC's, complete each other. A day in another
    interval (minutes after half-hours) stands alone.
    """
    if before is None or len(before) != len(new):
        return list(new)
    return [old if power is None else power for old, power in zip(before, new, strict=True)]


def day_fault(day: DayOfReadings) -> tuple[str, str, str] | None:
    """What is wrong with a day, as (column, value, what to do); None where it may be stored."""
    if len(day.watts) not in LENGTHS:
        return (
            "watts",
            f"{len(day.watts)} values",
            "A UTC day has 48 half-hours or 1,440 minutes: send one value for each.",
        )
    for place, power in enumerate(day.watts):
        if power is not None and not -(2**31) < power < 2**31:
            return f"watts[{place}]", str(power), "This is no reading: it is out of all bounds."
    if all(power is None for power in day.watts):
        return "watts", "nothing", "The day holds no reading. Leave it out."
    return None
