"""A test party to play: started on the built-in season or on a small part of it, and the moves of a seller in it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from markets.models import Admission, Asset, Bid, Competition, Market, Seller, TestParty, User, Zone
from markets.operations.assets import register_assets
from markets.operations.bids import place_bids
from markets.operations.parties import join_party, qualify_assets
from markets.rules.notices import AssetEntry, Offer
from piclo_nged.dso.nged.hindsight import Compared
from piclo_nged.dso.nged.party import season_of, start_party
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.dso.nged.standing import comparison_of
from tests.conftest import mpan

type Start = Callable[..., TestParty]
FEW = tuple(f"CMZ_T9A_{area}_900{number}," for number in range(1, 9) for area in ("EM", "WM", "SWA", "SWE"))


def whole_season() -> bytes:
    """The built-in one: 62 competitions of 7 companies."""
    return sample_season().encode()


def few() -> bytes:
    """Ten competitions of it, among them the first that are met and unmet."""
    header, *rows = sample_season().splitlines(keepends=True)
    return "".join([header, *(row for row in rows if row.startswith(FEW))]).encode()


@pytest.fixture(name="start")
def party_starter(market: Market, customer_success: User) -> Start:
    """Starts a party, on the few competitions unless `content` says otherwise."""

    def start(content: bytes | None = None, name: str = "Spring rehearsal", **more: Any) -> TestParty:
        values = {"sellers": [], "source_name": "the made-up season"} | more
        file = few() if content is None else content
        return start_party(operator=market.operator, name=name, content=file, by=customer_success, **values)

    return start


def accepted(party: TestParty, seller: Seller) -> None:
    """The seller says yes."""
    join_party(admission=Admission.objects.get(market=party.market, seller=seller), by=seller.members.get())


def first_secure(party: TestParty) -> Competition:
    """Where the cheaper of two offers, Copperbeck's 25 kW at 75 % of the ceiling, met the requirement."""
    return Competition.objects.filter(market=party.market, product__name="Secure", required_kw=25).get()


def asset_in(seller: Seller, zone: Zone, ref: str = "P-1") -> Asset:
    """An asset of the seller's that stands in the zone."""
    entry = AssetEntry(
        ref=ref,
        name="Depot",
        technology="EV charge point",
        device_count=9,
        import_meter_id=mpan(Asset.objects.count() + 500),
        max_import_capacity_kw=Decimal(100),
        max_export_capacity_kw=Decimal(100),
        zones=(zone.code,),
    )
    [asset] = register_assets(seller=seller, entries=[entry], by="tests")
    return asset


def bid_in(party: TestParty, seller: Seller, kw: int, share: str) -> Bid:
    """The seller bids so many kW in the first Secure competition, at a share of its ceilings."""
    competition = first_secure(party)
    asset_in(seller, competition.zone)
    qualify_assets(party=party, by="tests")
    offer = Offer(
        competition=competition.reference,
        windows=tuple(competition.windows.values_list("name", flat=True)),
        capacity_kw=Decimal(kw),
        availability_gbp_per_mw_h=round(competition.availability_ceiling_gbp_per_mw_h * Decimal(share), 2),
        utilisation_gbp_per_mwh=round(competition.utilisation_ceiling_gbp_per_mwh * Decimal(share), 2),
        assets=("P-1",),
    )
    [bid] = place_bids(seller=seller, market=competition.market, offers=[offer], by="tests")
    return bid


def compared_in(party: TestParty, competition: Competition) -> Compared:
    """The comparison's row of one competition."""
    rows = comparison_of(party, season_of(party))
    return next(row for row in rows if row.competition.reference == competition.reference)
