"""What makes a day of readings whole, and what a further revision of it holds."""

from .halfhours import Watts

LENGTHS = (48, 1440)


def merged(before: Watts | None, new: Watts) -> list[int | None]:
    """What stands after `new` came: it wins where it says something; where it is silent, what was read before stays.

    So the two files that share a UTC day, since London's midnight is not UTC's, complete each other. A day in another
    interval (minutes after half-hours) stands alone.
    """
    if before is None or len(before) != len(new):
        return list(new)
    return [old if power is None else power for old, power in zip(before, new, strict=True)]


def day_fault(watts: Watts) -> tuple[str, str, str] | None:
    """What is wrong with a day, as (column, value, what to do); None where it may be stored."""
    if len(watts) not in LENGTHS:
        return "watts", f"{len(watts)} values", "A UTC day has 48 half-hours or 1,440 minutes: send one value for each."
    read = [power for power in watts if power is not None]
    if not read:
        return "watts", "nothing", "The day holds no reading. Leave it out."
    for power in (min(read), max(read)):
        if not -(2**31) < power < 2**31:
            return "watts", str(power), "This is no reading in watts: it is out of all bounds."
    return None
