"""What the sample is written in: invented companies, opportunities and offers, before they become rows."""

from dataclasses import dataclass
from decimal import Decimal

from piclo_nged.dso.nged.wire import Prices

EV, HOME, HEAT_PUMP = "EV charge point", "Household demand", "Air source heat pump"
BATTERY, ENGINE = "Battery, compressed air system", "Engine (combustion / reciprocating)"

LANTERNFIELD = "Lanternfield Energy Ltd"
COPPERBECK = "Copperbeck Charging Limited"
MOSSGATE = "Mossgate Heat Ltd"
TIDEWICK = "Tidewick Storage Limited"
HARROWMERE = "Harrowmere Homes Flex Ltd"
SALTERN = "Saltern, Vale & Daughters"
PENBROOK = "Penbrook Generation Ltd."

WINTER = ("December 2026", "January 2027", "February 2027", "March 2027")
WEEK = (1, 2, 3, 4, 5)
EVENING = (33, 39)


@dataclass(frozen=True)
class Asked:
    """One offer. `share` is its price as a part of the ceiling; technologies: name, assets, installed kW.

    kW stand as text, with all the places that NGED's file would show.
    """

    company: str
    kw: str
    share: str
    technologies: tuple[tuple[str, int, str], ...]
    windows: slice = slice(None)  # those of the opportunity that it covers
    hours: tuple[int, int] | None = None  # fewer than the opportunity's


@dataclass(frozen=True)
class Opportunity:
    """One trade opportunity. `hours` counts half-hours of the day: (33, 39) is 16:30 to 19:30."""

    product: str
    required_kw: int | Decimal
    ceiling: Prices
    asked: tuple[Asked, ...] = ()
    windows: tuple[str, ...] = WINTER
    weekdays: tuple[int, ...] = WEEK
    hours: tuple[int, int] = EVENING


def ceiling(availability: str, utilisation: str) -> Prices:
    """The ceiling of Secure and Dynamic."""
    return Prices(Decimal(availability), Decimal(utilisation))
