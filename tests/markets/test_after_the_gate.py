"""What gate closure makes final: the operator has seen the bids, so nothing may open it again or close it early."""

from dataclasses import replace
from datetime import timedelta

import pytest

from markets.models import BidChange
from markets.operations import bids, competitions, feeds, results
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
