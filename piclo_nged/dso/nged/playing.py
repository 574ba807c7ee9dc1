"""Companies of a results file play their part once more: their assets are registered and their offers become bids.

The demo and the test parties share it. Everything goes through the operations that sellers' pages use.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from markets.models import Asset, Market, Seller
from markets.operations import assets, bids
from markets.operations.journal import By
from markets.problems import Refused, RowProblem
from markets.rules.mpan import check_digit
from markets.rules.notices import AssetEntry, Offer

from . import wire
from .publication import window_names

DISTRIBUTORS = {"EM": "11", "WM": "14", "SWA": "21", "SWE": "22"}
NO_DISTRIBUTOR = "99"
"""First digits of MPANs that nobody can have."""
AT_ONCE = 5000


def in_letters(name: str) -> str:
    """A name as addresses and references can carry it: `EV charge point` is `ev-charge-point`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def asset_ref(zone: str, technology: str) -> str:
    """A seller's own reference of its assets of one technology in one zone, e.g. `T7B_SWA_0012/ev-charge-point`."""
    return f"{zone.removeprefix('CMZ_')}/{in_letters(technology)}"[:60]


def mpan(company: str, ref: str, area: str) -> str:
    """An invented number with a right check digit, beginning with the two digits of `area`; always the same one."""
    number = int(hashlib.sha256(f"{company}/{ref}".encode()).hexdigest(), 16) % 10**10
    twelve = f"{area}{number:010d}"
    return f"{twelve}{check_digit(twelve)}"


def register_assets(
    season: wire.Season, sellers: Mapping[str, Seller], market: Market, *, by: By, could_be_real: bool = True
) -> list[Asset]:
    """One group of assets per company, zone and technology, as large as its largest offer says; offered to the market.

    `sellers` are by company; other companies are left out. Unless they `could_be_real`, their MPANs are ones that nobody
    can have, so that no seller's asset is ever taken for a stand-in's.
    """
    largest: dict[str, dict[tuple[str, str], wire.Technology]] = defaultdict(dict)
    for competition in season.competitions:
        for offer in competition.offers:
            for technology in offer.technologies if offer.company in sellers else ():
                groups, key = largest[offer.company], (competition.zone, technology.name)
                if key not in groups or groups[key].assets < technology.assets:
                    groups[key] = technology
    registered = []
    for company, groups in largest.items():
        name = str(sellers[company])
        entries = [_entry(zone, technology, name, could_be_real) for (zone, _), technology in groups.items()]
        own = assets.register_assets(seller=sellers[company], entries=entries, by=by)
        assets.offer_assets(market=market, assets=own, by=by)
        registered += own
    return registered


def _entry(zone: str, technology: wire.Technology, company: str, could_be_real: bool) -> AssetEntry:
    ref = asset_ref(zone, technology.name)
    area = next((code for key, code in DISTRIBUTORS.items() if f"_{key}_" in zone), "11")
    exports = any(word in technology.name.lower() for word in ("battery", "engine", "generat"))
    capacity = max(technology.installed_kw, Decimal("0.0001"))
    return AssetEntry(
        ref=ref,
        name=f"{technology.name} in {zone}",
        technology=technology.name,
        device_count=max(technology.assets, 1),
        voltage_level="lv" if "_LV_" in zone else "hv",
        import_meter_id=mpan(company, ref, area if could_be_real else NO_DISTRIBUTOR),
        max_import_capacity_kw=capacity,
        max_export_capacity_kw=capacity if exports else Decimal(0),
        zones=(zone,),
    )


def place_offers(
    competitions: Iterable[wire.Competition],
    sellers: Mapping[str, Seller],
    market: Market,
    *,
    by: By,
    progress: Callable[[int], None] = lambda placed: None,
) -> tuple[int, list[RowProblem]]:
    """Places the companies' offers as bids. Returns how many stand, and the problems of those that do not.

    `sellers` are by company; the offers of other companies, and those of 0 kW, are no bids.
    """
    offers: dict[str, list[Offer]] = defaultdict(list)
    for competition in competitions:
        names = window_names(competition)
        for offer in competition.offers:
            if offer.capacity_kw and offer.company in sellers:
                offers[offer.company].append(_offer(competition, offer, names))
    placed, problems = 0, list[RowProblem]()
    for company, wanted in offers.items():
        for start in range(0, len(wanted), AT_ONCE):
            stand, wrong = _place(sellers[company], market, wanted[start : start + AT_ONCE], by)
            placed, problems = placed + stand, problems + wrong
            progress(stand)
    return placed, problems


def _place(seller: Seller, market: Market, offers: Sequence[Offer], by: By) -> tuple[int, list[RowProblem]]:
    """All of them; where some are refused, the others without these."""
    try:
        return len(bids.place_bids(seller=seller, market=market, offers=offers, by=by)), []
    except Refused as refusal:
        bad = {problem.line for problem in refusal.rows}
        good = [offer for offer in offers if offer.line not in bad]
        return len(bids.place_bids(seller=seller, market=market, offers=good, by=by)), refusal.rows


def _offer(competition: wire.Competition, offer: wire.Offer, names: dict[wire.Window, str]) -> Offer:
    availability, utilisation, sustain = offer.prices
    return Offer(
        competition=competition.reference,
        windows=tuple(names[window] for window in offer.windows),
        capacity_kw=offer.capacity_kw,
        availability_gbp_per_mw_h=availability,
        utilisation_gbp_per_mwh=utilisation,
        sustain_gbp_per_kw=sustain,
        assets=tuple(dict.fromkeys(asset_ref(competition.zone, t.name) for t in offer.technologies)),
        seller_ref=offer.reference,
        line=offer.lines[0],
    )
