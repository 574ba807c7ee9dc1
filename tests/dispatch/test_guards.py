"""What the database itself refuses, whoever asks."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from dispatch.models import Acknowledgement, Instruction, Match, Trigger
from dispatch.operations import answer_instruction, match_open
from markets.models import Contract, Mail, Seller

from .conftest import body, call

pytestmark = pytest.mark.django_db


def refused(statement: str, *values: Any) -> str:
    """What the database says to a statement that it must not carry out."""
    with pytest.raises(DatabaseError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(raised.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dispatch_trigger SET raw = ''",
        "UPDATE dispatch_trigger SET problem = 'x'",
        "DELETE FROM dispatch_trigger",
    ],
)
def test_a_raw_trigger_is_neither_edited_nor_deleted(receive: Any, market: Any, statement: str) -> None:
    with pytest.raises(Exception, match="Nobody was instructed"):
        receive(b"{}")
    assert "append_only" in refused(statement) or "Cannot" in refused(statement)
    assert bytes(Trigger.objects.get().raw) == b"{}"


def test_an_accepted_reference_and_revision_stands_once(receive: Any, seller: Seller) -> None:
    trigger = receive(body()).trigger
    trigger.pk = None
    with pytest.raises(IntegrityError, match="trigger_reference_and_revision_once"), transaction.atomic():
        trigger.save(force_insert=True)


def test_an_answer_is_never_taken_back_to_waiting(receive: Any, seller: Seller) -> None:
    [instruction] = receive(body()).instructions
    answer_instruction(instruction=instruction, answer="confirmed", given_by="a@voltwise.example", by="tests")
    assert "Invalid transition" in refused("UPDATE dispatch_instruction SET answer = 'waiting'")
    assert "Cannot" in refused("UPDATE dispatch_acknowledgement SET answer = 'declined'")
    assert "Cannot" in refused("DELETE FROM dispatch_acknowledgement")


def test_an_instruction_is_born_unanswered_and_ends_after_it_starts(receive: Any, seller: Seller) -> None:
    [instruction] = receive(body()).instructions
    values = {"trigger": instruction.trigger, "market": instruction.market, "kind": "start"}
    with pytest.raises(DatabaseError, match="Cannot insert"), transaction.atomic():
        Instruction.objects.create(**values, answer="confirmed")
    now = timezone.now()
    with pytest.raises(IntegrityError, match="starts_before_it_ends"), transaction.atomic():
        Instruction.objects.create(**values, starts_at=now, ends_at=now)
    with pytest.raises(IntegrityError, match="acknowledgement_is_an_answer"), transaction.atomic():
        Acknowledgement.objects.create(instruction=instruction, answer="waiting", given_by="nobody")


def test_a_locked_match_stands_still(receive: Any, contract: Contract) -> None:
    window = contract.bid.competition.windows.get()
    day = next(d for d in (window.first_day.replace(day=n) for n in range(1, 9)) if d.isoweekday() < 6)
    receive(body(call(contract=contract.reference, starts_at=f"{day}T17:00:00Z", ends_at=f"{day}T18:00:00Z")))
    Mail.objects.filter(lane="instruction").update(status="sent", sent_at=timezone.now())
    assert match_open(market=contract.market, by="tests") == 1
    Match.objects.update(locked_at=timezone.now())
    assert "Cannot" in refused("UPDATE dispatch_match SET status = 'open', contract_id = NULL")
    assert "Cannot" in refused("UPDATE dispatch_match SET locked_at = NULL")
    assert "Cannot" in refused("DELETE FROM dispatch_match")


def test_a_match_names_its_contract(receive: Any, seller: Seller) -> None:
    [instruction] = receive(body()).instructions
    match = Match.objects.create(instruction=instruction)
    assert "a_match_names_its_contract" in refused(
        "UPDATE dispatch_match SET status = 'matched' WHERE id = %s", match.pk
    )
