"""Signing in: one door for sellers and customer success, which counts failures; and nobody takes another's place."""

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client

from markets.models import Membership, User
from markets.operations.people import invite_seller

pytestmark = pytest.mark.django_db
RIGHT = "a-long-password"


@pytest.fixture(autouse=True)
def _no_failures_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def door_of(address: str) -> str:
    """Where a stranger who asks for the address ends up."""
    return str(Client().get(address, follow=True).redirect_chain[-1][0])


@pytest.mark.parametrize("address", ["/bids/", "/console/", "/console/markets/bid/"])
def test_who_guesses_a_password_is_stopped_wherever_they_knock(address: str, customer_success: User):
    door, guesser = door_of(address), Client()
    for password in [*(f"guess {number}" for number in range(10)), RIGHT]:
        email = customer_success.email
        guesser.post(door, {"login": email, "username": email, "password": password})
    assert "_auth_user_id" not in guesser.session


@pytest.mark.parametrize("address", ["/console/", "/console/login/"])
def test_the_second_factor_is_asked_for_at_the_console_too(address: str, customer_success: User):
    TOTP.activate(customer_success, "JBSWY3DPEHPK3PXP")
    browser = Client()
    for form in ({"login": customer_success.email}, {"username": customer_success.email}):
        browser.post(address, form | {"password": RIGHT})
        browser.post(door_of(address), form | {"password": RIGHT})
    assert "_auth_user_id" not in browser.session


def test_who_signs_in_for_the_console_gets_there(customer_success: User):
    browser = Client()
    form = {"login": customer_success.email, "password": RIGHT}
    assert (
        browser.post(door_of("/console/markets/bid/"), form, follow=True).request["PATH_INFO"]
        == "/console/markets/bid/"
    )
    assert browser.get("/console/login/", follow=True).request["PATH_INFO"] == "/console/"


def test_a_seller_is_told_that_the_console_is_not_theirs(member: User):
    browser = Client()
    browser.force_login(member)
    assert browser.get("/console/", follow=True).status_code == 403


def test_nobody_takes_up_an_invitation_that_is_meant_for_another(member: User):
    """A person's address is the invited one: whoever could take another would be found when that one is invited."""
    browser = Client()
    browser.post("/accounts/login/", {"login": member.email, "password": RIGHT})
    for step in ("action_add", "action_primary"):
        browser.post("/accounts/email/", {"email": "ceo@victim.example", step: ""})
    assert not EmailAddress.objects.filter(email="ceo@victim.example").exists()
    victim = invite_seller(name="Victim Ltd", email="ceo@victim.example", by="tests")
    assert not Membership.objects.filter(seller=victim, user=member).exists()
