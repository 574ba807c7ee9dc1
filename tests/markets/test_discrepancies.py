"""What the operator says otherwise than we hold: refused, and yet kept until somebody settles it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from markets.models import Bid, Contract, Discrepancy, JournalEntry, Market
from markets.operations import bids, results
from markets.operations.discrepancies import reconcile, resolve_discrepancy
from markets.problems import Contradiction, Refused
from markets.rules.notices import BidResult, ListedContract, NoResponse
from sops.models import Case
from sops.operations import conduct, finish_case, sync_steps
from tests.conftest import close


def told() -> list[tuple[str, str, str, str, str]]:
    """What waits for a person, as it stands in the console."""
    waiting = Discrepancy.objects.filter(resolved_at=None).order_by("bid", "field", "theirs")
    return list(waiting.values_list("kind", "bid", "field", "theirs", "ours"))


def say(market: Market, *said: BidResult, silent: tuple[NoResponse, ...] = ()) -> results.Recorded:
    return results.record_results(market=market, results=said, no_responses=silent, by="tests")


def test_a_contradiction_is_refused_and_outlives_its_refusal(contract: Contract, bid: Bid, market: Market) -> None:
    other = BidResult(bid.reference, True, Decimal(12), Decimal(100), Decimal("250.00001"))
    for _ in range(2):
        with pytest.raises(Contradiction) as refusal:
            say(market, other)
    assert "accepted_kw is 50.5000 here, and 12.0000 in this" in refusal.value.rows[0].reason
    assert told() == [("contradiction", bid.reference, "accepted_kw", "12.0000", "50.5000")]
    assert JournalEntry.objects.filter(verb="keep_discrepancies").count() == 1
    with pytest.raises(Contradiction):
        say(market, BidResult(bid.reference, False))
    assert told()[1] == ("contradiction", bid.reference, "status", "rejected", "accepted")
    assert Contract.objects.get().accepted_kw == Decimal("50.5")


def test_a_result_for_an_unknown_bid_is_kept_and_nothing_else_of_the_call(bid: Bid, market: Market) -> None:
    market = close(market, bid.competition)
    with pytest.raises(Refused) as refusal:
        say(market, BidResult(bid.reference, False, line=1), BidResult("B-777777", True, Decimal(9), line=2))
    assert (refusal.value.status, [row.line for row in refusal.value.rows]) == (422, [2])
    assert told() == [("unknown_bid", "B-777777", "bid", "accepted, 9.0000 kW", "not here")]
    bid.refresh_from_db()
    assert bid.status == "placed"


def test_a_file_of_bids_that_are_none_of_ours_does_not_bury_customer_success(
    bid: Bid, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("markets.operations.discrepancies.MOST", 3)
    market = close(market, bid.competition)
    with pytest.raises(Refused) as refusal:
        say(market, *(BidResult(f"B-77{i}", False, line=i) for i in range(10)))
    assert len(refusal.value.rows) == 10
    assert len(told()) == 3
    assert JournalEntry.objects.get(verb="keep_discrepancies").details["left_out"] == 7


def test_while_a_gate_is_open_nobody_learns_what_became_of_a_bid(bid: Bid, market: Market) -> None:
    bids.withdraw_bid(bid=bid, by="tests")
    with pytest.raises(Refused) as refusal:
        say(market, BidResult(bid.reference, True, Decimal(9)))
    assert refusal.value.rows[0].reason == "Bidding is still open in this competition."
    assert told() == []


def test_what_can_t_be_true_of_a_bid_is_kept_and_what_is_only_too_early_is_not(bid: Bid, market: Market) -> None:
    with pytest.raises(Refused):
        say(market, BidResult(bid.reference, False))
    assert told() == []
    bids.withdraw_bid(bid=bid, by="tests")
    market = close(market, bid.competition)
    with pytest.raises(Refused):
        say(market, BidResult(bid.reference, True, bid.capacity_kw))
    assert told() == [("contradiction", bid.reference, "status", "accepted, 50.5000 kW", "withdrawn")]


def test_that_nobody_bid_where_a_bid_stands_is_kept(bid: Bid, market: Market) -> None:
    market = close(market, bid.competition)
    with pytest.raises(Refused):
        say(market, silent=(NoResponse(bid.competition.reference, "Evening"),))
    assert told() == [("contradiction", bid.reference, "window", "nobody bid in Evening", "stands there")]


def test_one_call_that_says_two_things_of_a_bid_is_refused(bid: Bid, market: Market) -> None:
    market = close(market, bid.competition)
    twice = BidResult(bid.reference, False, line=1), BidResult(bid.reference, False, line=2)
    both = BidResult(bid.reference, False, line=1), BidResult(bid.reference, True, bid.capacity_kw, line=2)
    with pytest.raises(Contradiction, match="contradict") as refusal:
        say(market, *both)
    assert "Line 1 says otherwise" in refusal.value.rows[0].reason
    assert say(market, *twice) == results.Recorded(accepted=0, rejected=1, repeated=1, no_response=0)


def listed(bid: Bid, **more: Any) -> ListedContract:
    numbers = {
        "accepted_kw": Decimal("50.5"),
        "availability_gbp_per_mw_h": Decimal(100),
        "utilisation_gbp_per_mwh": Decimal(250),
    }
    return ListedContract(bid.reference, **numbers | more)


def test_every_difference_of_a_reconciliation_waits_until_a_later_list_agrees(
    contract: Contract, bid: Bid, market: Market
) -> None:
    for _ in range(2):
        reconcile(market=market, listed=[listed(bid, accepted_kw=Decimal(50))], by="tests")
    assert told() == [("contract", bid.reference, "accepted_kw", "50.0000", "50.5000")]
    reconcile(market=market, listed=[listed(bid, accepted_kw=Decimal(49))], by="tests")
    assert told() == [("contract", bid.reference, "accepted_kw", "49.0000", "50.5000")]
    assert reconcile(market=market, listed=[listed(bid)], by="tests") == []
    assert told() == []
    assert "does not differ so any more" in Discrepancy.objects.earliest("id").resolution


def test_a_list_that_agrees_does_not_settle_what_a_result_contradicted(
    contract: Contract, bid: Bid, market: Market
) -> None:
    with pytest.raises(Contradiction):
        say(market, BidResult(bid.reference, False))
    reconcile(market=market, listed=[listed(bid)], by="tests")
    assert len(told()) == 1


def test_a_person_settles_it_once_in_words_and_the_case_closes(
    contract: Contract, market: Market, approver: Any
) -> None:
    sync_steps(by="tests")
    reconcile(market=market, listed=[], by="tests")
    conduct()
    case = Case.objects.get(step__key="resolve-discrepancy")
    with pytest.raises(Refused, match="press Resolve"):
        finish_case(case=case, by=approver)
    [discrepancy] = Discrepancy.objects.all()
    with pytest.raises(Refused, match="with whom"):
        resolve_discrepancy(discrepancy=discrepancy, reason=" ", by=approver)
    resolve_discrepancy(discrepancy=discrepancy, reason="NGED's list was a day old (J. Evans).", by=approver)
    with pytest.raises(Refused, match="a day old"):
        resolve_discrepancy(discrepancy=discrepancy, reason="Again", by=approver)
    conduct()
    assert not Case.objects.open().exists()
    assert JournalEntry.objects.get(verb="resolve_discrepancy").reason == "NGED's list was a day old (J. Evans)."


@pytest.mark.parametrize(
    "change", [{"theirs": "other"}, {"resolution": "Done."}, {"bid": "B-1"}, {"resolved_at": "2026-11-01T00:00Z"}]
)
def test_what_was_said_stands_and_nothing_is_resolved_without_words(market: Market, change: dict[str, str]) -> None:
    Discrepancy.objects.create(market=market, kind="unknown_bid", bid="B-9", theirs="rejected")
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Discrepancy.objects.update(**change)
