"""Test parties on the sellers' pages: the invitation, and notes about any page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.models import Admission, PartyNote, Seller, TestParty, User
from markets.operations.parties import close_party
from tests.markets.party_world import Start, accepted, party_starter  # noqa: F401 - a fixture

from .markup import faults

pytestmark = pytest.mark.django_db
NOTE = {"page": "/bids/?status=placed", "text": "“Offered” puzzled me."}


@pytest.fixture
def party(start: Start, seller: Seller) -> TestParty:
    """The seller is invited."""
    return start(sellers=[seller])


@pytest.fixture
def joined(party: TestParty, seller: Seller) -> TestParty:
    """The seller takes part."""
    accepted(party, seller)
    return party


def text_of(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def test_the_invitation_stands_on_the_first_page_until_it_is_accepted(
    party: TestParty, browser_of_member: Client, seller: Seller
) -> None:
    assert "You are invited to a test party: Spring rehearsal" in text_of(browser_of_member, "/")
    assert "You are invited" not in text_of(browser_of_member, "/bids/")
    said = browser_of_member.post(f"/test-parties/{party.pk}/accept/", follow=True).content.decode()
    assert "You take part in Spring rehearsal (mock)." in said
    assert "You are invited" not in said
    admission = Admission.objects.get(market=party.market, seller=seller)
    assert admission.accepted_by == seller.members.get()


def test_it_is_one_invitation_not_two(party: TestParty, browser_of_member: Client) -> None:
    assert text_of(browser_of_member, "/").count("Take part in ") == 1


def test_a_viewer_reads_the_invitation_and_cannot_accept_it(
    party: TestParty, viewer: User, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(viewer)
    assert "An owner or a trader of your company says yes." in text_of(browser, "/")
    assert browser.post(f"/test-parties/{party.pk}/accept/").status_code == 403
    assert not Admission.objects.filter(market=party.market, seller__stand_in=None, accepted_at__isnull=False).exists()


def test_nobody_accepts_anothers_invitation(
    party: TestParty, other_member: User, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(other_member)
    assert "You are invited" not in text_of(browser, "/")
    assert browser.post(f"/test-parties/{party.pk}/accept/").status_code == 404


def test_an_invitation_to_a_party_that_has_ended_is_gone(party: TestParty, browser_of_member: Client) -> None:
    close_party(party=party, by="tests")
    assert "You are invited" not in text_of(browser_of_member, "/")
    said = browser_of_member.post(f"/test-parties/{party.pk}/accept/", follow=True).content.decode()
    assert "has ended. Start another one." in said


@pytest.mark.parametrize(
    "address", ["/", "/competitions/", "/bids/?status=placed", "/assets/register/", "/help/bidding/"]
)
def test_the_note_is_on_every_page_and_the_page_stays_sound(
    address: str, joined: TestParty, browser_of_member: Client
) -> None:
    answer = browser_of_member.get(address)
    assert "Leave a note about this page" in answer.content.decode()
    assert f'name="page" value="{address}"' in answer.content.decode()
    assert faults(answer) == []


def test_a_note_is_kept_with_its_page_and_one_is_back_there(
    joined: TestParty, browser_of_member: Client, seller: Seller, member: User
) -> None:
    answer = browser_of_member.post("/notes/", NOTE, follow=True)
    assert answer.redirect_chain == [(NOTE["page"], 302)]
    assert "Thank you: your note is kept" in answer.content.decode()
    note = PartyNote.objects.get()
    assert (note.party, note.seller, note.user) == (joined, seller, member)
    assert (note.page, note.text, note.decision) == (NOTE["page"], NOTE["text"], "")


def test_a_viewer_may_note_too(joined: TestParty, viewer: User, signed_in: Callable[[User], Client]) -> None:
    signed_in(viewer).post("/notes/", NOTE)
    assert PartyNote.objects.get().user == viewer


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "  "}, "Write what you noticed"),
        ({"text": "x" * 2001}, "Keep it within 2,000 characters"),
        ({"page": "https://elsewhere.example/"}, "This form is of no page here."),
        ({"page": "//elsewhere.example/"}, "This form is of no page here."),
        ({"page": ""}, "This form is of no page here."),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(
    change: dict[str, str], words: str, joined: TestParty, browser_of_member: Client
) -> None:
    answer = browser_of_member.post("/notes/", NOTE | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (NOTE | change)["text"].strip()[:30] in answer.content.decode()
    assert faults(answer) == []
    assert not PartyNote.objects.exists()


def test_who_takes_part_in_nothing_leaves_no_note(
    party: TestParty, browser_of_member: Client, other_member: User, signed_in: Callable[[User], Client]
) -> None:
    for browser in (browser_of_member, signed_in(other_member)):
        assert "Leave a note" not in text_of(browser, "/bids/")
        assert browser.post("/notes/", NOTE).status_code == 404
    assert not PartyNote.objects.exists()


def test_strangers_are_asked_to_sign_in(party: TestParty) -> None:
    for address in ("/notes/", f"/test-parties/{party.pk}/accept/"):
        assert Client().post(address, NOTE).status_code == 302
        assert Client().get(address).status_code in (302, 405)


def test_the_strip_costs_one_query(joined: TestParty, start: Start, seller: Seller, browser_of_member: Client) -> None:
    def queries() -> list[Any]:
        with CaptureQueriesContext(connection) as asked:
            browser_of_member.get("/bids/")
        return [query for query in asked.captured_queries if "markets_testparty" in query["sql"]]

    assert len(queries()) == 1
    accepted(start(name="Another", sellers=[seller]), seller)
    assert "Test party Another:" in text_of(browser_of_member, "/bids/")  # the newest, to which notes go
    [query] = queries()
    assert '"source"' not in query["sql"]
