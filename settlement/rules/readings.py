"""What makes a day of readings whole, and what a further revision of it holds."""

import numpy as np
from numpy.typing import NDArray

from .energy import UNREAD
from .halfhours import Watts

LENGTHS = (48, 1440)

type DayOfWatts = NDArray[np.int32]
"""48 half-hours or 1,440 minutes; `UNREAD` where nothing was read."""


def as_array(watts: Watts | DayOfWatts) -> DayOfWatts:
    """A day without fault, for arithmetic."""
    if isinstance(watts, np.ndarray):
        return watts
    return np.array([UNREAD if power is None else power for power in watts], np.int32)


def merged(before: DayOfWatts | None, new: DayOfWatts) -> DayOfWatts:
    """What stands after `new` came: it wins where it says something; where it is silent, what was read before stays.

    So the two files that share a UTC day, since London's midnight is not UTC's, complete each other. A day in another
    interval (minutes after half-hours) stands alone.
    """
    if before is None or len(before) != len(new):
        return new
    return np.where(new == UNREAD, before, new)


def day_fault(watts: Watts | DayOfWatts) -> tuple[str, str, str] | None:
    """What is wrong with a day, as (column, value, what to do); None where it may be stored."""
    if len(watts) not in LENGTHS:
        return "watts", f"{len(watts)} values", "A UTC day has 48 half-hours or 1,440 minutes: send one value for each."
    if isinstance(watts, np.ndarray):
        nothing, extremes = bool((watts == UNREAD).all()), []
    else:
        read = [power for power in watts if power is not None]
        nothing, extremes = not read, [min(read), max(read)] if read else []
    if nothing:
        return "watts", "nothing", "The day holds no reading. Leave it out."
    for power in extremes:
        if not -(2**31) < power < 2**31:
            return "watts", str(power), "This is no reading in watts: it is out of all bounds."
    return None
