"""Triggers over the API: accepted at once, followed up, refused aloud, and never half-done."""

import json
import threading
from typing import Any

import pytest
from django.db import connection

from dispatch.models import Instruction, Trigger
from dispatch.operations import answer_instruction
from markets.models import Mail, Market, Seller

from .conftest import Machine, problem_of, trigger_message

ADDRESS = "/api/nged/v1/dispatch/triggers"


@pytest.mark.django_db
def test_a_trigger_is_accepted_with_its_instructions(nged: Machine, market: Market, seller: Seller) -> None:
    answer = nged.post(ADDRESS, trigger_message(market.key))
    assert answer.status_code == 202
    body = answer.json()
    instruction = Instruction.objects.get()
    assert (body["reference"], body["market"], body["is_repeat"]) == ("TR-1", market.key, False)
    told = {"company": seller.name, "contract": "", "asset": "", "seller_known": True, "is_held": False}
    assert body["instructions"] == [told | {"reference": instruction.reference}]
    assert Mail.objects.get(lane="instruction").recipient == "dispatch+owner@voltwise.example"


@pytest.mark.django_db
def test_a_repeat_gets_the_first_receipt_and_sends_nothing(nged: Machine, market: Market, seller: Seller) -> None:
    first = nged.post(ADDRESS, trigger_message(market.key), HTTP_IDEMPOTENCY_KEY="t").json()
    kept = nged.post(ADDRESS, trigger_message(market.key), HTTP_IDEMPOTENCY_KEY="t")
    assert (kept.json(), kept["Idempotency-Replayed"]) == (first, "true")
    again = nged.post(ADDRESS, trigger_message(market.key)).json()
    assert (again["is_repeat"], again["instructions"]) == (True, first["instructions"])
    assert Mail.objects.filter(lane="instruction").count() == 1


@pytest.mark.django_db
def test_other_content_is_a_contradiction_unless_it_is_a_revision(
    nged: Machine, market: Market, seller: Seller
) -> None:
    nged.post(ADDRESS, trigger_message(market.key))
    other = trigger_message(market.key, zone="CMZ_T9A_EM_0002")
    assert "revision 2" in problem_of(nged.post(ADDRESS, other), 409)["detail"]
    assert nged.post(ADDRESS, other | {"revision": 2}).status_code == 202
    assert nged.get(f"{ADDRESS}/TR-1").json()["revision"] == 2


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/xml"])
@pytest.mark.parametrize("raw", [b"<start/>", b"", b"{}", b"\x00\xff"])
def test_what_cannot_be_read_is_kept_and_answered(nged: Machine, market: Market, raw: bytes, content_type: str) -> None:
    answer = nged.post(ADDRESS, raw, content_type=content_type)
    assert problem_of(answer, 422)["errors"]
    assert bytes(Trigger.objects.get().raw) == raw
    assert not Instruction.objects.exists()


@pytest.mark.django_db
def test_nged_follows_delivery_and_answer(nged: Machine, market: Market, seller: Seller) -> None:
    nged.post(ADDRESS, trigger_message(market.key))
    waiting = nged.get(f"{ADDRESS}/TR-1?market={market.key}").json()["instructions"][0]
    assert (waiting["answer"], waiting["answered_at"]) == ("waiting", None)
    assert waiting["mails"] == [{"status": "ready", "sent_at": None}]
    assert waiting["capacity_kw"] == "50.5000"
    answer_instruction(
        instruction=Instruction.objects.get(), answer="declined", reason="Fault on site.", given_by="A", by="tests"
    )
    declined = nged.get(f"{ADDRESS}/TR-1").json()["instructions"][0]
    assert (declined["answer"], declined["reason"]) == ("declined", "Fault on site.")
    assert declined["answered_at"]


@pytest.mark.django_db
def test_a_reference_of_two_markets_needs_the_market(nged: Machine, market: Market, seller: Seller) -> None:
    second = Market.objects.create(operator=market.operator, key="nged-second", name="Second", is_mock=True)
    for key in (market.key, second.key):
        assert nged.post(ADDRESS, trigger_message(key)).status_code == 202
    assert "?market=" in problem_of(nged.get(f"{ADDRESS}/TR-1"), 400)["detail"]
    assert nged.get(f"{ADDRESS}/TR-1?market=nged-second").json()["market"] == "nged-second"
    problem_of(nged.get(f"{ADDRESS}/TR-9"), 404)


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_committed_in_time_is_503_and_safe_to_repeat(
    nged: Machine, market: Market, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table of mails is locked by someone: the trigger is given up after the limit, whole, and repeated."""
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE markets_mail IN ACCESS EXCLUSIVE MODE")
            locked.set()
            done.wait(20)
            cursor.execute("ROLLBACK")
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(10)
        answer = nged.post(ADDRESS, trigger_message(market.key), HTTP_IDEMPOTENCY_KEY="t")
        problem_of(answer, 503)
        assert answer["Retry-After"] == "1"
        assert not Trigger.objects.exists()
    finally:
        done.set()
        holder.join(20)
    assert nged.post(ADDRESS, trigger_message(market.key), HTTP_IDEMPOTENCY_KEY="t").status_code == 202
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",), "the limit must not outlive the call"


@pytest.mark.django_db(transaction=True)
def test_the_same_trigger_many_times_at_once_is_one(nged: Machine, market: Market, seller: Seller) -> None:
    raw = json.dumps(trigger_message(market.key))
    answers: list[Any] = []
    barrier = threading.Barrier(8)

    def send() -> None:
        barrier.wait()
        try:
            answers.append(nged.post(ADDRESS, raw, HTTP_IDEMPOTENCY_KEY="t"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answer.status_code for answer in answers] == [202] * 8
    assert {answer.json()["is_repeat"] for answer in answers} == {False}
    assert Mail.objects.filter(lane="instruction").count() == 1


def test_a_reference_that_no_text_can_be_names_no_trigger(nged: Machine, market: Market, seller: Seller) -> None:
    """Not even the one that it would name without what cannot be."""
    assert nged.post(ADDRESS, trigger_message(market.key)).status_code == 202
    assert nged.get(f"{ADDRESS}/TR-1").status_code == 200
    problem_of(nged.get(f"{ADDRESS}/TR-1%00"), 404)
