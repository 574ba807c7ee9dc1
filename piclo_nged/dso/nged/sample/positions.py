"""Where the invented zones of the sample lie: plausible places in their licence area, the same on every call.

NGED's files carry no coordinates; customer success keeps a zone's position in the console.
"""

import re
from decimal import Decimal
from math import modf

# South-west corner, and how far the area reaches north and east, in degrees. The South West leans to the north-east.
_AREAS = {
    "EM": (52.15, -1.55, 1.25, 1.55),
    "WM": (51.95, -2.85, 1.10, 1.10),
    "SWA": (51.62, -4.85, 0.38, 1.75),
    "SWE": (50.30, -4.95, 0.30, 2.30),
}
_LEAN = {"SWE": 0.85}
_NORTH, _EAST = 0.7548776662, 0.5698402910  # steps of the R2 sequence: points that never clump


def position_of(zone: str) -> tuple[Decimal, Decimal]:
    """Latitude and longitude of one of the sample's zones."""
    found = re.search(r"_(EM|WM|SWA|SWE)_(\d+)$", zone)
    if found is None:
        raise ValueError(f"{zone} is no zone of the sample.")
    area, number = found[1], int(found[2]) // len(_AREAS)  # areas take turns in the numbers
    south, west, tall, wide = _AREAS[area]
    up, right = modf(number * _NORTH)[0], modf(number * _EAST)[0]
    latitude = south + tall * up + _LEAN.get(area, 0) * right
    return round(Decimal(latitude), 6), round(Decimal(west + wide * right), 6)
