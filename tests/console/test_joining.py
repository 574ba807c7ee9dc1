"""Joining at the console: requests, invitations, accounts to link, and the stages of a market."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import AccountLink, Admission, Invitation, JoiningRequest, JournalEntry, Mail, Market, Seller
from markets.operations import account_links, contacts, joining, people
from sops.models import Case
from sops.operations import conduct, sync_steps

from .test_actions import press, said

__all__ = ["press"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def request_to_join() -> JoiningRequest:
    return joining.ask_to_join(company="Tidewatt Ltd", name="Tia Watt", email="tia@tidewatt.example", by="tests")


@pytest.fixture
def asked_link(seller: Any, operator: Any) -> AccountLink:
    return account_links.ask_account_link(seller=seller, operator=operator, account="VOLT 77", by="tests")


def case_of(step: str) -> Case:
    sync_steps(by="tests")
    conduct(by="tests")
    return Case.objects.open().get(step__key=step)


def test_who_asks_becomes_a_case_and_is_invited_by_finishing_it(press: Any, console: Client, request_to_join: Any):
    case = case_of("invite")
    page = console.get(reverse("admin:sops_case_change", args=[case.pk])).content.decode()
    assert reverse("admin:markets_joiningrequest_change", args=[request_to_join.pk]) in page
    press("sops_case", "claim", case.pk)
    press("sops_case", "finish", case.pk, outcome="Found in the register.")
    case.refresh_from_db()
    assert (case.status, Seller.objects.get().name) == ("done", "Tidewatt Ltd")
    assert Mail.objects.filter(recipient="tia@tidewatt.example").exists()


def test_who_asks_is_declined_with_a_reason_and_the_case_closes(press: Any, request_to_join: Any):
    case = case_of("invite")
    assert "told why" in said(press("markets_joiningrequest", "decline", request_to_join.pk, reason="No such firm."))[0]
    assert "No such firm." in Mail.objects.get().text
    conduct(by="tests")
    case.refresh_from_db()
    assert case.status == "dropped"
    press("markets_joiningrequest", "invite", request_to_join.pk)
    request_to_join.refresh_from_db()
    assert request_to_join.status == "invited", "a declined company can still be invited"


def test_an_account_is_linked_by_finishing_its_case(press: Any, asked_link: Any):
    case = case_of("link-account")
    press("sops_case", "claim", case.pk)
    press("sops_case", "finish", case.pk, outcome="NGED confirmed by mail.")
    asked_link.refresh_from_db()
    assert asked_link.status == "linked"


def test_an_account_is_refused_in_words_for_the_seller(press: Any, asked_link: Any):
    press("markets_accountlink", "refuse", asked_link.pk, reason="NGED does not know it.")
    asked_link.refresh_from_db()
    assert (asked_link.status, asked_link.reason) == ("refused", "NGED does not know it.")


def test_an_invitation_is_sent_again_and_taken_back(press: Any):
    people.invite_seller(name="Tidewatt", email="a@tidewatt.example", by="tests")
    invitation = Invitation.objects.get()
    press("markets_invitation", "send_again", invitation.pk)
    assert Mail.objects.filter(recipient="a@tidewatt.example").count() == 2
    press("markets_invitation", "revoke", invitation.pk)
    invitation.refresh_from_db()
    assert invitation.revoked_at


def test_a_market_is_opened_stage_by_stage_and_sellers_let_in(
    press: Any, console: Client, market: Market, seller: Any, other_seller: Any
):
    Market.objects.update(stage="pilot")
    Admission.objects.all().delete()
    press("markets_market", "admit", market.pk, sellers=[seller.pk], wave="pilot")
    assert list(Market.objects.open_to(seller)) == [market]
    assert not Market.objects.open_to(other_seller).exists()
    assert "invited sellers" in said(press("markets_market", "open_further", market.pk))[0]
    press("markets_market", "open_further", market.pk)
    market.refresh_from_db()
    assert market.stage == "open"
    page = console.get(reverse("admin:markets_market_change", args=[market.pk]))
    assert "Open to the next stage" not in {button["title"] for button in page.context["actions_detail"]}


def test_a_stage_is_no_field_to_type_into(console: Client, market: Market):
    page = console.get(reverse("admin:markets_market_change", args=[market.pk])).content.decode()
    assert 'name="stage"' not in page


def test_a_test_message_is_sent_from_the_console(press: Any, seller: Any, market: Market):
    contact = contacts.add_dispatch_contact(seller=seller, market=market, email="n@voltwise.example", by="tests")
    assert "less than a minute ago" in said(press("markets_dispatchcontact", "send_test", contact.pk))[0]


def test_a_verified_companys_number_is_corrected_with_a_reason(press: Any, seller: Any, other_seller: Any):
    page = press("markets_seller", "correct", seller.pk, name=other_seller.name, company_number="1", reason="Typo.")
    assert "Another seller is called" in said(page)[0]
    given = {"name": "Voltwise Power Ltd", "company_number": "sc123456", "reason": "Renamed, see the register."}
    press("markets_seller", "correct", seller.pk, **given)
    seller.refresh_from_db()
    assert (seller.name, seller.company_number) == ("Voltwise Power Ltd", "SC123456")
    entry = JournalEntry.objects.get(verb="correct_seller")
    assert (entry.reason, entry.details["before"]["name"]) == ("Renamed, see the register.", "Voltwise Energy Ltd")


def test_a_role_is_changed_for_a_company_whose_owner_cannot_and_an_owner_stays(press: Any, seller: Any):
    only = seller.memberships.get()
    assert "is the only owner" in said(press("markets_membership", "change_role", only.pk, role="viewer"))[0]
