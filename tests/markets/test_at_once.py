"""The same sent twice at once, and different things at once: one of them is done, the others hear it; nothing breaks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from markets.models import (
    Asset,
    Bid,
    BidChange,
    Competition,
    Contract,
    Market,
    MpanClash,
    Qualification,
    QualificationChange,
    Receipt,
    Seller,
)
from markets.operations import assets, bids, competitions, feeds, results
from markets.problems import Contradiction, Refused
from markets.rules.notices import AssetEntry, BidResult
from tests.conftest import close, mpan, notice, offer

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 6
BATTERY = AssetEntry(
    ref="A",
    name="A",
    technology="Battery",
    postcode="NG1 1AA",
    import_meter_id=mpan(5),
    max_export_capacity_kw=Decimal(5),
)


def at_once(call: Callable[[int], Any], callers: int = CALLERS) -> list[Any]:
    """What each caller gets; a refusal is an answer like others, anything else breaks the test."""
    start = Barrier(callers)

    def run(number: int) -> Any:
        try:
            start.wait(10)
            return call(number)
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(run, range(callers)))


def test_one_result_sent_many_times_is_one_contract(bid: Bid, market: Market, competition: Competition):
    close(market, competition)
    result = BidResult(bid.reference, True, bid.capacity_kw, Decimal(100), Decimal(250))
    kept = at_once(lambda _: results.record_results(market=market, results=[result], by="tests"))
    assert sorted((k.accepted, k.repeated) for k in kept) == [(0, 1)] * (CALLERS - 1) + [(1, 0)]
    assert Contract.objects.count() == 1


def test_of_contradicting_results_one_stands(bid: Bid, market: Market, competition: Competition):
    close(market, competition)
    accepted = BidResult(bid.reference, True, bid.capacity_kw, Decimal(100), Decimal(250))
    asked = [accepted, replace(accepted, accepted=False)]
    kept = at_once(lambda n: results.record_results(market=market, results=[asked[n % 2]], by="tests"))
    contradictions = [isinstance(k, Contradiction) for k in kept]
    assert contradictions.count(True) == CALLERS // 2
    assert Contract.objects.count() == (Bid.objects.get().status == "accepted")


def test_one_bid_sent_many_times_under_its_reference_is_one(
    seller: Seller, market: Market, competition: Competition, asset: Any
):
    wanted = [offer(competition.reference, seller_ref="spring-17")]
    placed = at_once(lambda _: bids.place_bids(seller=seller, market=market, offers=wanted, by="tests"))
    assert {bid.pk for [bid] in placed} == {Bid.objects.get().pk}


def test_one_season_published_many_times_is_one(market: Market, products: Any):
    season = [notice()]
    told = at_once(lambda _: competitions.publish_competitions(market=market, notices=season, by="tests"))
    assert sorted((p.created, p.unchanged) for p in told) == [([], ["T9A-DYN-0001"])] * (CALLERS - 1) + [
        (["T9A-DYN-0001"], [])
    ]


def test_one_asset_registered_and_offered_many_times_is_one(seller: Seller, market: Market, zone: Any):
    told = at_once(lambda _: assets.register_assets(seller=seller, entries=[BATTERY], by="tests"))
    [asset] = seller.assets.all()
    assert told == [[asset]] * CALLERS
    at_once(lambda _: assets.offer_assets(market=market, assets=[asset], by="tests"))
    assert Qualification.objects.count() == QualificationChange.objects.count() == 1


def test_of_two_sellers_who_register_one_meter_in_the_same_moment_the_later_finds_the_earlier(
    seller: Seller, other_seller: Seller
):
    sellers = (seller, other_seller)
    at_once(lambda n: assets.register_assets(seller=sellers[n], entries=[BATTERY], by="tests"), callers=2)
    clash = MpanClash.objects.get()
    assert {clash.asset.seller, clash.other.seller} == {seller, other_seller}


def test_revisions_and_a_withdrawal_follow_each_other(bid: Bid):
    def change(number: int) -> Bid:
        if number == 0:
            return bids.withdraw_bid(bid=bid, by="tests")
        return bids.revise_bid(bid=bid, capacity_kw=Decimal(number), utilisation_gbp_per_mwh=Decimal(9), by="tests")

    done = [answer for answer in at_once(change) if isinstance(answer, Bid)]
    history = list(BidChange.objects.order_by("revision").values_list("kind", "revision"))
    assert history == [("placed", 1), *(("revised", n) for n in range(2, len(done) + 1)), ("withdrawn", len(done) + 1)]


@pytest.mark.parametrize("first", ["bid", "retirement"])
def test_of_a_bid_and_the_retirement_of_its_asset_the_later_waits_and_hears_of_the_earlier(
    first: str, seller: Seller, market: Market, competition: Competition, asset: Asset
):
    wanted = [offer(competition.reference)]
    calls: list[Callable[[], Any]] = [
        lambda: bids.place_bids(seller=seller, market=market, offers=wanted, by="tests"),
        lambda: assets.retire_asset(asset=asset, by="tests"),
    ]
    earlier, later = calls if first == "bid" else reversed(calls)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            earlier()
            waiting = pool.submit(_then_closed, later)
            with pytest.raises(TimeoutError):
                waiting.result(0.5)
        with pytest.raises(Refused):
            waiting.result(10)
    asset.refresh_from_db()
    assert Bid.objects.exists() != bool(asset.retired_at)


def _then_closed(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connection.close()


def test_many_readers_are_told_the_same_and_acknowledge_once(bid: Bid, market: Market, competition: Competition):
    close(market, competition)
    pages = at_once(lambda _: [c.position for c in feeds.read_bid_changes(market=market, after=0, limit=9)])
    assert pages == [[1, 2]] * CALLERS
    at_once(lambda _: feeds.receive_receipts(market=market, receipts=[(bid.reference, 1)], by="tests"))
    assert Receipt.objects.count() == 1


def test_bids_changes_of_the_competition_and_its_end_do_not_block_each_other(
    bid: Bid, market: Market, competition: Competition
):
    """Everything that may happen around the gate, all at once, three times: whoever deadlocks breaks the test."""
    season = notice(opens_at=competition.opens_at, closes_at=competition.closes_at)
    result = BidResult(bid.reference, True, bid.capacity_kw, Decimal(100), Decimal(250))
    calls: list[Callable[[int], Any]] = [
        lambda n: competitions.publish_competitions(
            market=market, notices=[replace(season, required_kw=Decimal(700 + n))], by="tests"
        ),
        lambda n: bids.place_bids(
            seller=bid.seller, market=market, offers=[offer(competition.reference, seller_ref=f"s{n % 8}")], by="tests"
        ),
        lambda n: bids.revise_bid(bid=bid, capacity_kw=Decimal(n), utilisation_gbp_per_mwh=Decimal(9), by="tests"),
        lambda n: results.record_results(market=market, results=[result], by="tests"),
        lambda n: feeds.read_bid_changes(market=market, after=0, limit=9),
    ]
    at_once(lambda n: calls[n % 5](n + 1), callers=15)
    close(market, competition)
    at_once(lambda n: calls[n % 5](n + 1), callers=15)
    last = feeds.read_bid_changes(market=market, after=0, limit=99)[-1]
    assert (last.kind, last.content["count"]) == ("closed", Bid.objects.standing().count())
