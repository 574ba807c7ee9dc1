"""A season for the benchmarks of bidding: one mock market, its sellers with an asset each, and competitions that are open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from itertools import islice

from django.utils import timezone

from markets.models import Market, Operator, Seller
from markets.operations import admissions, agreements, assets, invitations, people
from markets.operations.bids import place_bids
from markets.operations.clock import move_clock
from markets.operations.competitions import publish_competitions
from markets.operations.markets import open_market
from markets.rules.agreement import VERSION
from markets.rules.mpan import check_digit
from markets.rules.notices import AssetEntry, CompetitionNotice, Offer, QualificationDecision, WindowNotice

SELLERS, COMPETITIONS, WINDOWS = 30, 60, 3
ASSET = "A-1"
OPEN_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Season:
    """The market with its competitions, and who bids in it."""

    market: Market
    sellers: list[Seller]

    def bid(self, count: int) -> None:
        """Places that many bids, every seller its share with one call."""
        shares = [count // len(self.sellers)] * len(self.sellers)
        shares[0] += count - sum(shares)
        for number, (seller, share) in enumerate(zip(self.sellers, shares, strict=True)):
            wanted = list(islice(offers(number), share))
            place_bids(seller=seller, market=self.market, offers=wanted, by="bench")

    def close(self) -> Market:
        """Moves market time past gate closure."""
        return move_clock(market=self.market, to=self.market.now() + OPEN_FOR + timedelta(minutes=1), by="bench")


def offers(seed: int) -> Iterator[Offer]:
    """Fair offers without end, none like the one before."""
    number = seed
    while True:
        yield Offer(
            competition=f"C-{number % COMPETITIONS}",
            windows=(f"Window {number % WINDOWS}",),
            capacity_kw=Decimal(1000 + number % 7919) / 1000,
            availability_gbp_per_mw_h=Decimal(number % 99),
            utilisation_gbp_per_mwh=Decimal(200 + number % 89),
            assets=(ASSET,),
        )
        number += 1


def open_season(key: str, *, sellers: int = SELLERS, is_live: bool = False) -> Season:
    """Opens a market under the key, with everything that bids need; `is_live`: its feed runs before gate closure."""
    operator = Operator.objects.get(key="nged")
    market = open_market(
        operator=operator, key=key, name=f"Season {key}", is_mock=True, stage="open", feed_is_live=is_live, by="bench"
    )
    publish_competitions(market=market, notices=[_notice(f"C-{n}") for n in range(COMPETITIONS)], by="bench")
    return Season(market, [_seller(market, f"{key} {number}", number) for number in range(sellers)])


def _notice(reference: str) -> CompetitionNotice:
    now = timezone.now()
    first = (now + timedelta(days=40)).date().replace(day=1)
    last = first + timedelta(days=27)
    windows = [
        WindowNotice(f"Window {n}", first, last, (1, 2, 3, 4, 5), time(14 + n), time(16 + n), Decimal(500))
        for n in range(WINDOWS)
    ]
    return CompetitionNotice(
        reference=reference,
        name=f"Evenings at {reference}",
        product="Dynamic",
        zone_code="CMZ_T9A_EM_0001",
        zone_name="Testbridge",
        licence_area="EM",
        opens_at=now - timedelta(hours=1),
        closes_at=now + OPEN_FOR,
        first_day=first,
        last_day=last,
        required_kw=Decimal(500),
        availability_ceiling_gbp_per_mw_h=Decimal(125),
        utilisation_ceiling_gbp_per_mwh=Decimal(300),
        windows=tuple(windows),
    )


def _seller(market: Market, name: str, number: int) -> Seller:
    seller = people.invite_seller(name=name, email=f"{name.replace(' ', '')}@bench.example", by="bench")
    invitations.accept_invitation(invitation=seller.invitations.get(), by="bench")
    agreements.sign_agreement(seller=seller, version=VERSION, signatory="A. Signatory", by="bench")
    seller = people.verify_seller(seller=seller, by="bench")
    [admission] = admissions.admit(market=market, sellers=[seller], by="bench")
    admissions.accept_admission(admission=admission, by="bench")
    twelve = f"11{market.pk % 10_000:04d}{number:06d}"
    entry = AssetEntry(
        ref=ASSET,
        name="Depot",
        technology="Battery",
        postcode="NG1 1AA",
        import_meter_id=f"{twelve}{check_digit(twelve)}",
        max_import_capacity_kw=Decimal(84),
        max_export_capacity_kw=Decimal(84),
        zones=("CMZ_T9A_EM_0001",),
    )
    [asset] = assets.register_assets(seller=seller, entries=[entry], by="bench")
    assets.offer_assets(market=market, assets=[asset], by="bench")
    assets.decide_qualifications(market=market, decisions=[QualificationDecision(asset.pk, "qualified")], by="bench")
    return seller
