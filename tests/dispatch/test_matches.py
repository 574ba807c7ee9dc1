"""Matching through the operations: after the message left, by rule or by a person, until settlement locks it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from dispatch.models import Instruction, Match
from dispatch.operations import candidates_of, decide_match, lock_matches, match_instruction, match_open, undo_match
from markets.models import Contract, JournalEntry, Mail, Market, User
from markets.problems import Refused

from .conftest import body, call

pytestmark = pytest.mark.django_db


def service_day(contract: Contract) -> date:
    first = contract.bid.competition.first_day
    return next(day for day in (first + timedelta(days=n) for n in range(7)) if day.isoweekday() < 6)


def mails_left() -> None:
    Mail.objects.filter(lane="instruction", status="ready").update(status="sent", sent_at=timezone.now())


@pytest.fixture
def instruct(receive: Any, contract: Contract) -> Any:
    """An instruction in the contract's window whose message left."""
    numbers = iter(range(1, 100))

    def instruct(kind: str = "start", **changes: Any) -> Instruction:
        day = service_day(contract)
        times = {"starts_at": f"{day}T17:00:00Z", "ends_at": f"{day}T18:00:00Z"}
        [instruction] = receive(body(call(**times | changes), kind=kind, reference=f"M-{next(numbers)}")).instructions
        mails_left()
        return instruction

    return instruct


def test_a_clear_instruction_matches_by_itself(instruct: Any, contract: Contract) -> None:
    instruction = instruct()
    assert match_open(market=contract.market, by="tests") == 1
    match = Match.objects.get(instruction=instruction)
    assert (match.status, match.contract, match.window) == ("matched", contract, contract.bid.lines.get().window)
    assert (match.discrepancies, match.decided_by) == ([], None)
    assert JournalEntry.objects.get(verb="match_open").details == {"matched": 1, "open": 0}


def test_nothing_is_matched_before_its_message_left(receive: Any, contract: Contract) -> None:
    [instruction] = receive(body()).instructions
    assert match_open(market=contract.market, by="tests") == 0
    assert not Match.objects.exists()
    with pytest.raises(Refused, match="its message waits"):
        match_instruction(instruction=instruction, by="tests")


def test_a_test_message_is_not_matched(instruct: Any, contract: Contract) -> None:
    instruct(kind="test")
    match_open(market=contract.market, by="tests")
    assert not Match.objects.exists()


def test_what_does_not_agree_stays_open_until_it_does(instruct: Any, contract: Contract) -> None:
    instruction = instruct(contract="C-404")
    assert match_instruction(instruction=instruction, by="tests") in Match.objects.open()
    [unknown, other] = Match.objects.get().discrepancies
    assert unknown == "No contract of this market is known as C-404."
    assert other == f"The trigger names contract C-404, this is {contract.reference}."
    assert match_open(market=contract.market, by="tests") == 0
    assert JournalEntry.objects.filter(verb="match_open").count() == 1  # the second time nothing was new


def test_a_contract_of_somebody_else_is_a_discrepancy(instruct: Any, contract: Contract, other_seller: Any) -> None:
    instruct(company=other_seller.name, contract=contract.bid.reference)
    match_open(market=contract.market, by="tests")
    assert Match.objects.get().discrepancies == [
        f"Contract {contract.reference} belongs to Voltwise Energy Ltd; the trigger names Gridbeam Limited."
    ]


def test_many_are_matched_with_the_same_few_queries(
    instruct: Any, contract: Contract, django_assert_max_num_queries: Any
) -> None:
    for kw in range(1, 9):
        instruct(capacity_kw=kw)
    with django_assert_max_num_queries(16):
        assert match_open(market=contract.market, by="tests") == 8


def test_the_candidates_stand_side_by_side(instruct: Any, contract: Contract) -> None:
    instruction = instruct(company="Nobody Ltd", capacity_kw=99)
    [judged] = candidates_of(instruction).ranked
    assert judged.candidate.names == (contract.reference, contract.bid.reference)
    assert len(judged.discrepancies) == 2


def test_a_person_decides_with_a_reason_undoes_it_and_is_not_overruled(
    instruct: Any, contract: Contract, customer_success: User
) -> None:
    instruction = instruct(contract="NGED-77")
    match = match_instruction(instruction=instruction, by="tests")
    window = contract.bid.lines.get().window
    match = decide_match(match=match, contract=contract, window=window, reason="NGED-77 is C", by=customer_success)
    assert (match.status, match.contract, match.window, match.decided_by) == (
        "matched",
        contract,
        window,
        customer_success,
    )
    match = undo_match(match=match, reason="It was another", by=customer_success)
    assert (match.status, match.contract, match.window) == ("open", None, None)
    assert [e.reason for e in JournalEntry.objects.filter(subject_type="dispatch.instruction")] == [
        "It was another",
        "NGED-77 is C",
    ]


def test_an_undone_match_is_not_made_again_by_rule(instruct: Any, contract: Contract, customer_success: User) -> None:
    instruct()
    match_open(market=contract.market, by="tests")
    undo_match(match=Match.objects.get(), reason="Double call", by=customer_success)
    assert match_open(market=contract.market, by="tests") == 0
    assert Match.objects.open().count() == 1


def test_a_decision_needs_sense(
    instruct: Any, contract: Contract, customer_success: User, make_competition: Any, other_market: Market
) -> None:
    match = match_instruction(instruction=instruct(contract="?"), by="tests")
    window, decide = contract.bid.lines.get().window, {"match": match, "contract": contract, "by": customer_success}
    foreign = make_competition("T9A-DYN-0002").windows.get()
    with pytest.raises(Refused, match="Say why"):
        decide_match(**decide, window=window, reason=" ")
    with pytest.raises(Refused, match="has no service window"):
        decide_match(**decide, window=foreign, reason="a guess")
    with pytest.raises(Refused, match="nothing to undo"):
        undo_match(match=match, reason="why not", by=customer_success)
    decide_match(**decide, window=None, reason="by telephone")
    with pytest.raises(Refused, match="is matched with"):
        decide_match(**decide, window=window, reason="once more")


def test_settlement_locks_the_matches_of_its_month(instruct: Any, contract: Contract, customer_success: User) -> None:
    instruct()
    instruct(contract="C-404")
    match_open(market=contract.market, by="tests")
    month = service_day(contract)
    before = (month.replace(day=1) - timedelta(days=1)).replace(day=1)
    assert lock_matches(market=contract.market, month=before, by="tests") == 0
    assert lock_matches(market=contract.market, month=month, by="tests") == 1
    assert lock_matches(market=contract.market, month=month, by="tests") == 0
    locked = Match.objects.get(status="matched")
    with pytest.raises(Refused, match="locked by settlement"):
        undo_match(match=locked, reason="too late", by=customer_success)
    # What was open is not locked: once solved, a later run takes it in.
    solved = Match.objects.open().get()
    decide_match(match=solved, contract=contract, window=None, reason="by telephone", by=customer_success)
    assert lock_matches(market=contract.market, month=month, by="tests") == 1
