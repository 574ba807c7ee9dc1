"""NGED's products, as facts to load into the database: how each is called for, and what it pays.

Products are data, never an enum: a new one is a new row here (or in the console), no code.
Sources: NGED's results files (old names and their prices), its short-term data dictionary (SU, SU_HV), its
documents on what is called by trigger. Which new name took over from which old one, and what the operational
ones pay, is our reading (A).
"""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """What a competition asks for, seen from the network."""

    TURN_DOWN = "turn_down"  # Demand Turn Down (DTD) / Generation Turn Up (GTU)
    TURN_UP = "turn_up"  # Demand Turn Up (DTU) / Generation Turn Down (GTD)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """One product. Where it is not called by trigger, its windows are the events."""

    key: str
    name: str
    is_triggered: bool
    pays_availability: bool = False  # GBP/MW/h
    pays_utilisation: bool = False  # GBP/MWh
    pays_sustain: bool = False  # GBP/kW for the season
    direction: Direction = Direction.TURN_DOWN  # where a file does not say (A)
    succeeded_by: str = ""  # key of the product that took over
    also_called: tuple[str, ...] = ()  # other spellings in NGED's files


PRODUCTS = (
    ProductFacts(key="sustain", name="Sustain", is_triggered=False, pays_sustain=True, succeeded_by="su"),
    ProductFacts(
        key="secure",
        name="Secure",
        is_triggered=True,
        pays_availability=True,
        pays_utilisation=True,
        succeeded_by="saou",
    ),
    ProductFacts(
        key="dynamic",
        name="Dynamic",
        is_triggered=True,
        pays_availability=True,
        pays_utilisation=True,
        succeeded_by="ou-15",
    ),
    ProductFacts(key="restore", name="Restore", is_triggered=True, pays_utilisation=True, succeeded_by="ou-responder"),
    ProductFacts(
        key="su",
        name="Scheduled Utilisation",
        is_triggered=False,
        pays_utilisation=True,
        also_called=("SU_HV", "SU_LV"),
    ),
    ProductFacts(
        key="saou",
        name="Scheduled Availability + Operational Utilisation day-ahead",
        is_triggered=True,
        pays_availability=True,
        pays_utilisation=True,
        also_called=("SAOU_HV", "SAOU_LV"),
    ),
    ProductFacts(key="ou-15", name="Operational Utilisation 15-minute", is_triggered=True, pays_utilisation=True),
    ProductFacts(
        key="ou-responder", name="Operational Utilisation Responder", is_triggered=True, pays_utilisation=True
    ),
)

_BY_SPELLING = {
    spelling.casefold(): facts for facts in PRODUCTS for spelling in (facts.key, facts.name, *facts.also_called)
}


def product_called(spelling: str) -> ProductFacts | None:
    """The product that NGED means by `spelling`, or None where it is new to us."""
    return _BY_SPELLING.get(spelling.strip().casefold())
