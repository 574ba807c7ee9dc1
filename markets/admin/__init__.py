"""Registration, bidding and what all apps share, as customer success sees them in the console."""

from . import (
    assets,
    bid_uploads,
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
    webhooks,
)

__all__ = [
    "assets",
    "bid_uploads",
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
    "webhooks",
]
