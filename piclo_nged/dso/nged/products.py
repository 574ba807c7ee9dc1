"""NGED's products, as facts to load into the database: how each is called for, and what it pays.

Products are data, never an enum: a new one is a new row here (or in the console), no code.
Sources: NGED's results files (names, prices), its short-term data dictionary (SU_HV, SU), the field's
documents on what is called by trigger. Which new name took over from which old one is our reading (A).
"""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """What a competition asks for, from the network's point of view."""

    TURN_DOWN = "turn_down"  # Demand Turn Down (DTD) / Generation Turn Up (GTU)
    TURN_UP = "turn_up"  # Demand Turn Up (DTU) / Generation Turn Down (GTD)


class PriceKind(StrEnum):
    """A price that a product pays, with its unit."""

    AVAILABILITY = "GBP/MW/h"
    UTILISATION = "GBP/MWh"
    SEASON = "GBP/kW"


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """One product. `is_triggered`: called by a trigger; otherwise its windows are the events."""

    code: str
    name: str
    is_triggered: bool
    prices: tuple[PriceKind, ...]
    succeeded_by: str = ""  # code of the product that took over
    also_called: tuple[str, ...] = ()  # spellings in NGED's files
    direction: Direction = Direction.TURN_DOWN  # where the file does not say (A)


_BOTH = (PriceKind.AVAILABILITY, PriceKind.UTILISATION)

PRODUCTS = (
    ProductFacts("Sustain", "Sustain", False, (PriceKind.SEASON,), succeeded_by="SU"),
    ProductFacts("Secure", "Secure", True, _BOTH, succeeded_by="SAOU"),
    ProductFacts("Dynamic", "Dynamic", True, _BOTH, succeeded_by="OU15"),
    ProductFacts("Restore", "Restore", True, (PriceKind.UTILISATION,), succeeded_by="OUR"),
    ProductFacts(
        "SU", "Scheduled Utilisation", False, (PriceKind.UTILISATION,), also_called=("SU_HV", "SU_LV")
    ),
    ProductFacts(
        "SAOU", "Scheduled Availability + Operational Utilisation day-ahead", True, _BOTH
    ),
    ProductFacts("OU15", "Operational Utilisation 15-minute", True, (PriceKind.UTILISATION,)),
    ProductFacts("OUR", "Operational Utilisation Responder", True, (PriceKind.UTILISATION,)),
)

_BY_SPELLING = {
    spelling.casefold(): facts
    for facts in PRODUCTS
    for spelling in (facts.code, facts.name, *facts.also_called)
}


def product_called(spelling: str) -> ProductFacts | None:
    """The product that NGED's file means by `spelling`, or None where it is new to us."""
    return _BY_SPELLING.get(spelling.strip().casefold())
