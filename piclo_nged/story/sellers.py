"""The sellers' side of the story: joining, assets, bids. The same operations that the pages use."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from markets.models import Market, Seller
from markets.operations import admissions, assets, bids, people
from markets.problems import Refused, RowProblem
from markets.rules.mpan import check_digit
from markets.rules.notices import AssetEntry, Offer
from piclo_nged.dso.nged import wire
from piclo_nged.dso.nged.publication import window_names

DISTRIBUTORS = {"EM": "11", "WM": "14", "SWA": "21", "SWE": "22"}
AT_ONCE = 5000


def mailbox(company: str) -> str:
    """The invented address of a company's people."""
    return re.sub(r"[^a-z0-9]+", "-", company.lower()).strip("-")


def join(season: wire.Season, market: Market) -> dict[str, Seller]:
    """Every company of the season becomes a verified seller with a signed agreement and a dispatch mailbox."""
    joined = {}
    for company in sorted({offer.company for offer in season.offers}):
        name = mailbox(company)
        seller = people.invite_seller(name=company, email=f"trader@{name}.example", by="demo")
        people.sign_agreement(seller=seller, version="2026-1", signatory=f"Director of {company}", by="demo")
        seller = people.verify_seller(seller=seller, by="demo")
        people.name_identity(seller=seller, operator=market.operator, name=company, by="demo")
        address = f"dispatch@{name}.example"
        contact = people.add_dispatch_contact(seller=seller, market=market, email=address, by="demo")
        people.verify_dispatch_contact(contact=contact, by="demo")
        joined[company] = seller
    for admission in admissions.admit(market=market, sellers=joined.values(), by="demo"):
        admissions.accept_admission(admission=admission, by="demo")
    return joined


def asset_ref(zone: str, technology: str) -> str:
    """A seller's own reference of its assets of one technology in one zone, e.g. `T7B_SWA_0012/ev-charge-point`."""
    return f"{zone.removeprefix('CMZ_')}/{mailbox(technology)}"[:60]


def _mpan(company: str, ref: str, zone: str) -> str:
    area = next((code for key, code in DISTRIBUTORS.items() if f"_{key}_" in zone), "11")
    number = int(hashlib.sha256(f"{company}/{ref}".encode()).hexdigest(), 16) % 10**10
    twelve = f"{area}{number:010d}"
    return f"{twelve}{check_digit(twelve)}"


def register_assets(season: wire.Season, sellers: dict[str, Seller], market: Market) -> int:
    """One group of assets per seller, zone and technology, as large as its largest offer says; offered to the market."""
    largest: dict[str, dict[tuple[str, str], wire.Technology]] = defaultdict(dict)
    for competition in season.competitions:
        for offer in competition.offers:
            for technology in offer.technologies:
                groups, key = largest[offer.company], (competition.zone, technology.name)
                if key not in groups or groups[key].assets < technology.assets:
                    groups[key] = technology
    count = 0
    for company, groups in largest.items():
        entries = [_entry(company, zone, technology) for (zone, _), technology in groups.items()]
        registered = assets.register_assets(seller=sellers[company], entries=entries, by="demo")
        assets.offer_assets(market=market, assets=registered, by="demo")
        count += len(registered)
    return count


def _entry(company: str, zone: str, technology: wire.Technology) -> AssetEntry:
    ref = asset_ref(zone, technology.name)
    exports = any(word in technology.name.lower() for word in ("battery", "engine", "generat"))
    capacity = max(technology.installed_kw, Decimal("0.0001"))
    return AssetEntry(
        ref=ref,
        name=f"{technology.name} in {zone}",
        technology=technology.name,
        device_count=max(technology.assets, 1),
        voltage_level="lv" if "_LV_" in zone else "hv",
        import_meter_id=_mpan(company, ref, zone),
        max_import_capacity_kw=capacity,
        max_export_capacity_kw=capacity if exports else Decimal(0),
        zones=(zone,),
    )


def bid(
    competitions: Iterable[wire.Competition],
    sellers: dict[str, Seller],
    market: Market,
    progress: Callable[[int], None],
) -> tuple[int, list[RowProblem]]:
    """Places every offer of the competitions as a bid. Returns how many stand, and the problems of those that do not."""
    offers: dict[str, list[Offer]] = defaultdict(list)
    for competition in competitions:
        names = window_names(competition)
        for offer in competition.offers:
            if offer.capacity_kw:
                offers[offer.company].append(_offer(competition, offer, names))
    placed, problems = 0, list[RowProblem]()
    for company, wanted in offers.items():
        for start in range(0, len(wanted), AT_ONCE):
            stand, wrong = _place(sellers[company], market, wanted[start : start + AT_ONCE])
            placed, problems = placed + stand, problems + wrong
            progress(stand)
    return placed, problems


def _place(seller: Seller, market: Market, offers: Sequence[Offer]) -> tuple[int, list[RowProblem]]:
    """All of them; where some are refused, the others without these."""
    try:
        return len(bids.place_bids(seller=seller, market=market, offers=offers, by="demo")), []
    except Refused as refusal:
        bad = {problem.line for problem in refusal.rows}
        good = [offer for offer in offers if offer.line not in bad]
        return len(bids.place_bids(seller=seller, market=market, offers=good, by="demo")), refusal.rows


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
