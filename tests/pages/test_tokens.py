"""An owner makes a token for the company's own system: it is shown once, works at once, and until it is revoked."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import JournalEntry, Seller, Token, User
from tests.api.conftest import Machine

from .markup import faults

pytestmark = pytest.mark.django_db
PAGE = "/company/tokens/"


def made(browser: Client, name: str = "Trading desk") -> str:
    """The whole token, as the page shows it."""
    answer = browser.post(PAGE, {"name": name})
    assert answer.status_code == 200
    assert faults(answer) == []
    assert "no-store" in answer["Cache-Control"]
    return str(answer.context["whole"])


def test_it_is_shown_once_works_and_shows_its_last_use(browser_of_member: Client, member: User) -> None:
    whole = made(browser_of_member)
    again = browser_of_member.get(PAGE)
    assert whole.encode() not in again.content
    assert b"Never" in again.content
    assert Machine(whole).get("/api/v1/bids").status_code == 200
    today = f"{datetime.now(UTC):%-d %B %Y}".encode()
    assert today in browser_of_member.get(PAGE).content
    entry = JournalEntry.objects.get(verb="issue_token")
    assert (entry.user, entry.subject) == (member, str(Token.objects.get()))
    assert whole not in str(entry.details)


def test_the_form_sent_twice_makes_one(browser_of_member: Client) -> None:
    made(browser_of_member)
    answer = browser_of_member.post(PAGE, {"name": "trading DESK"})
    assert answer.status_code == 422
    assert "already" in str(answer.context["form"].errors["name"])
    assert Token.objects.count() == 1
    assert browser_of_member.post(PAGE, {"name": " "}).status_code == 422


def test_a_revoked_token_is_refused_and_its_name_free(browser_of_member: Client) -> None:
    whole = made(browser_of_member)
    [token] = Token.objects.all()
    question = browser_of_member.get(reverse("markets:company-token", args=[token.pk]))
    assert b"cannot be undone" in question.content
    browser_of_member.post(reverse("markets:token-revoke", args=[token.pk]))
    assert Machine(whole).get("/api/v1/bids").status_code == 401
    assert JournalEntry.objects.get(verb="revoke_token").reason
    assert made(browser_of_member) != whole


def test_not_without_end(browser_of_member: Client) -> None:
    for number in range(20):
        made(browser_of_member, f"System {number}")
    assert browser_of_member.post(PAGE, {"name": "One more"}).status_code == 422


@pytest.mark.parametrize("role", ["trader", "viewer"])
def test_only_owners_make_and_revoke(
    role: str, browser_of_member: Client, viewer: User, seller: Seller, signed_in: Callable[[User], Client]
) -> None:
    viewer.memberships.update(role=role)
    made(browser_of_member)
    [token] = Token.objects.all()
    browser = signed_in(viewer)
    assert b"Owners make" in browser.get(PAGE).content
    assert browser.post(PAGE, {"name": "Mine"}).status_code == 403
    assert browser.post(reverse("markets:token-revoke", args=[token.pk])).status_code == 403
    assert Token.objects.get().revoked_at is None


def test_another_sellers_token_is_not_there(
    browser_of_member: Client, other_member: User, signed_in: Callable[[User], Client]
) -> None:
    made(browser_of_member)
    [token] = Token.objects.all()
    stranger = signed_in(other_member)
    assert stranger.post(reverse("markets:token-revoke", args=[token.pk])).status_code == 404
    assert b"Trading desk" not in stranger.get(PAGE).content
    assert Token.objects.get().revoked_at is None
