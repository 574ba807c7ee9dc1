"""After the play: a second mock market that is open, so that a visitor can bid, and a test party to take part in or play."""

from datetime import timedelta

from markets.models import Asset, Market, Operator, Seller, TestParty
from markets.operations import assets
from markets.operations.competitions import publish_competitions
from markets.operations.markets import open_market
from markets.operations.zones import place_zones
from markets.rules.notices import QualificationDecision
from piclo_nged.dso.nged.party import start_party
from piclo_nged.dso.nged.publication import notices_of
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.dso.nged.sample.positions import position_of
from piclo_nged.dso.nged.wire import read_summary


def open_for_visitors() -> Market:
    """Publishes the made-up season in a market whose clock stands at the first day of bidding.

    It is open to everyone, so everyone's assets are in it: else each would be a case of customer success.
    """
    season = read_summary(sample_season().encode()).refuse_errors().season
    opened = max(competition.opens_at for competition in season.competitions)
    market = open_market(
        operator=Operator.objects.get(key="nged"),
        key="nged-practice",
        name="NGED practice",
        is_mock=True,
        stage=Market.Stage.OPEN,
        market_time=opened + timedelta(hours=9),
        by="demo",
    )
    publish_competitions(market=market, notices=notices_of(season), by="demo")
    positions = {competition.zone: position_of(competition.zone) for competition in season.competitions}
    place_zones(operator=market.operator, positions=positions, by="demo")
    everyones = list(Asset.objects.filter(seller__status=Seller.Status.VERIFIED, retired_at=None))
    assets.offer_assets(market=market, assets=everyones, by="demo")
    decisions = [QualificationDecision(asset.pk, "qualified") for asset in everyones]
    assets.decide_qualifications(market=market, decisions=decisions, by="demo")
    return market


def invite_to_party(seller: Seller) -> TestParty:
    """A test party on the made-up season: the visitor finds the invitation as the seller, and the party at the console."""
    return start_party(
        operator=Operator.objects.get(key="nged"),
        name="Practice party",
        content=sample_season().encode(),
        source_name="the made-up season",
        sellers=[seller],
        by="demo",
    )
