"""The part of a results row that both results files share, from our nouns."""

from datetime import date, datetime, timedelta
from typing import Any

from piclo_nged.dso.nged.wire.season import NO_PRICES, ZERO, Competition, Offer, Outcome, Prices, Technology
from piclo_nged.dso.nged.wire.values import LONDON


def auction_cells(competition: Competition, offer: Offer, technology: Technology) -> dict[str, Any]:
    """Fields of one offer and one of its technologies."""
    return _competition_cells(competition) | {
        "company": offer.company,
        "offered_kw": offer.capacity_kw,
        "outcome": offer.outcome,
        "accepted_kw": offer.accepted_kw,
        "technology": technology.name,
        "assets": technology.assets,
        "installed_kw": technology.installed_kw,
        "for_restore": offer.for_restore,
        "restore_price": offer.restore_price_gbp_per_mwh,
        **_prices("offered", offer.prices),
        **_prices("awarded", offer.awarded),
    }


def unanswered_cells(competition: Competition) -> dict[str, Any]:
    """Fields of a window in which nobody bid."""
    return _competition_cells(competition) | NOBODYS_CELLS


def _competition_cells(competition: Competition) -> dict[str, Any]:
    return {
        "zone": competition.zone,
        "product": competition.product,
        "name": competition.name,
        "opens_on": _london_day(competition.opens_at),
        "closes_on": _london_day(competition.closes_at - timedelta(microseconds=1)),
        **_prices("ceiling", competition.ceiling),
    }


def _london_day(instant: datetime) -> date:
    return instant.astimezone(LONDON).date()


def _prices(whose: str, prices: Prices) -> dict[str, Any]:
    return {
        f"{whose}_availability": prices.availability_gbp_per_mw_h,
        f"{whose}_utilisation": prices.utilisation_gbp_per_mwh,
        f"{whose}_sustain": prices.sustain_gbp_per_kw,
    }


NOBODYS_CELLS: dict[str, Any] = {
    "company": "0",  # so NGED names nobody
    "offered_kw": ZERO,
    "outcome": Outcome.NO_RESPONSE,
    "accepted_kw": ZERO,
    "technology": "",
    "assets": 0,
    "installed_kw": ZERO,
    "for_restore": False,
    "restore_price": ZERO,
    **_prices("offered", NO_PRICES),
    **_prices("awarded", NO_PRICES),
}
