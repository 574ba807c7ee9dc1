"""What gate closure makes final: the operator has seen the bids, so nothing may open it again or close it early."""

import hashlib
import threading
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from markets.models import BidChange, MarketTime
from markets.operations import bids, clock, competitions, feeds, results
from markets.problems import Refused
from markets.rules.notices import BidResult, NoResponse
from tests.conftest import close, notice, offer


def test_no_response_is_refused_while_bidding_is_open(market, competition, seller, asset):
    silent = [NoResponse(competition.reference, "Evening", line=2)]
    with pytest.raises(Refused) as refusal:
        results.record_results(market=market, results=[], no_responses=silent, by="tests")
    [problem] = refusal.value.rows
    assert (problem.line, problem.column) == (2, "window")
    assert "still open" in problem.reason
    assert bids.place_bids(seller=seller, market=market, offers=[offer(competition.reference)], by="tests")


def test_no_response_is_refused_where_somebody_bid(market, competition, bid):
    market = close(market, competition)
    silent = [NoResponse(competition.reference, "Evening")]
    with pytest.raises(Refused) as refusal:
        results.record_results(market=market, results=[], no_responses=silent, by="tests")
    assert bid.reference in refusal.value.rows[0].reason
    assert competition.windows.get().no_response_at is None


def test_a_withdrawn_bid_is_no_response(market, competition, bid):
    bids.withdraw_bid(bid=bid, by="tests")
    market = close(market, competition)
    silent = [NoResponse(competition.reference, "Evening")]
    assert results.record_results(market=market, results=[], no_responses=silent, by="tests").no_response == 1


def test_a_closed_gate_is_not_opened_again(market, bid):
    published = notice(bid.competition.reference)
    market = close(market, bid.competition)
    feeds.read_bid_changes(market=market, after=0, limit=10)
    longer = replace(
        published,
        opens_at=bid.competition.opens_at,
        closes_at=bid.competition.closes_at + timedelta(days=7),
        line=3,
    )
    with pytest.raises(Refused) as refusal:
        competitions.publish_competitions(market=market, notices=[longer], by="tests")
    [problem] = refusal.value.rows
    assert (problem.line, problem.column) == (3, "closes_at")


def test_the_proof_follows_even_where_results_came_first(market, competition, bid):
    """An operator with a live feed may decide without reading it once more."""
    market = close(market, competition)
    results.record_results(market=market, results=[BidResult(bid.reference, False)], by="tests")
    feeds.read_bid_changes(market=market, after=0, limit=10)
    assert BidChange.objects.get(kind="closed").content["count"] == 1


def closed_entries(market):
    return {
        change.content["competition"]: change.content
        for change in feeds.read_bid_changes(market=market, after=0, limit=99)
        if change.kind == "closed"
    }


def test_a_competition_without_bids_is_closed_with_the_checksum_of_nothing(market, competition):
    [proof] = closed_entries(close(market, competition)).values()
    assert (proof["count"], proof["total_kw"]) == (0, "0.0000")
    assert proof["sha256"] == hashlib.sha256(b"").hexdigest()


def test_a_withdrawn_competition_is_closed_at_its_gate_with_the_bids_that_stand(market, competition, bid):
    competitions.withdraw_competition(competition=competition, by="tests", reason="No need any more.")
    assert feeds.close_competitions(market=market, by="tests") == 0
    proof = closed_entries(close(market, competition))[competition.reference]
    line = f"{bid.reference} 1 50.5000 100.0000 250.0000 0.0000\n"
    assert (proof["count"], proof["sha256"]) == (1, hashlib.sha256(line.encode()).hexdigest())


@pytest.mark.parametrize("moved", [timedelta(hours=-2), timedelta(hours=2)])
def test_the_proof_follows_the_gate_as_it_was_revised(market, competition, bid, moved):
    gate = competition.closes_at
    revised = notice(competition.reference, opens_at=competition.opens_at, closes_at=gate + moved)
    competitions.publish_competitions(market=market, notices=[revised], by="tests")
    earlier, later = sorted((gate, gate + moved))
    for instant, closed in ((earlier, moved < timedelta(0)), (later, True)):
        market = clock.move_clock(market=market, to=instant + timedelta(seconds=5), by="tests")
        assert bool(closed_entries(market)) == closed
    assert BidChange.objects.filter(kind="closed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_gate_that_a_revision_under_way_moves_is_not_closed(market, competition, bid):
    """The revision was checked in time and commits after the old gate: the closure waits for it, and sees the new one."""
    revised = notice(
        competition.reference, opens_at=competition.opens_at, closes_at=competition.closes_at + timedelta(hours=2)
    )
    checked, may_commit = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                competitions.publish_competitions(market=market, notices=[revised], by="tests")
                checked.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert checked.wait(10)
    timer = threading.Timer(0.5, may_commit.set)
    timer.start()
    past = market.now() + timedelta(days=1, minutes=1)
    with patch.object(MarketTime, "as_sql", lambda *_, **__: ("%s::timestamptz", [past])):
        assert feeds.close_competitions(market=market, by="tests") == 0
    thread.join(10)
    assert not BidChange.objects.filter(kind="closed").exists()
