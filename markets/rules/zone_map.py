"""Zones as circles on a drawing: where something is bought, how much, and how urgent it is. Pure; no tiles, no script.

Zones with coordinates stand where they are, in a frame that stays the same whatever is filtered. The others stand in
rows, by licence area: a list in the shape of a map rather than a guess at where they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from math import cos, radians, sqrt

from .mpan import AREA_NAMES

WIDTH = 720
LEAST, MOST = 7, 21  # radii
MARGIN_DEGREES = 0.3
LEAST_SPAN_DEGREES = 1.5
CELL = 2 * MOST + 8
STATES = ("soon", "open", "upcoming", "closed")
"""The most urgent first: a zone shows the most urgent state of its competitions."""
TOWNS = (
    ("Birmingham", 52.48, -1.90),
    ("Bristol", 51.45, -2.59),
    ("Cardiff", 51.48, -3.18),
    ("Exeter", 50.72, -3.53),
    ("Lincoln", 53.23, -0.54),
    ("Milton Keynes", 52.04, -0.76),
    ("Nottingham", 52.95, -1.15),
    ("Plymouth", 50.37, -4.14),
    ("Stoke-on-Trent", 53.00, -2.18),
    ("Swansea", 51.62, -3.94),
    ("Truro", 50.26, -5.05),
)


@dataclass(frozen=True)
class ZoneFacts:
    """A zone and what is bought there: how many competitions, their kW together, and their most urgent state."""

    code: str
    name: str
    licence_area: str
    latitude: Decimal | None
    longitude: Decimal | None
    competitions: int
    required_kw: Decimal
    state: str


@dataclass(frozen=True)
class Frame:
    """The part of the world that is drawn, in degrees."""

    south: float
    north: float
    west: float
    east: float

    @property
    def per_degree(self) -> tuple[float, float]:
        """Units of the drawing per degree of longitude and of latitude, so that distances look alike both ways."""
        across = WIDTH / (self.east - self.west)
        return across, across / cos(radians((self.south + self.north) / 2))

    @property
    def height(self) -> int:
        return round((self.north - self.south) * self.per_degree[1])

    def at(self, latitude: float, longitude: float) -> tuple[int, int]:
        across, down = self.per_degree
        return round((longitude - self.west) * across), round((self.north - latitude) * down)

    def holds(self, latitude: float, longitude: float) -> bool:
        return self.south < latitude < self.north and self.west < longitude < self.east


@dataclass(frozen=True)
class Spot:
    """A zone's circle."""

    x: int
    y: int
    radius: int
    zone: ZoneFacts


@dataclass(frozen=True)
class Area:
    """Zones of one licence area that nobody has placed yet, in rows."""

    name: str
    spots: tuple[Spot, ...]
    height: int
    width: int = WIDTH


@dataclass(frozen=True)
class ZoneMap:
    """The drawing: circles, largest first so that small ones stay on top; towns for orientation; and the unplaced."""

    spots: tuple[Spot, ...]
    towns: tuple[tuple[int, int, str], ...]
    unplaced: tuple[Area, ...]
    height: int
    width: int = WIDTH


def frame_around(south: float, north: float, west: float, east: float) -> Frame:
    """A frame around these bounds, with a margin, and never so narrow that a single zone fills it."""

    def wide_enough(low: float, high: float) -> tuple[float, float]:
        lacking = max(0.0, LEAST_SPAN_DEGREES - (high - low)) / 2
        return low - lacking - MARGIN_DEGREES, high + lacking + MARGIN_DEGREES

    return Frame(*wide_enough(south, north), *wide_enough(west, east))


def zone_map(zones: Iterable[ZoneFacts], frame: Frame | None) -> ZoneMap:
    """Circles whose area grows with the kW asked for. Without a frame all zones are unplaced."""
    known = list(zones)
    peak = max((zone.required_kw for zone in known), default=Decimal(0))
    spots, unplaced = [], []
    for zone in known:
        if frame is None or zone.latitude is None or zone.longitude is None:
            unplaced.append(zone)
        else:
            spots.append(Spot(*frame.at(float(zone.latitude), float(zone.longitude)), _radius(zone, peak), zone))
    towns = tuple((*frame.at(*place), name) for name, *place in TOWNS if frame.holds(*place)) if frame else ()
    return ZoneMap(
        tuple(sorted(spots, key=lambda spot: -spot.radius)), towns, _areas(unplaced, peak), frame.height if frame else 0
    )


def _radius(zone: ZoneFacts, peak: Decimal) -> int:
    return round(LEAST + (MOST - LEAST) * sqrt(zone.required_kw / peak)) if peak else LEAST


def _areas(zones: Iterable[ZoneFacts], peak: Decimal) -> tuple[Area, ...]:
    in_row = WIDTH // CELL
    areas = []
    ordered = sorted(zones, key=lambda zone: (zone.licence_area, zone.code))
    for area, members in groupby(ordered, key=lambda zone: zone.licence_area):
        spots = tuple(
            Spot(CELL // 2 + CELL * (i % in_row), CELL // 2 + CELL * (i // in_row), _radius(zone, peak), zone)
            for i, zone in enumerate(members)
        )
        rows = -(-len(spots) // in_row)
        areas.append(Area(AREA_NAMES.get(area, area) or "Licence area not known", spots, rows * CELL))
    return tuple(areas)
