"""Answering an instruction: signed in, or by the email's link. To look changes nothing; to answer takes a POST."""

from datetime import timedelta

import pgtrigger
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dispatch.models import Acknowledgement, Instruction
from dispatch.operations import answer_instruction, answer_token
from markets.models import JournalEntry, Market, User

from .markup import faults

pytestmark = pytest.mark.django_db
MAILBOX = "dispatch+owner@voltwise.example"


@pytest.fixture
def link(instruction: Instruction) -> str:
    """The address in the email."""
    return reverse("dispatch:answer", args=[answer_token(instruction_id=instruction.pk, mailbox=MAILBOX)])


def state(instruction: Instruction) -> tuple[str, int, int]:
    instruction.refresh_from_db()
    answered = Acknowledgement.objects.filter(instruction=instruction).count()
    return instruction.answer, answered, JournalEntry.objects.filter(verb="answer_instruction").count()


def test_the_page_says_what_to_do_and_when(instruction: Instruction, browser_of_member: Client):
    page = browser_of_member.get(reverse("dispatch:instruction", args=[instruction.reference])).content.decode()
    for said in (
        "Start",
        "50.5 kW",
        "Mon 11 Jan 2027, 16:15 GMT",
        "18:15 GMT",
        "NGED-7001",
        "Waiting for an answer",
        "Confirm",
        "Decline",
    ):
        assert said in page, said
    assert "Mock market – market time:" in page


@pytest.mark.parametrize("answer", ["confirmed", "declined"])
def test_a_member_answers(answer: str, instruction: Instruction, browser_of_member: Client, member: User):
    address = reverse("dispatch:instruction", args=[instruction.reference])
    response = browser_of_member.post(address, {"answer": answer, "reason": "Charger 4 is out."})
    assert response.headers["Location"] == address
    assert state(instruction)[0] == answer
    assert Acknowledgement.objects.get().given_by == member.email
    page = browser_of_member.get(address).content.decode()
    assert "is kept" in page
    assert "Charger 4 is out." in page


def test_the_last_answer_counts_and_all_are_kept(instruction: Instruction, browser_of_member: Client):
    address = reverse("dispatch:instruction", args=[instruction.reference])
    browser_of_member.post(address, {"answer": "confirmed"})
    browser_of_member.post(address, {"answer": "declined", "reason": "It broke."})
    assert state(instruction) == ("declined", 2, 2)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer": "declined", "reason": "  "}, "Say why you decline"),
        ({"answer": "perhaps"}, "not one of the available choices"),
        ({}, "Press one of the two buttons"),
        ({"answer": "confirmed", "reason": "x" * 501}, "at most 500 characters"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_what_to_do(
    sent: dict[str, str], said: str, instruction: Instruction, link: str, browser_of_member: Client
):
    for browser, address in (
        (browser_of_member, reverse("dispatch:instruction", args=[instruction.reference])),
        (Client(), link),
    ):
        response = browser.post(address, sent)
        assert response.status_code == 422
        assert said in response.content.decode()
        assert faults(response) == []
    assert state(instruction) == ("waiting", 0, 0)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_opens_the_link_answers_nothing(method: str, link: str, instruction: Instruction):
    assert getattr(Client(), method)(link, {"answer": "confirmed"}).status_code == 200
    assert state(instruction) == ("waiting", 0, 0)


def test_the_link_answers_without_sign_in(link: str, instruction: Instruction):
    browser = Client()
    shown = browser.get(link)
    assert faults(shown) == []
    assert "50.5 kW" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert 'content="noindex"' in shown.content.decode()
    assert browser.post(link, {"answer": "confirmed"}).headers["Location"] == link
    assert state(instruction) == ("confirmed", 1, 1)
    assert Acknowledgement.objects.get().given_by == MAILBOX
    assert f"Confirmed</strong> by {MAILBOX}" in browser.get(link).content.decode()


def test_the_links_form_is_guarded_against_other_sites(link: str, instruction: Instruction):
    response = Client(enforce_csrf_checks=True).post(link, {"answer": "confirmed"})
    assert response.status_code == 403
    assert "Please send it again" in response.content.decode()
    assert faults(response) == []
    assert state(instruction) == ("waiting", 0, 0)


def test_a_link_opens_one_instruction_only(link: str, instruction: Instruction, market: Market):
    page = Client().get(link).content.decode()
    assert "/bids/B-" not in page
    assert 'href="/statements/' not in page


@pytest.mark.parametrize("change", [lambda link: f"{link[:-3]}x/", lambda link: "/answer/nonsense/"])
def test_a_damaged_link_is_explained(change, link: str, instruction: Instruction):
    for method in (Client().get, Client().post):
        response = method(change(link), {"answer": "confirmed"})
        assert response.status_code == 404
        assert "This link is damaged" in response.content.decode()
        assert faults(response) == []
    assert state(instruction) == ("waiting", 0, 0)


def test_an_old_link_is_explained(link: str, instruction: Instruction):
    with time_machine.travel(timezone.now() + timedelta(days=32)):
        response = Client().post(link, {"answer": "confirmed"})
    assert response.status_code == 404
    assert "older than 31 days" in response.content.decode()
    assert state(instruction) == ("waiting", 0, 0)


def test_the_list_finds_what_waits(instruction: Instruction, browser_of_member: Client):
    assert list(browser_of_member.get("/instructions/?answer=waiting").context["object_list"]) == [instruction]
    assert list(browser_of_member.get("/instructions/?answer=confirmed").context["object_list"]) == []


@pytest.mark.parametrize(
    ("kind", "said"), [("stop", "Takes effect"), ("emergency_stop", "Emergency stop"), ("test", "nothing to deliver")]
)
def test_each_kind_says_what_it_asks(kind: str, said: str, instruction: Instruction, browser_of_member: Client):
    with pgtrigger.ignore("dispatch.Instruction:told_for_ever"):
        Instruction.objects.filter(pk=instruction.pk).update(kind=kind, starts_at=None, ends_at=None, capacity_kw=None)
    response = browser_of_member.get(reverse("dispatch:instruction", args=[instruction.reference]))
    assert said in response.content.decode()
    assert ("At once" in response.content.decode()) == (kind != "test")
    assert faults(response) == []


def test_what_waits_for_an_answer_stands_first_and_is_confirmed_without_script(
    instruction: Instruction, browser_of_member: Client
):
    page = browser_of_member.get("/instructions/")
    assert faults(page) == []
    assert page.context["waiting"] == [instruction]
    text = page.content.decode()
    assert "Waits for your answer" in text
    address = reverse("dispatch:instruction", args=[instruction.reference])
    assert f'action="{address}"' in text
    assert f'href="{address}#answer"' in text
    assert browser_of_member.post(address, {"answer": "confirmed"}).status_code == 302
    assert "Waits for your answer" not in browser_of_member.get("/instructions/").content.decode()


def test_a_viewer_sees_that_it_waits_and_has_no_button(instruction: Instruction, browser_of_member: Client, seller):
    seller.memberships.update(role="viewer")
    text = browser_of_member.get("/instructions/").content.decode()
    assert "Waits for your answer" in text
    assert '<button class="btn btn-primary btn-lg"' not in text


def test_the_list_is_sent_again_only_where_it_changed(
    instruction: Instruction, browser_of_member: Client, member: User
):
    part = browser_of_member.get("/instructions/", headers={"HX-Request": "true"})
    seen = {"HX-Request": "true", "If-None-Match": part.headers["ETag"]}
    assert browser_of_member.get("/instructions/", headers=seen).status_code == 304
    answer_instruction(instruction=instruction, answer="confirmed", given_by=member.email, by="tests")
    assert browser_of_member.get("/instructions/", headers=seen).status_code == 200


@pytest.mark.parametrize("kind", ["test", "cancel"])
def test_a_test_and_a_cancellation_ask_for_no_answer(kind: str, instruction: Instruction, browser_of_member: Client):
    with pgtrigger.ignore("dispatch.Instruction:told_for_ever"):
        Instruction.objects.filter(pk=instruction.pk).update(kind=kind)
    assert "Waits for your answer" not in browser_of_member.get("/instructions/").content.decode()
    page = browser_of_member.get(reverse("dispatch:instruction", args=[instruction.reference])).content.decode()
    assert "No answer is needed" in page
