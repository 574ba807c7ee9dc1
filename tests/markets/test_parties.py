"""Test parties played: filled, bid in, cleared round by round, and compared with what really happened."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Sum

from markets.models import Bid, Competition, Contract, Market, Seller, StandIn
from markets.operations.bids import withdraw_bid
from markets.operations.clock import move_clock
from markets.operations.competitions import withdraw_competition
from markets.operations.people import name_identity
from markets.problems import Refused
from piclo_nged.dso.nged.hindsight import totals
from piclo_nged.dso.nged.party import near_closing, open_round, rounds, season_of
from piclo_nged.dso.nged.party_clearing import clear_round
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.dso.nged.standing import comparison_of

from .party_world import Start, accepted, bid_in, compared_in, first_secure, party_starter, whole_season  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def test_the_built_in_season_is_played_and_comes_out_as_it_was(start: Start) -> None:
    party = start(whole_season())
    market = party.market
    assert (market.is_mock, market.stage, str(market)) == (True, "invited", "Spring rehearsal (mock)")
    opened = Competition.objects.filter(market=market).biddable()
    assert opened.count() == Competition.objects.filter(market=market).count() == 62
    cleared = clear_round(party=party, by="tests")
    party.refresh_from_db()
    assert (party.status, cleared.rounds_left) == ("cleared", 0)
    compared = comparison_of(party, season_of(party))
    assert [row for row in compared if row.differs] == []
    assert totals(compared)[-1].share == 1
    assert Contract.objects.filter(market=market).count() == cleared.recorded.accepted == 73
    assert not Competition.objects.filter(market=market).exclude(status="decided").exists()


def test_a_seller_that_bids_changes_what_happened(start: Start, seller: Seller) -> None:
    party = start(sellers=[seller])
    accepted(party, seller)
    competition = first_secure(party)
    bid = bid_in(party, seller, 25, "0.60")
    cleared = clear_round(party=party, by="tests")
    bid.refresh_from_db()
    assert (bid.status, cleared.stood_aside) == ("accepted", 0)
    row = compared_in(party, competition)
    assert (row.newly, row.lost) == ([seller.name], ["Copperbeck Charging Limited"])
    assert row.more_kw == 0
    assert row.dearer_by < 0
    assert (row.repeated.offers, row.repeated.outcome_matches) == (2, 1)


def test_a_company_that_bids_itself_is_not_played(start: Start, make_seller: Callable[..., Seller]) -> None:
    real = make_seller("Copperbeck Charging Limited", "owner@copperbeck.example")
    party = start(sellers=[real])
    accepted(party, real)
    competition = first_secure(party)
    bid_in(party, real, 10, "0.75")
    shadow = StandIn.objects.get(party=party, company=real.name).seller
    before = Bid.objects.standing().filter(seller=shadow).count()
    cleared = clear_round(party=party, by="tests")
    assert cleared.stood_aside == before > 1
    assert not Bid.objects.standing().filter(seller=shadow).exists()
    row = compared_in(party, competition)
    assert row.party.winners == {real.name, "Lanternfield Energy Ltd"}
    assert row.repeated.offers == 1  # Copperbeck's own offer of then is not asked whether it came out the same


def test_a_company_that_is_invited_and_silent_is_played_on(start: Start, make_seller: Callable[..., Seller]) -> None:
    real = make_seller("Copperbeck Charging Limited", "owner@copperbeck.example")
    party = start(sellers=[real])
    accepted(party, real)
    assert clear_round(party=party, by="tests").stood_aside == 0
    assert totals(comparison_of(party, season_of(party)))[-1].share == 1


def test_the_operators_name_of_a_seller_is_that_company(start: Start, seller: Seller, market: Market) -> None:
    name_identity(seller=seller, operator=market.operator, name="COPPERBECK CHARGING LIMITED", by="tests")
    party = start(sellers=[seller])
    accepted(party, seller)
    competition = first_secure(party)
    bid = bid_in(party, seller, 10, "0.75")
    assert clear_round(party=party, by="tests").stood_aside > 0
    bid.refresh_from_db()
    assert "Copperbeck Charging Limited" in compared_in(party, competition).party.winners


def test_without_the_original_offers_only_the_invited_bid(start: Start, seller: Seller) -> None:
    party = start(whole_season(), sellers=[seller], with_original_offers=False)
    assert not StandIn.objects.exists()
    clear_round(party=party, by="tests")
    everything = totals(comparison_of(party, season_of(party)))[-1]
    assert (everything.party.offers, everything.share) == (0, None)
    assert everything.really.offers == 76


ROUNDS = [("2026-10-05", "2026-10-30"), ("2026-11-02", "2026-11-13")]


def in_two_rounds() -> bytes:
    """The season with its Sustain competitions in a later round."""
    lines = sample_season().splitlines(keepends=True)
    later = [line.replace(ROUNDS[0][0], ROUNDS[1][0]).replace(ROUNDS[0][1], ROUNDS[1][1]) for line in lines]
    return "".join(new if ",Sustain," in old else old for old, new in zip(lines, later, strict=True)).encode()


def test_rounds_are_played_one_after_the_other(start: Start) -> None:
    party = start(in_two_rounds())
    season = season_of(party)
    first, second = rounds(party, season)
    assert (len(first.references), len(second.references)) == (34, 28)
    assert party.market.now() - first.opens_at < timedelta(minutes=5)
    assert not Bid.objects.filter(competition__product__name="Sustain").exists()
    assert near_closing(party=party, by="tests") == first.closes_at - timedelta(hours=1)
    with pytest.raises(Refused, match="last hour of this round has begun"):
        near_closing(party=party, by="tests")
    assert clear_round(party=party, by="tests").rounds_left == 1
    party.refresh_from_db()
    assert party.status == "bidding"
    assert rounds(party, season) == [second]
    assert open_round(party=party, by="tests").placed == 18
    assert open_round(party=party, by="tests").placed == 18  # again: the same bids
    assert Bid.objects.filter(competition__product__name="Sustain").count() == 18
    clear_round(party=party, by="tests")
    party.refresh_from_db()
    assert party.status == "cleared"
    assert totals(comparison_of(party, season))[-1].share == 1
    with pytest.raises(Refused, match="no round is left"):
        clear_round(party=party, by="tests")


def test_a_round_whose_gate_has_closed_by_itself_is_cleared_as_it_stands(start: Start) -> None:
    party = start()
    [only] = rounds(party, season_of(party))
    move_clock(market=party.market, to=only.closes_at + timedelta(days=2), by="tests")
    clear_round(party=party, by="tests")
    assert [row for row in comparison_of(party, season_of(party)) if row.differs] == []


def test_a_withdrawn_competition_is_left_out(start: Start) -> None:
    party = start()
    competition = first_secure(party)
    withdraw_competition(competition=competition, by="tests", reason="Rehearsed")
    clear_round(party=party, by="tests")
    party.refresh_from_db()
    assert party.status == "cleared"
    assert not Contract.objects.filter(bid__competition=competition).exists()
    assert compared_in(party, competition).lost == ["Copperbeck Charging Limited"]


def test_a_seller_that_withdraws_again_leaves_things_as_they_were(start: Start, seller: Seller) -> None:
    party = start(sellers=[seller])
    accepted(party, seller)
    competition = first_secure(party)
    withdraw_bid(bid=bid_in(party, seller, 25, "0.60"), by="tests")
    clear_round(party=party, by="tests")
    assert not compared_in(party, competition).differs


@pytest.mark.skipif(
    not os.environ.get("NGED_RESULTS_FILE"), reason="NGED_RESULTS_FILE does not name NGED's Trade Results Summary"
)
def test_nged_s_own_season_is_played_to_the_rules_own_figures(start: Start) -> None:
    party = start(Path(os.environ["NGED_RESULTS_FILE"]).read_bytes())
    while party.status == "bidding":
        clear_round(party=party, by="tests")
        party.refresh_from_db()
    everything = totals(comparison_of(party, season_of(party)))[-1]
    score = everything.repeated
    assert (score.offers, score.outcome_matches, score.price_matches) == (1210, 1205, 1204)
    total = Contract.objects.filter(market=party.market).aggregate(kw=Sum("accepted_kw"))["kw"]
    assert total == everything.party.accepted_kw
