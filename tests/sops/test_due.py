"""Where being due begins and ends, and what the operations of the steps do for a due subject."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from markets.models import (
    Admission,
    Competition,
    Market,
    MpanClash,
    Operator,
    Qualification,
    Receipt,
    SellerIdentity,
)
from markets.operations.bids import place_bids
from markets.operations.clashes import resolve_clash
from sops.models import Case
from sops.operations import conduct, finish_case, set_mode
from tests.conftest import offer

from .one_due import named, results_mail
from .worlds import due, finish, move


def test_bids_are_not_waited_for_before_an_hour_has_passed_since_gate_closure(world):
    world.bid(world.competition(timedelta(minutes=59)))
    assert due("hand-bids-over") == []
    world.bid(world.competition(timedelta(minutes=61)))
    assert len(due("hand-bids-over")) == 1


def test_a_competition_is_handed_over_when_the_standing_revision_of_each_bid_is_held(world):
    bid = world.bid(world.competition(timedelta(hours=2)))
    withdrawn = world.bid(bid.competition)
    type(withdrawn).objects.filter(pk=withdrawn.pk).update(status="withdrawn")
    Receipt.objects.create(bid=bid, revision=1)
    assert due("hand-bids-over") == []
    type(bid).objects.filter(pk=bid.pk).update(revision=2)
    assert due("hand-bids-over") == [bid.competition]


def test_receipts_are_waited_for_only_with_a_live_feed_and_only_near_gate_closure(world):
    """Half an hour before, as the market's own setting says, and by the clock of the market."""
    market = world.new_market()
    far = world.bid(world.competition(-timedelta(minutes=31), market))
    near = world.bid(world.competition(-timedelta(minutes=29), market))
    assert due("bids-without-receipt") == []
    live = world.new_market()
    Market.objects.filter(pk=live.pk).update(feed_is_live=True)
    Competition.objects.filter(pk__in=[far.competition_id, near.competition_id]).update(market=live)
    assert due("bids-without-receipt") == [near.competition]
    Market.objects.filter(pk=live.pk).update(receipts_before_closure=timedelta(hours=1))
    assert len(due("bids-without-receipt")) == 2
    Receipt.objects.create(bid=near, revision=1)
    type(far).objects.filter(pk=far.pk).update(status="withdrawn")
    assert due("bids-without-receipt") == []
    type(near).objects.filter(pk=near.pk).update(revision=2)
    assert due("bids-without-receipt") == [near.competition]


def test_bids_without_receipt_are_confirmed_by_hand_as_revisions_that_ngeds_people_named(
    market, seller, asset, make_competition, steps, customer_success
):
    Market.objects.filter(pk=market.pk).update(feed_is_live=True)
    competition = make_competition(closes_at=timezone.now() + timedelta(minutes=20))
    market.refresh_from_db()
    place_bids(seller=seller, market=market, offers=[offer(competition.reference)] * 2, by="tests")
    conduct()
    case = Case.objects.get(step__key="bids-without-receipt")
    assert "has not said that it holds every bid" in case.problem
    finish_case(case=case, by=customer_success)
    assert Receipt.objects.count() == 2


@pytest.mark.parametrize(
    ("queued", "now", "late"),
    [
        ("2024-11-03T10:00", "2024-11-03T18:59", False),
        ("2024-11-03T10:00", "2024-11-03T19:01", True),
        ("2024-11-03T18:58", "2024-11-03T19:10", False),
        ("2024-11-03T18:58", "2024-11-03T19:14", True),
        ("2024-11-03T23:30", "2024-11-03T23:40", False),
        ("2024-11-03T23:30", "2024-11-03T23:46", True),
        ("2024-06-03T18:30", "2024-06-03T18:50", False),
    ],
)
def test_sellers_know_by_19_utc_or_a_quarter_of_an_hour_after_what_came_later(world, queued, now, late):
    mail = results_mail(world, timedelta())
    type(mail).objects.filter(pk=mail.pk).update(created_at=datetime.fromisoformat(f"{queued}+00:00"))
    [waiting] = due("tell-results")
    assert (waiting.fell_due_at <= datetime.fromisoformat(f"{now}+00:00")) == late
    type(mail).objects.filter(pk=mail.pk).update(status="sent", sent_at=world.now)
    assert due("tell-results") == []


def test_a_decided_or_withdrawn_competition_waits_for_no_result(world):
    for status in ("decided", "withdrawn"):
        competition = world.competition(timedelta(days=30))
        Competition.objects.filter(pk=competition.pk).update(status=status)
    assert due("record-results") == []


def test_the_operator_has_five_real_days_for_an_asset_however_far_its_market_s_clock_has_moved(world):
    seller = named(world)
    world.qualification(seller, world.now - timedelta(days=4))
    assert due("record-qualification") == []
    world.qualification(seller, world.now - timedelta(days=6))
    assert len(due("record-qualification")) == 1


def test_what_fell_due_in_market_time_is_told_in_real_time(world):
    world.competition(timedelta(days=22))
    [competition] = due("record-results")
    assert abs(competition.fell_due_at - (world.now - timedelta(days=1))) < timedelta(seconds=1)


def test_linking_an_account_takes_the_sellers_name_as_the_operators(world, customer_success):
    seller = world.qualification().asset.seller
    finish("name-seller", customer_success)
    assert SellerIdentity.objects.get(seller=seller).name == seller.name


def test_a_name_that_means_another_seller_is_a_case_in_words(world, steps):
    seller = world.qualification().asset.seller
    SellerIdentity.objects.create(operator=world.operator, seller=world.seller(), kind="company", name=seller.name)
    set_mode(step=steps["name-seller"], mode="automated", reason="tests", by="tests")
    conduct()
    assert "already calls another seller" in Case.objects.open().get(step__key="name-seller").problem


def test_a_checked_asset_is_offered_where_it_stands_and_nowhere_else(world, customer_success):
    elsewhere = Operator.objects.create(key="other", name="Other", short_name="Other")
    Market.objects.create(operator=elsewhere, key="other", name="Other")
    asset = world.asset()
    finish("check-asset", customer_success)
    assert [offer.market for offer in Qualification.objects.filter(asset=asset)] == [world.market]


def test_handing_over_by_hand_keeps_the_receipts(market, bid, competition, steps, customer_success):
    move(market, competition.closes_at + timedelta(hours=2))
    conduct()
    case = Case.objects.get(step__key="hand-bids-over")
    assert "has not said that it holds every bid" in case.problem
    finish_case(case=case, by=customer_success)
    assert list(Receipt.objects.values_list("bid", "revision")) == [(bid.pk, bid.revision)]


def test_an_asset_is_put_to_a_market_that_opens_to_its_seller_later_too(world, customer_success):
    asset = world.asset()
    finish("check-asset", customer_success)
    later = world.new_market()
    Market.objects.filter(pk=later.pk).update(stage="pilot")
    assert due("check-asset") == []
    Admission.objects.create(market=later, seller=asset.seller, wave="pilot")
    assert due("check-asset") == [asset]
    finish("check-asset", customer_success)
    assert due("check-asset") == []


def test_an_asset_whose_meter_another_seller_has_waits_for_that(world):
    first, second = world.asset(), world.asset()
    clash = MpanClash.objects.create(mpan="1100000000016", asset=second, other=first)
    assert (due("check-asset"), due("resolve-mpan-clash")) == ([], [clash])
    resolve_clash(clash=clash, reason="A digit was mistyped.", by="tests")
    assert (due("check-asset"), due("resolve-mpan-clash")) == ([first, second], [])
