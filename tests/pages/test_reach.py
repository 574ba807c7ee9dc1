"""Who reaches what, on every address of the pages: one's own seller's rows, and nobody else's. A new address needs a case."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from dispatch.models import Acknowledgement, Instruction
from markets.models import Bid, BidChange, User
from markets.operations.invitations import invite_member
from settlement.models import Statement

from .markup import faults
from .places import LISTS, NAMES, OF_A_PARTY, OWN, POSTED, PUBLIC, SHOWN, Things

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(contract: Any, instruction: Instruction, statement: Statement) -> Things:
    invite_member(seller=contract.seller, email="new@voltwise.example", role="trader", by="tests")
    return Things(contract.bid, instruction, statement)


def text_of(response: HttpResponse) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def test_every_address_has_its_case():
    assert NAMES == PUBLIC | LISTS | OWN | POSTED | OF_A_PARTY


@pytest.mark.parametrize("name", SHOWN)
def test_a_member_is_shown_a_sound_page(name: str, things: Things, browser_of_member: Client):
    response = browser_of_member.get(things.address(name), follow=True)  # without an open window no template
    assert response.status_code == 200
    if not response.streaming:
        assert faults(response) == []
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", sorted(LISTS | OWN))
def test_a_stranger_is_asked_to_sign_in(name: str, things: Things):
    address = things.address(name)
    response = Client().get(address)
    assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("name", sorted(OWN))
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_sellers_things_are_not_there(
    name: str, method: str, things: Things, other_member: User, signed_in: Callable[[User], Client]
):
    before = (BidChange.objects.count(), Acknowledgement.objects.count())
    response = getattr(signed_in(other_member), method)(
        things.address(name), {"answer": "confirmed", "capacity_kw": "1"}
    )
    assert response.status_code == (405 if (name, method) in NEVER_POSTED else 404)
    assert (BidChange.objects.count(), Acknowledgement.objects.count()) == before


NEVER_POSTED = {
    ("settlement:line", "post"),
    ("settlement:statement-csv", "post"),
    ("settlement:statement-pdf", "post"),
    ("settlement:query-file", "post"),
    ("markets:asset", "post"),
    ("markets:bid", "post"),
    ("markets:bid-upload-problems", "post"),
    ("markets:company-token", "post"),
    ("markets:company-webhook", "post"),
    ("settlement:asset-readings", "post"),
    ("settlement:statement", "post"),
}


@pytest.mark.parametrize("name", sorted(LISTS | {"home"}))
def test_another_sellers_rows_are_in_no_list(
    name: str, things: Things, other_member: User, signed_in: Callable[[User], Client]
):
    response = signed_in(other_member).get(things.address(name), follow=True)
    assert response.status_code == 200
    shown = text_of(response)
    assert [secret for secret in things.secrets if secret in shown] == []
    assert not response.streaming or shown.count("\n") == 1  # the file has its header only


def test_the_list_counts_ones_own_bids_only(
    bid: Bid, browser_of_member: Client, other_member: User, signed_in: Callable[[User], Client]
):
    counts = [
        browser.get("/competitions/").context["object_list"][0].my_bids
        for browser in (browser_of_member, signed_in(other_member))
    ]
    assert counts == [1, None]


@pytest.mark.parametrize(
    "name", ["markets:bids", "markets:contracts-file", "dispatch:instructions", "settlement:statements"]
)
def test_the_secrets_are_what_a_member_reads(name: str, things: Things, browser_of_member: Client):
    shown = text_of(browser_of_member.get(things.address(name)))
    assert any(secret.strip("><") in shown for secret in things.secrets)


@pytest.mark.parametrize("name", sorted(LISTS | OWN | {"home"}))
def test_customer_success_is_told_where_its_pages_are(
    name: str, things: Things, customer_success: User, signed_in: Callable[[User], Client]
):
    response = signed_in(customer_success).get(things.address(name))
    assert response.status_code == 403
    assert "/console/" in text_of(response)
    assert faults(response) == []


@pytest.mark.parametrize("name", sorted(LISTS | OWN | {"home"}))
def test_a_viewer_may_look(name: str, things: Things, viewer: User, signed_in: Callable[[User], Client]):
    assert signed_in(viewer).get(things.address(name), follow=True).status_code == 200


def test_a_viewer_is_told_before_a_form_is_filled_in(viewer: User, signed_in: Callable[[User], Client]):
    for address in ("/assets/register/", "/assets/import/", "/company/contacts/", "/company/account/"):
        assert "You are a viewer" in text_of(signed_in(viewer).get(address))


@pytest.mark.parametrize(
    "name",
    [
        "markets:competition",
        "markets:bid-revise",
        "markets:bid-withdraw",
        "markets:asset-register",
        "dispatch:instruction",
    ],
)
def test_a_viewer_may_not_act(name: str, things: Things, viewer: User, signed_in: Callable[[User], Client]):
    before = (BidChange.objects.count(), Acknowledgement.objects.count())
    response = signed_in(viewer).post(things.address(name), {"answer": "confirmed"})
    assert response.status_code == 403
    assert "viewer" in text_of(response)
    assert (BidChange.objects.count(), Acknowledgement.objects.count()) == before
