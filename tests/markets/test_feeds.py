"""What the operator reads: every change once, in order, sealed until closure, and provably complete."""

import threading
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction

from markets.models import BidChange, JournalEntry
from markets.operations import bids, feeds
from markets.problems import Refused
from markets.rules.checksum import SealedBid, completeness
from tests.conftest import close, offer


def positions(changes):
    return [change.position for change in changes]


def test_bids_are_sealed_until_gate_closure(market, bid, competition):
    assert feeds.read_bid_changes(market=market, after=0, limit=10) == []
    market = close(market, competition)
    changes = feeds.read_bid_changes(market=market, after=0, limit=10)
    assert [(c.position, c.kind) for c in changes] == [(1, "placed"), (2, "closed")]


@pytest.fixture
def live(market):
    """The market, whose operator reads bids as they come."""
    market.feed_is_live = True
    market.save()
    return market


def test_a_live_feed_shows_bids_at_once(live, bid):
    assert positions(feeds.read_bid_changes(market=live, after=0, limit=10)) == [1]


def test_a_feed_does_not_go_live_over_sealed_bids(market, bid, competition):
    """One person's tick would open what sellers were promised is closed."""
    market.feed_is_live = True
    with pytest.raises(ProgrammingError, match="sealed in this market"), transaction.atomic():
        market.save()
    market = close(market, competition)
    market.feed_is_live = True
    market.save()
    assert positions(feeds.read_bid_changes(market=market, after=0, limit=10)) == [1, 2]


def test_pages_follow_each_other_without_gap(market, seller, competition, asset):
    bids.place_bids(seller=seller, market=market, offers=[offer() for _ in range(25)], by="tests")
    market = close(market, competition)
    read, after = [], 0
    while page := feeds.read_bid_changes(market=market, after=after, limit=10):
        read += page
        after = page[-1].position
    assert positions(read) == list(range(1, 27))


def test_the_closed_entry_proves_completeness(market, seller, competition, asset):
    placed = bids.place_bids(seller=seller, market=market, offers=[offer() for _ in range(3)], by="tests")
    bids.withdraw_bid(bid=placed[0], by="tests")
    market = close(market, competition)
    standing, proof = {}, {}
    for change in feeds.read_bid_changes(market=market, after=0, limit=100):
        content = change.content
        if change.kind == "closed":
            proof = content
        elif change.kind == "withdrawn":
            standing.pop(content["bid"])
        else:
            standing[content["bid"]] = content
    names = ("capacity_kw", "availability_gbp_per_mw_h", "utilisation_gbp_per_mwh", "sustain_gbp_per_kw")
    ours = completeness(
        SealedBid(c["bid"], c["revision"], *(Decimal(c[name]) for name in names)) for c in standing.values()
    )
    assert (proof["count"], proof["total_kw"], proof["sha256"]) == (2, "101.0000", ours.sha256)


def test_closing_twice_adds_one_entry(market, bid, competition):
    market = close(market, competition)
    assert feeds.close_competitions(market=market, by="tests") == 1
    assert feeds.close_competitions(market=market, by="tests") == 0
    assert BidChange.objects.filter(kind="closed").count() == 1
    assert JournalEntry.objects.get(verb="close_competitions").details == {"count": 1}


def test_receipts_only_for_what_was_sent(market, bid, competition):
    with pytest.raises(Refused, match="No receipt was kept"):
        feeds.receive_receipts(market=market, receipts=[(bid.reference, 1)], by="tests")
    market = close(market, competition)
    feeds.read_bid_changes(market=market, after=0, limit=10)
    assert feeds.receive_receipts(market=market, receipts=[(bid.reference, 1)], by="tests") == 1
    assert feeds.receive_receipts(market=market, receipts=[(bid.reference, 1)], by="tests") == 0


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_never_skipped(live, market, seller, competition, asset):
    """A bid placed first and committed last still appears, after what was read meanwhile."""
    placed, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                bids.place_bids(seller=seller, market=market, offers=[offer(seller_ref="slow")], by="tests")
                placed.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert placed.wait(10)
    bids.place_bids(seller=seller, market=market, offers=[offer(seller_ref="quick")], by="tests")
    first = feeds.read_bid_changes(market=market, after=0, limit=10)
    may_commit.set()
    thread.join(10)
    rest = feeds.read_bid_changes(market=market, after=first[-1].position, limit=10)
    assert [c.bid.seller_ref for c in first] == ["quick"]
    assert [c.bid.seller_ref for c in rest] == ["slow"]
    assert rest[0].pk < first[0].pk


@pytest.mark.django_db(transaction=True)
def test_closure_waits_for_a_bid_that_was_checked_in_time(market, seller, competition, asset):
    """The proof counts a bid whose transaction was open at gate closure."""
    placed, may_commit, closed = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                bids.place_bids(seller=seller, market=market, offers=[offer()], by="tests")
                placed.set()
                may_commit.wait(10)
        finally:
            connection.close()

    def closer() -> None:
        try:
            feeds.close_competitions(market=close(market, competition), by="tests")
            closed.set()
        finally:
            connection.close()

    threads = [threading.Thread(target=slow), threading.Thread(target=closer)]
    threads[0].start()
    assert placed.wait(10)
    threads[1].start()
    assert not closed.wait(0.5)
    may_commit.set()
    for thread in threads:
        thread.join(10)
    assert BidChange.objects.get(kind="closed").content["count"] == 1
