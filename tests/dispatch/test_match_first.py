"""The same trigger on both paths: told before any matching, or told with its contract and only where that is clear."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dispatch.models import Instruction, Match
from dispatch.operations import decide_match, match_open
from markets.models import Bid, Contract, JournalEntry, Market, Seller, User, WebhookCall
from markets.operations.markets import choose_path
from markets.operations.webhooks import add_sellers_webhook
from markets.problems import Refused
from sops.steps.dispatch import instructions_not_sent, matches_open
from sops.steps.held import held_matches
from tests.api.conftest import Machine, nged, token_of, trader

from .conftest import alarms, body, call, instruction_mails

__all__ = ["nged", "token_of", "trader"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture
def evening(bid: Bid) -> dict[str, Any]:
    """A call that the contract of the bid holds in everything."""
    day = bid.competition.windows.get().first_day
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return {"starts_at": f"{day}T17:00:00Z", "ends_at": f"{day}T18:00:00Z", "capacity_kw": "50"}


@pytest.fixture
def match_first(market: Market) -> Market:
    return choose_path(market=market, path="match_first", reason="Agreed with the operator.", by="tests")


def test_instruct_first_tells_at_once_and_matches_afterwards(
    receive: Any, evening: Any, contract: Contract, nged: Machine
) -> None:
    receive(body(call(**evening)))
    [letter] = instruction_mails()
    assert "We are still matching it to your contract" in " ".join(letter.text.split())
    assert contract.reference not in letter.text
    assert not Match.objects.exists()
    [told] = nged.get("/api/nged/v1/dispatch/triggers/T-1").json()["instructions"]
    assert (told["is_held"], len(told["mails"])) == (False, 1)


def test_match_first_tells_what_is_clear_at_once_with_the_contract(
    receive: Any, evening: Any, match_first: Market, contract: Contract, seller: Seller, nged: Machine, trader: Machine
) -> None:
    add_sellers_webhook(seller=seller, url="https://flex.example/hook", by="tests")
    [instruction] = receive(body(call(**evening))).instructions
    [letter] = instruction_mails()
    assert letter.recipient == "dispatch+owner@voltwise.example"
    for words in (f"your contract {contract.reference}", "Evening: Mon–Fri 16:00–20:00", "EV-1 Depot EV-1"):
        assert words in letter.text
        assert words in letter.html
    assert "matching" not in letter.text
    assert alarms() == []
    assert Match.objects.get().contract == contract
    assert WebhookCall.objects.get().body["data"]["contract"] == contract.reference
    [told] = nged.get("/api/nged/v1/dispatch/triggers/T-1").json()["instructions"]
    assert (told["is_held"], len(told["mails"])) == (False, 1)
    assert [row["reference"] for row in trader.get("/api/v1/instructions").json()["items"]] == [instruction.reference]


def test_match_first_tells_nobody_what_is_not_clear_until_a_person_decides(
    receive: Any,
    evening: Any,
    match_first: Market,
    contract: Contract,
    customer_success: User,
    nged: Machine,
    trader: Machine,
    member: User,
) -> None:
    browser = Client()
    browser.force_login(member)
    [held] = receive(body(call(**evening | {"capacity_kw": "60"}))).instructions
    assert instruction_mails() == []
    [alarm] = alarms()
    assert alarm.recipient == "oncall@piclo.example"
    assert "60 kW" in alarm.text
    assert list(held_matches()) == [held.match]
    assert browser.get(f"/instructions/{held.reference}/").status_code == 404
    assert trader.get("/api/v1/instructions").json()["items"] == []
    [told] = nged.get("/api/nged/v1/dispatch/triggers/T-1").json()["instructions"]
    assert (told["is_held"], told["mails"]) == (True, [])
    Instruction.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert not instructions_not_sent().exists()
    assert not matches_open().exists()
    match_open(market=match_first, by="tests")
    assert instruction_mails() == []
    decide_match(match=held.match, contract=contract, window=None, reason="NGED said so.", by=customer_success)
    [letter] = instruction_mails()
    assert contract.reference in letter.text
    assert not held_matches().exists()
    assert browser.get(f"/instructions/{held.reference}/").status_code == 200
    [told] = nged.get("/api/nged/v1/dispatch/triggers/T-1").json()["instructions"]
    assert (told["is_held"], len(told["mails"])) == (False, 1)


def test_an_unknown_name_becomes_the_seller_of_the_contract_that_was_decided(
    receive: Any, evening: Any, match_first: Market, contract: Contract, customer_success: User
) -> None:
    [held] = receive(body(call(company="Voltwyse", **evening))).instructions
    assert (instruction_mails(), held.seller_id) == ([], None)
    decide_match(match=held.match, contract=contract, window=None, reason="A slip.", teaches=(), by=customer_success)
    [letter] = instruction_mails()
    assert letter.recipient == "dispatch+owner@voltwise.example"
    held.refresh_from_db()
    assert held.seller == contract.seller


def test_what_becomes_clear_by_itself_leaves_by_itself(
    receive: Any, evening: Any, match_first: Market, request: pytest.FixtureRequest
) -> None:
    receive(body(call(**evening)))
    assert instruction_mails() == []
    request.getfixturevalue("contract")
    assert match_open(market=match_first, by="tests") == 1
    assert len(instruction_mails()) == 1
    assert match_open(market=match_first, by="tests") == 0
    assert len(instruction_mails()) == 1


@pytest.mark.parametrize("kind", ["stop", "emergency_stop", "cancel", "test"])
def test_what_ends_or_tests_something_never_waits(
    receive: Any, match_first: Market, contract: Contract, kind: str
) -> None:
    receive(body(call(company="Voltwise Energy Ltd", capacity_kw=None), kind=kind, zone="CMZ_ELSEWHERE"))
    assert len(instruction_mails()) == 1
    assert alarms() == []


def test_what_was_replaced_before_it_was_decided_is_never_told(
    receive: Any, evening: Any, match_first: Market, contract: Contract, customer_success: User
) -> None:
    [held] = receive(body(call(**evening | {"capacity_kw": "60"}))).instructions
    receive(body(call(**evening), revision=2))
    assert len(instruction_mails()) == 1
    assert not held_matches().exists()
    decide_match(match=held.match, contract=contract, window=None, reason="For the record.", by=customer_success)
    assert len(instruction_mails()) == 1


def test_a_defect_of_ours_in_matching_holds_and_alarms(
    receive: Any, evening: Any, match_first: Market, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("dispatch.operations.matches.verdicts", broken)
    [held] = receive(body(call(**evening))).instructions
    assert (instruction_mails(), len(alarms()), held.is_held) == ([], 1, True)
    assert held_matches().count() == 1
    monkeypatch.undo()
    match_open(market=match_first, by="tests")
    assert len(instruction_mails()) == 1


def test_a_change_of_path_has_its_reason_and_leaves_what_arrived_alone(
    receive: Any, evening: Any, market: Market, contract: Contract
) -> None:
    [at_once] = receive(body(call(**evening))).instructions
    with pytest.raises(Refused):
        choose_path(market=market, path="match_first", reason=" ", by="tests")
    choose_path(market=market, path="match_first", reason="Agreed.", by="tests")
    assert JournalEntry.objects.get(verb="choose_path").reason == "Agreed."
    receive(body(call(**evening | {"capacity_kw": "60"}), reference="T-2"))
    assert len(instruction_mails()) == 1
    assert receive(body(call(**evening))).is_repeat
    choose_path(market=market, path="instruct_first", reason="Their data lags.", by="tests")
    assert held_matches().count() == 1, "what is held waits for its decision"
    receive(body(call(**evening | {"capacity_kw": "60"}), reference="T-3"))
    assert len(instruction_mails()) == 2
    at_once.refresh_from_db()
    assert not at_once.is_held


def test_a_product_delivered_by_schedule_is_told_and_for_a_person_to_match(
    receive: Any, seller: Seller, market: Market, evening: Any
) -> None:
    receive(body(call(**evening), product="Sustain"))
    assert len(instruction_mails()) == 1
    match_open(market=market, by="tests")
    assert instruction_mails()[0].status == "ready"
