"""Results: repeats succeed, contradictions are refused, nothing is half-kept."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from markets.models import Bid, Competition, Contract, Discrepancy, Mail
from markets.operations import bids, results
from markets.operations.competitions import withdraw_competition
from markets.operations.discrepancies import reconcile
from markets.problems import Contradiction, Refused
from markets.rules.notices import BidResult, ListedContract, NoResponse
from tests.conftest import close, offer


def accepted(bid, **more):
    values = {
        "accepted_kw": bid.capacity_kw,
        "availability_gbp_per_mw_h": Decimal(100),
        "utilisation_gbp_per_mwh": Decimal(250),
    }
    return BidResult(bid.reference, True, **values | more)


def test_an_accepted_bid_is_a_contract_and_its_seller_is_told(contract, bid, competition):
    bid.refresh_from_db()
    competition.refresh_from_db()
    assert (bid.status, competition.status) == ("accepted", "decided")
    assert contract.accepted_kw == Decimal("50.5")
    told = Mail.objects.get(subject__startswith="Results of")
    assert told.recipient == "owner@voltwise.example"
    assert "Accepted: 1" in told.text


def test_the_mail_names_competitions_bids_and_reasons(bid, seller, market, competition, make_competition, asset):
    second_place = make_competition("T9A-DYN-0002")
    Competition.objects.filter(pk=second_place.pk).update(name="Weekends at <Testbridge>")
    offers = [offer(competition.reference), *(offer("T9A-DYN-0002") for _ in range(23))]
    second, *others = bids.place_bids(seller=seller, market=market, offers=offers, by="tests")
    close(market, competition)
    reason = "Above the requirement & the ceiling."
    decided = [accepted(bid), BidResult(second.reference, False, reason=reason)]
    decided += [BidResult(other.reference, False) for other in others]
    results.record_results(market=market, results=decided, by="tests")
    mail = Mail.objects.get(subject__startswith="Results of")
    assert mail.subject == "Results of NGED long-term (mock): 1 accepted, 24 not"
    assert f"Dynamic at Testbridge ({competition.reference})" in mail.text
    assert f"Accepted: 1 ({bid.reference})" in mail.text
    assert f"Not accepted: 1 ({second.reference})\n    Reason: {reason}" in mail.text
    assert "Weekends at <Testbridge> (T9A-DYN-0002)" in mail.text
    assert "Not accepted: 23 (" in mail.text
    assert f"{others[19].reference} and 3 more)\n    NGED gave no reason." in mail.text
    assert others[20].reference not in mail.text
    assert "This is a rehearsal" in mail.text
    assert "/bids/" in mail.text


def test_results_in_parts_and_in_any_order_decide_the_competition_with_the_last(bid, seller, market, competition):
    [other] = bids.place_bids(seller=seller, market=market, offers=[offer(competition.reference)], by="tests")
    close(market, competition)
    for last, decided in ((False, other), (True, bid)):
        results.record_results(market=market, results=[accepted(decided)], by="tests")
        competition.refresh_from_db()
        assert (competition.status == "decided") == last
    assert Contract.objects.count() == 2
    assert Bid.objects.get(pk=bid.pk).decided_at is not None


def test_one_result_or_a_thousand_cost_the_same_queries(bid, seller, market, competition):
    more = bids.place_bids(seller=seller, market=market, offers=[offer(competition.reference)] * 40, by="tests")
    close(market, competition)

    def queries(*decided):
        with CaptureQueriesContext(connection) as captured:
            results.record_results(market=market, results=[accepted(one) for one in decided], by="tests")
        return len(captured)

    few = queries(bid)
    assert queries(*more) == few


def test_a_repeat_changes_nothing_and_a_contradiction_is_refused(contract, bid, market):
    recorded = results.record_results(market=market, results=[accepted(bid)], by="tests")
    assert (recorded.accepted, recorded.repeated) == (0, 1)
    with pytest.raises(Contradiction) as refusal:
        results.record_results(
            market=market, results=[accepted(bid, utilisation_gbp_per_mwh=Decimal(9), line=2)], by="tests"
        )
    assert refusal.value.rows[0].line == 2
    with pytest.raises(Contradiction):
        results.record_results(market=market, results=[BidResult(bid.reference, False)], by="tests")
    assert Contract.objects.count() == 1


def test_a_bad_row_keeps_the_others_out(bid, market, competition):
    market = close(market, competition)
    rows = [accepted(bid, line=2), BidResult("B-999999", False, line=3), accepted(bid, accepted_kw=Decimal(99), line=4)]
    with pytest.raises(Refused) as refusal:
        results.record_results(market=market, results=rows, by="tests")
    assert [p.line for p in refusal.value.rows] == [3, 4]
    assert not Contract.objects.exists()


def test_no_contract_comes_of_a_withdrawn_competition(bid, market, competition):
    withdraw_competition(competition=competition, by="tests", reason="No need any more.")
    close(market, competition)
    with pytest.raises(Refused) as refusal:
        results.record_results(market=market, results=[accepted(bid)], by="tests")
    assert "withdrawn" in refusal.value.rows[0].reason
    rejected = replace(accepted(bid), accepted=False)
    assert results.record_results(market=market, results=[rejected], by="tests").rejected == 1


@pytest.mark.parametrize(
    ("price", "awarded"),
    [
        ("utilisation_gbp_per_mwh", "249.99"),
        ("utilisation_gbp_per_mwh", "300.01"),
        ("availability_gbp_per_mw_h", "0"),
        ("sustain_gbp_per_kw", "5"),
    ],
)
def test_no_contract_below_the_price_asked_or_above_the_ceiling(bid, market, competition, price, awarded):
    """A slip of unit or column would else be an obligation at a price that nobody agreed to."""
    close(market, competition)
    with pytest.raises(Refused) as refusal:
        results.record_results(market=market, results=[accepted(bid, **{price: Decimal(awarded)})], by="tests")
    [problem] = refusal.value.rows
    assert problem.reason.startswith(f"{price} is {Decimal(awarded):.4f}: award at least the ")
    assert Discrepancy.objects.get().field == price
    assert not Contract.objects.exists()


def test_a_bid_above_a_lowered_ceiling_may_be_awarded_what_it_asks(bid, market, competition):
    Competition.objects.update(utilisation_ceiling_gbp_per_mwh=200)
    close(market, competition)
    results.record_results(market=market, results=[accepted(bid)], by="tests")
    assert Contract.objects.get().utilisation_gbp_per_mwh == 250


def test_no_result_while_bidding_is_open(bid, market):
    with pytest.raises(Refused) as refusal:
        results.record_results(market=market, results=[accepted(bid)], by="tests")
    assert "still open" in refusal.value.rows[0].reason


def test_no_response_is_a_fact_of_the_window(market, competition):
    market = close(market, competition)
    silent = [NoResponse(competition.reference, "Evening"), NoResponse(competition.reference, "Evening")]
    recorded = results.record_results(market=market, results=[], no_responses=silent, by="tests")
    competition.refresh_from_db()
    assert recorded.no_response == 1
    assert competition.windows.get().no_response_at is not None
    assert competition.status == "decided"
    with pytest.raises(Refused):
        results.record_results(market=market, results=[], no_responses=[NoResponse("NOPE", "x")], by="tests")


def test_reconciliation_names_each_difference(contract, bid, market):
    ours = ListedContract(bid.reference, Decimal("50.5"), Decimal(100), Decimal(250))
    assert reconcile(market=market, listed=[ours], by="tests") == []
    theirs = [ListedContract(bid.reference, Decimal(50), Decimal(100), Decimal(250)), ListedContract("B-0", Decimal(1))]
    found = reconcile(market=market, listed=theirs, by="tests")
    assert [(d.bid, d.field, d.theirs, d.ours) for d in found] == [
        ("B-0", "contract", "listed", "not here"),
        (bid.reference, "accepted_kw", "50.0000", "50.5000"),
    ]
    assert [d.field for d in reconcile(market=market, listed=[], by="tests")] == ["contract"]


def test_the_database_refuses_an_undecided_bid_to_be_redecided(contract, bid):
    with (
        pytest.raises(ProgrammingError, match="Invalid transition"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE markets_bid SET status = 'rejected' WHERE id = %s", [bid.pk])
    assert Bid.objects.get(pk=bid.pk).status == "accepted"
