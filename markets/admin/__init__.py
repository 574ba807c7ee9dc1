"""Registration, bidding and what all apps share, as customer success sees them in the console."""

from . import (
    assets,
    bids,
    calendars,
    competitions,
    discrepancies,
    joining,
    mail,
    operators,
    parties,
    people,
    places,
    seals,
    sellers,
    tokens,
    uploads,
    webhooks,
)

__all__ = [
    "assets",
    "bids",
    "calendars",
    "competitions",
    "discrepancies",
    "joining",
    "mail",
    "operators",
    "parties",
    "people",
    "places",
    "seals",
    "sellers",
    "tokens",
    "uploads",
    "webhooks",
]
