"""The seller confirms or declines, with the signed link of the email or signed in."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from dispatch.models import Instruction
from dispatch.operations import answer_instruction, answer_token, read_answer_token
from markets.models import JournalEntry, Seller
from markets.operations.links import BadLink
from markets.operations.people import suspend_seller
from markets.problems import Refused

from .conftest import body, instruction_mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def instruction(receive: Any, seller: Seller) -> Instruction:
    [instruction] = receive(body()).instructions
    return instruction


def test_the_link_of_the_email_leads_to_the_instruction_and_its_mailbox(
    instruction: Instruction, settings: Any
) -> None:
    [mail] = instruction_mails()
    token = answer_token(instruction_id=instruction.pk, mailbox=mail.recipient)
    link = read_answer_token(token)
    assert (link.instruction, link.mailbox) == (instruction, mail.recipient)
    head = settings.SITE_URL + reverse("dispatch:answer", args=["TOKEN"]).partition("TOKEN")[0]
    [line] = [line for line in mail.text.splitlines() if line.startswith(head)]
    read = read_answer_token(line.removeprefix(head).rstrip("/"))
    assert (read.instruction, read.mailbox) == (instruction, mail.recipient)


def test_a_damaged_or_old_link_is_refused(instruction: Instruction) -> None:
    token = answer_token(instruction_id=instruction.pk, mailbox="a@b.example")
    for bad in (token[:-1], "x" + token, ""):
        with pytest.raises(BadLink, match="damaged"):
            read_answer_token(bad)
    with pytest.raises(BadLink, match="not here any more"):
        read_answer_token(answer_token(instruction_id=10**9, mailbox="a@b.example"))
    with time_machine.travel(timezone.now() + timedelta(days=32)), pytest.raises(BadLink, match="older than 31 days"):
        read_answer_token(token)


def test_the_link_of_a_mailbox_that_was_removed_ends_and_says_what_to_do(
    instruction: Instruction, seller: Seller, client: Any
) -> None:
    [mail] = instruction_mails()
    address = reverse("dispatch:answer", args=[answer_token(instruction_id=instruction.pk, mailbox=mail.recipient)])
    suspend_seller(seller=seller, by="tests", reason="Its contracts stand.")
    assert client.get(address).status_code == 200
    seller.dispatch_contacts.all().delete()
    for answer in (client.get(address), client.post(address, {"answer": "confirmed"})):
        assert answer.status_code == 404
        assert "Sign in to answer, or call +44 20 7946 0000." in answer.content.decode()
    assert not instruction.acknowledgements.exists()
    oncall = answer_token(instruction_id=instruction.pk, mailbox=instruction.market.oncall_email)
    assert read_answer_token(oncall).instruction == instruction


def test_an_answer_is_kept_with_who_gave_it(instruction: Instruction) -> None:
    answer_instruction(instruction=instruction, answer="confirmed", given_by="night@voltwise.example", by="the link")
    instruction.refresh_from_db()
    assert instruction.answer == "confirmed"
    assert instruction.acknowledgements.get().given_by == "night@voltwise.example"
    assert JournalEntry.objects.get(verb="answer_instruction").actor == "the link"


def test_a_later_answer_is_a_further_row_and_a_repeat_is_none(instruction: Instruction) -> None:
    for answer, reason in [
        ("confirmed", ""),
        ("confirmed", ""),
        ("declined", "Site offline"),
        ("declined", "Site offline "),
    ]:
        answer_instruction(instruction=instruction, answer=answer, reason=reason, given_by="a@b.example", by="tests")
    instruction.refresh_from_db()
    assert instruction.answer == "declined"
    assert [(a.answer, a.reason) for a in instruction.acknowledgements.all()] == [
        ("confirmed", ""),
        ("declined", "Site offline"),
    ]


@pytest.mark.parametrize(
    ("answer", "reason", "says"),
    [("declined", "  ", "Say why"), ("waiting", "", "is no answer"), ("declined", "x" * 501, "at most 500")],
)
def test_a_bad_answer_is_refused_and_nothing_kept(
    instruction: Instruction, answer: str, reason: str, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        answer_instruction(instruction=instruction, answer=answer, reason=reason, given_by="a@b.example", by="tests")
    instruction.refresh_from_db()
    assert (instruction.answer, instruction.acknowledgements.count()) == ("waiting", 0)
