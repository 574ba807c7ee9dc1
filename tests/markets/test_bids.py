"""Bidding: what a seller may place, change and take back, and until when."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from markets.models import BidChange, Confirmation, JournalEntry
from markets.operations import bids, competitions, people
from markets.problems import Refused
from markets.rules.confirmations import VERSION
from tests.conftest import close, notice, offer


def test_a_bid_stands_with_lines_assets_history_and_one_journal_entry(bid, competition, asset):
    assert bid.reference == f"B-{bid.pk}"
    assert [(line.window.name, line.capacity_kw) for line in bid.lines.all()] == [("Evening", Decimal("50.5"))]
    assert list(bid.assets.all()) == [asset]
    assert bid.changes.get().content["capacity_kw"] == "50.5000"
    assert JournalEntry.objects.filter(verb="place_bids").count() == 1


def test_many_offers_are_one_operation_and_one_moment(seller, market, competition, asset):
    placed = bids.place_bids(seller=seller, market=market, offers=[offer() for _ in range(25)], by="tests")
    assert len({b.placed_at for b in placed}) == 1
    assert JournalEntry.objects.filter(verb="place_bids").count() == 1


@pytest.mark.parametrize(
    ("change", "column", "sentence"),
    [
        ({"competition": "NOPE"}, "competition", "no such competition"),
        ({"windows": ("Morning",)}, "windows", "It has: Evening"),
        ({"windows": ()}, "windows", "at least one service window"),
        ({"capacity_kw": Decimal(0)}, "capacity_kw", "more than 0 kW"),
        ({"utilisation_gbp_per_mwh": Decimal("300.01")}, "utilisation_gbp_per_mwh", "ceiling of 300 GBP/MWh"),
        ({"sustain_gbp_per_kw": Decimal(1)}, "sustain_gbp_per_kw", "does not pay such a price"),
        ({"availability_gbp_per_mw_h": Decimal(-1)}, "availability_gbp_per_mw_h", "not negative"),
        ({"assets": ()}, "assets", "Name the assets"),
        ({"assets": ("EV-9",)}, "assets", "qualified for this market"),
    ],
)
def test_each_mistake_is_named_and_nothing_is_placed(seller, market, competition, asset, change, column, sentence):
    offers = [offer(line=2), offer(line=3, **change)]
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=seller, market=market, offers=offers, by="tests")
    [problem] = refusal.value.rows
    assert (problem.line, problem.column) == (3, column)
    assert sentence in problem.reason
    assert not seller.bids.exists()


def test_all_mistakes_are_reported_at_once(seller, market, competition, asset):
    offers = [offer(line=2, capacity_kw=Decimal(0)), offer(line=3, windows=("Morning",), assets=("EV-9",))]
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=seller, market=market, offers=offers, by="tests")
    assert [(p.line, p.column) for p in refusal.value.rows] == [(2, "capacity_kw"), (3, "windows"), (3, "assets")]


def test_no_bid_after_gate_closure(seller, market, competition, asset, bid):
    close(market, competition, after=timedelta(0))
    with pytest.raises(Refused, match="1 thing needs correcting") as refusal:
        bids.place_bids(seller=seller, market=market, offers=[offer(line=2)], by="tests")
    assert "Bidding closed on" in refusal.value.rows[0].reason
    with pytest.raises(Refused, match="Bidding closed on"):
        bids.revise_bid(bid=bid, capacity_kw=Decimal(1), by="tests")
    with pytest.raises(Refused, match="Bidding closed on"):
        bids.withdraw_bid(bid=bid, by="tests")
    assert seller.bids.count() == 1


def test_no_bid_before_opening(seller, market, make_competition, asset, competition):
    later = make_competition("LATER", opens_at=competition.closes_at, closes_at=competition.closes_at + timedelta(1))
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=seller, market=market, offers=[offer(later.reference)], by="tests")
    assert "Bidding opens on" in refusal.value.rows[0].reason


def test_no_bid_in_a_withdrawn_competition(seller, market, competition, asset):
    competitions.withdraw_competition(competition=competition, by="tests", reason="no longer needed")
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=seller, market=market, offers=[offer()], by="tests")
    assert "withdrawn" in refusal.value.rows[0].reason


def test_no_bid_without_verification_and_agreement(market, competition):
    newcomer = people.invite_seller(name="Newcomer Ltd", email="new@newcomer.example", by="tests")
    with pytest.raises(Refused, match="must verify"):
        bids.place_bids(seller=newcomer, market=market, offers=[offer()], by="tests")
    newcomer = people.verify_seller(seller=newcomer, by="tests")
    with pytest.raises(Refused, match="Sign the standard agreement"):
        bids.place_bids(seller=newcomer, market=market, offers=[offer()], by="tests")


def test_anothers_assets_do_not_count(other_seller, market, competition, asset):
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=other_seller, market=market, offers=[offer()], by="tests")
    assert refusal.value.rows[0].column == "assets"


def test_revise_and_withdraw_keep_every_revision(bid):
    bid = bids.revise_bid(bid=bid, capacity_kw=Decimal(40), utilisation_gbp_per_mwh=Decimal(200), by="tests")
    bids.revise_bid(bid=bid, capacity_kw=Decimal(40), utilisation_gbp_per_mwh=Decimal(200), by="tests")  # a repeat
    with pytest.raises(bids.ChangedMeanwhile, match="as revision 2 it stands over 40 kW"):
        bids.revise_bid(bid=bid, capacity_kw=Decimal(30), seen_revision=1, by="tests")
    bid = bids.withdraw_bid(bid=bid, by="tests")
    assert bids.withdraw_bid(bid=bid, by="tests").revision == 3  # a repeat
    kinds = list(bid.changes.order_by("revision").values_list("revision", "kind", "content__capacity_kw"))
    assert kinds == [(1, "placed", "50.5000"), (2, "revised", "40.0000"), (3, "withdrawn", "40.0000")]
    assert BidChange.objects.count() == 3
    with pytest.raises(Refused, match="withdrawn"):
        bids.revise_bid(bid=bid, capacity_kw=Decimal(30), by="tests")


def test_a_sellers_own_reference_makes_placing_repeatable(seller, market, competition, asset):
    first = bids.place_bids(seller=seller, market=market, offers=[offer(seller_ref="A1")], by="tests")
    again = bids.place_bids(
        seller=seller, market=market, offers=[offer(seller_ref="A1"), offer(seller_ref="A2")], by="tests"
    )
    assert again[0] == first[0]
    assert seller.bids.count() == 2
    with pytest.raises(Refused) as refusal:
        bids.place_bids(
            seller=seller, market=market, offers=[offer(seller_ref="A1", capacity_kw=Decimal(7), line=5)], by="tests"
        )
    assert (refusal.value.rows[0].line, refusal.value.rows[0].column) == (5, "seller_ref")


def test_under_a_known_reference_other_windows_or_assets_are_no_repeat(
    seller, market, make_competition, make_asset, asset
):
    [evening] = notice().windows
    make_competition(windows=(evening, replace(evening, name="Late", local_start=time(20), local_end=time(22))))
    make_asset(seller, "EV-2")
    bids.place_bids(seller=seller, market=market, offers=[offer(seller_ref="A1")], by="tests")
    for other in ({"windows": ("Evening", "Late")}, {"assets": ("EV-1", "EV-2")}):
        with pytest.raises(Refused) as refusal:
            bids.place_bids(seller=seller, market=market, offers=[offer(seller_ref="A1", **other)], by="tests")
        assert "other terms, windows or assets" in refusal.value.rows[0].reason


def test_a_withdrawn_bid_does_not_come_back_under_its_reference(seller, market, competition, asset):
    [bid] = bids.place_bids(seller=seller, market=market, offers=[offer(seller_ref="A1")], by="tests")
    bids.withdraw_bid(bid=bid, by="tests")
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=seller, market=market, offers=[offer(seller_ref="A1")], by="tests")
    assert "withdrew" in refusal.value.rows[0].reason


def test_placing_a_thousand_bids_takes_no_more_queries_than_placing_ten(
    seller, market, competition, asset, django_assert_max_num_queries
):
    with django_assert_max_num_queries(22):
        bids.place_bids(seller=seller, market=market, offers=[offer() for _ in range(1000)], by="tests")


def test_a_check_says_what_placing_would_refuse_and_places_nothing(seller, market, competition, asset):
    offers = [offer(line=2), offer(line=3, capacity_kw=Decimal(0)), offer(line=4, assets=("EV-9",))]
    told = bids.look_at(seller=seller, market=market, offers=offers).problems
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=seller, market=market, offers=offers, by="tests")
    assert told == refusal.value.rows
    assert bids.look_at(seller=seller, market=market, offers=offers[:1]).problems == []
    assert not seller.bids.exists()


def test_a_check_says_why_a_seller_cannot_bid_at_all(market, competition):
    newcomer = people.invite_seller(name="Newcomer Ltd", email="new@newcomer.example", by="tests")
    problem, *_ = bids.look_at(seller=newcomer, market=market, offers=[offer()]).problems
    assert "must verify" in problem.reason


def test_what_was_confirmed_is_kept_with_the_number_of_bids(seller, market, competition, asset, member):
    offers = [offer(seller_ref="A"), offer(seller_ref="B")]
    for _ in range(2):  # a repeat places nothing, so it confirms nothing
        bids.place_bids(seller=seller, market=market, offers=offers, by=member, confirmed=VERSION)
    kept = Confirmation.objects.get()
    assert (kept.version, kept.confirmed_by, kept.bid_count) == (VERSION, member.email, 2)
    with pytest.raises(Refused, match="new wording"):
        bids.place_bids(seller=seller, market=market, offers=[offer()], by=member, confirmed="1999-1")


def test_the_operators_smallest_offer_is_named(seller, market, competition, asset):
    competition.windows.update(minimum_kw=Decimal(60))
    [problem] = bids.look_at(seller=seller, market=market, offers=[offer(line=2)]).problems
    assert (problem.column, problem.value) == ("capacity_kw", "50.5")
    assert problem.reason == "The operator takes no less than 60 kW here: Evening."


def test_a_bid_is_never_deleted_by_whatever_way(bid):
    with pytest.raises(DatabaseError, match="Cannot delete rows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM markets_bid")
    with pytest.raises(ProtectedError):
        bid.delete()
