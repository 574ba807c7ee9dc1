"""The company's own pages: what is missing, who may change what, and that nobody else's rows can be touched."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from markets.models import (
    AccountLink,
    Admission,
    Agreement,
    Invitation,
    Mail,
    Market,
    Membership,
    Seller,
    User,
    Webhook,
)
from markets.operations import account_links, contacts, invitations, people
from markets.operations.webhooks import add_sellers_webhook
from markets.rules import agreement
from markets.web.checklist import checklist

from .markup import faults

pytestmark = pytest.mark.django_db
PROFILE = {"company_number": "SC123456", "address": "1 Mill Lane\nDerby", "phone": "020 7946 0000"}
NIGHT = "night@voltwise.example"


def page_of(name: str, *args: Any) -> str:
    return reverse(f"markets:{name}", args=args)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def newcomer(market: Market) -> Membership:
    """The owner of a company that has just accepted its invitation."""
    seller = people.invite_seller(name="Newcomer Ltd", email="new@newcomer.example", by="tests")
    return invitations.accept_invitation(invitation=seller.invitations.get(), name="Nia New", by="tests")


def states(seller: Seller) -> dict[str, str]:
    return {item.title: item.state for item in checklist(seller)}


def test_the_checklist_goes_from_the_invitation_to_the_first_bid(
    newcomer: Membership, market: Market, operator: Any, make_asset: Any, signed_in: Callable[[User], Client]
):
    seller, browser = newcomer.seller, signed_in(newcomer.user)
    assert states(seller) == {
        "Company profile": "yours",
        "Standard agreement": "yours",
        "Verified by Piclo": "ours",
        "A market": "ours",
        "First asset": "yours",
    }
    for page in ("/", page_of("company")):
        assert "Still to do" in browser.get(page).content.decode()
    browser.post(page_of("take-part", market.pk))
    mailbox = f"Dispatch mailbox for {market}"
    assert (states(seller)[mailbox], states(seller)["Account at NGED"]) == ("yours", "optional")
    browser.post(page_of("company-profile"), PROFILE)
    signature = {"version": agreement.VERSION, "signatory": "Nia New", "position": "director", "agreed": "on"}
    browser.post(page_of("company-agreement"), signature)
    browser.post(page_of("company-contacts"), {"market": market.pk, "email": "box@newcomer.example"})
    people.verify_seller(seller=seller, by="tests")
    contacts.verify_dispatch_contact(contact=seller.dispatch_contacts.get(), by="tests")
    seller.refresh_from_db()
    assert set(states(seller).values()) == {"done", "yours", "optional"}
    make_asset(seller)
    people.name_identity(seller=seller, operator=operator, name="Newcomer", by="tests")
    assert set(states(seller).values()) == {"done"}
    for page in ("/", page_of("company")):
        assert "Still to do" not in browser.get(page).content.decode()


def test_each_missing_thing_leads_to_where_it_is_done(newcomer: Membership, signed_in: Callable[[User], Client]):
    browser = signed_in(newcomer.user)
    pages = [item.page for item in checklist(newcomer.seller) if item.state == "yours"]
    assert all(pages)
    for page in pages:
        assert browser.get(page).status_code == 200


def test_a_profile_that_cannot_be_is_said_beside_its_field(browser_of_member: Client):
    response = browser_of_member.post(page_of("company-profile"), PROFILE | {"company_number": "12", "phone": "no"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"phone"}, "12 is filled up with zeros; a word is no telephone"
    assert "1 Mill Lane" in response.content.decode()
    assert faults(response) == []


def test_the_agreement_is_signed_with_name_and_position_and_stays_listed(
    newcomer: Membership, signed_in: Callable[[User], Client]
):
    browser, page = signed_in(newcomer.user), page_of("company-agreement")
    shown = browser.get(page).content.decode()
    assert "What Piclo does" in shown
    unticked = browser.post(page, {"version": agreement.VERSION, "signatory": "Nia New", "position": "director"})
    assert unticked.status_code == 422
    assert "Tick the box" in unticked.content.decode()
    signature = {"version": agreement.VERSION, "signatory": "Nia New", "position": "director", "agreed": "on"}
    listed = browser.post(page, signature, follow=True).content.decode()
    assert "Nia New" in listed
    assert "director" in listed
    assert " GMT</time>" in listed or " BST</time>" in listed
    assert Agreement.objects.get().position == "director"


def test_a_new_version_is_asked_for_and_the_old_text_is_not_signed(
    seller: Seller, browser_of_member: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
):
    monkeypatch.setattr(agreement, "VERSION", "2027-1")
    signature = {"version": "2026-1", "signatory": "A", "position": "director", "agreed": "on"}
    monkeypatch.setattr("markets.views.company.TEXTS", "markets/agreement/2026-1.html")
    response = browser_of_member.post(page_of("company-agreement"), signature)
    assert response.status_code == 422
    assert "There is a new version, 2027-1" in response.content.decode()
    assert "Read it, then sign" in response.content.decode()


def test_an_owner_invites_changes_and_removes_colleagues(seller: Seller, browser_of_member: Client):
    members = page_of("company-members")
    browser_of_member.post(members, {"email": "Col@Voltwise.example", "role": "viewer"})
    invitation = Invitation.objects.get(email="col@voltwise.example")
    browser_of_member.post(page_of("invitation-renew", invitation.pk))
    assert Mail.objects.filter(recipient=invitation.email).count() == 2
    colleague = invitations.accept_invitation(invitation=invitation, by="tests")
    browser_of_member.post(page_of("company-member", colleague.pk), {"role": "trader"})
    colleague.refresh_from_db()
    assert colleague.role == "trader"
    browser_of_member.post(page_of("member-remove", colleague.pk))
    assert seller.memberships.count() == 1


def test_the_only_owner_stays_and_is_told_why(seller: Seller, browser_of_member: Client):
    owner = seller.memberships.get()
    response = browser_of_member.post(page_of("company-member", owner.pk), {"role": "viewer"})
    assert response.status_code == 422
    assert "Make somebody else an owner first" in response.content.decode()
    removed = browser_of_member.post(page_of("member-remove", owner.pk), follow=True)
    assert "only owner" in said(removed)[0]


def test_an_invitation_is_taken_back(seller: Seller, browser_of_member: Client):
    invitation = invitations.invite_member(seller=seller, email=NIGHT, role="viewer", by="tests")
    page = browser_of_member.post(page_of("invitation-revoke", invitation.pk), follow=True)
    assert "its link works no more" in said(page)[0]
    assert browser_of_member.post(page_of("invitation-renew", invitation.pk)).status_code == 404


def test_a_mailbox_is_added_tested_changed_and_removed(seller: Seller, market: Market, browser_of_member: Client):
    added = browser_of_member.post(page_of("company-contacts"), {"market": market.pk, "email": NIGHT}, follow=True)
    assert "press the button in it" in said(added)[0]
    contact = seller.dispatch_contacts.get(email=NIGHT)
    soon = browser_of_member.post(page_of("contact-retest", contact.pk), follow=True)
    assert "less than a minute ago" in said(soon)[0]
    browser_of_member.post(page_of("company-contact", contact.pk), {"email": "day@voltwise.example"})
    contact.refresh_from_db()
    assert contact.email == "day@voltwise.example"
    browser_of_member.post(page_of("contact-remove", contact.pk))
    assert not seller.dispatch_contacts.filter(pk=contact.pk).exists()


def test_the_last_mailbox_of_a_contract_stays(contract: Any, seller: Seller, browser_of_member: Client):
    contact = seller.dispatch_contacts.get()
    refused = browser_of_member.post(page_of("contact-remove", contact.pk), follow=True)
    assert refused.request["PATH_INFO"] == page_of("company-contact", contact.pk)
    assert "Add another contact and confirm its test first" in said(refused)[0]


def test_an_account_is_named_and_a_refusal_read(seller: Seller, operator: Any, browser_of_member: Client):
    page = page_of("company-account")
    browser_of_member.post(page, {"operator": operator.pk, "account": "VOLT 77"})
    waiting = browser_of_member.post(page, {"operator": operator.pk, "account": "VOLT 78"})
    assert "Wait for the answer" in waiting.content.decode()
    link = AccountLink.objects.get()
    account_links.refuse_account_link(link=link, reason="NGED does not know it.", by="tests")
    assert "NGED does not know it." in browser_of_member.get(page).content.decode()


@pytest.fixture
def actions(seller: Seller, other_market: Market) -> dict[str, dict[str, Any]]:
    """Every address of the company that changes something of the seller's, with what would be sent."""
    invitation = invitations.invite_member(seller=seller, email=NIGHT, role="viewer", by="tests")
    person, contact = seller.memberships.get().pk, seller.dispatch_contacts.get().pk
    return {
        page_of("company-member", person): {"role": "viewer"},
        page_of("member-remove", person): {},
        page_of("invitation-revoke", invitation.pk): {},
        page_of("invitation-renew", invitation.pk): {},
        page_of("company-contact", contact): {"email": "mine@gridbeam.example"},
        page_of("contact-retest", contact): {},
        page_of("contact-remove", contact): {},
    }


def standing(seller: Seller) -> list[Any]:
    return [
        list(seller.memberships.values_list("user", "role")),
        list(seller.invitations.values_list("email", "expires_at", "revoked_at")),
        list(seller.dispatch_contacts.values_list("email", "verified_at", "test_sent_at")),
    ]


def test_nobody_touches_another_sellers_people_and_mailboxes(
    seller: Seller, actions: dict[str, Any], other_member: User, signed_in: Callable[[User], Client]
):
    before, browser = standing(seller), signed_in(other_member)
    assert {browser.post(address, form).status_code for address, form in actions.items()} == {404}
    assert standing(seller) == before


@pytest.mark.parametrize("role", ["viewer", "trader"])
def test_who_is_no_owner_looks(role: str, seller: Seller, actions: dict[str, Any], signed_in: Callable[[User], Client]):
    asked = invitations.invite_member(seller=seller, email="other@voltwise.example", role=role, by="tests")
    browser = signed_in(invitations.accept_invitation(invitation=asked, by="tests").user)
    before = standing(seller)
    actions |= {page_of("company-profile"): PROFILE, page_of("company-agreement"): {}, page_of("company-members"): {}}
    for address, form in actions.items():
        if role == "viewer" or "contacts" not in address:
            assert browser.post(address, form).status_code == 403, address
    assert standing(seller) == before
    for name in ("company", "company-profile", "company-agreement", "company-members", "company-contacts"):
        assert browser.get(page_of(name)).status_code == 200


@pytest.mark.parametrize("name", ["company-members", "company-contacts"])
def test_the_lists_ask_no_more_for_many_rows(name: str, seller: Seller, market: Market, browser_of_member: Client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser_of_member.get(page_of(name))
        return len(asked)

    few = queries()
    for number in range(10):
        address = f"n{number}@voltwise.example"
        invitation = invitations.invite_member(seller=seller, email=address, role="viewer", by="tests")
        invitations.accept_invitation(invitation=invitation, by="tests")
        contacts.add_dispatch_contact(seller=seller, market=market, email=address, by="tests")
    assert queries() == few <= 15


class TestPilotMarket:
    """A market of pilot sellers is not there for others: no list, no page, no map, no API, no taking part."""

    @pytest.fixture(autouse=True)
    def _pilot(self, market: Market, competition: Any, seller: Seller, other_seller: Seller) -> None:
        Market.objects.update(stage="pilot")
        Admission.objects.filter(seller=seller).update(wave="pilot")

    def test_an_outsider_sees_nothing_of_it(
        self, market: Market, competition: Any, other_seller: Seller, other_member: User, signed_in: Any
    ):
        from markets.operations.tokens import issue_token

        browser = signed_in(other_member)
        for page in ("/", page_of("competitions"), page_of("competition-map"), page_of("company")):
            shown = browser.get(page).content.decode()
            assert competition.name not in shown, page
            assert f">{market}<" not in shown, page
        assert browser.get(page_of("competition", competition.pk)).status_code == 404
        assert browser.post(page_of("competition", competition.pk), {}).status_code == 404
        assert browser.post(page_of("take-part", market.pk)).status_code == 404
        _, token = issue_token(name="t", seller=other_seller, by="tests")
        answer = Client().get("/api/v1/competitions", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["items"]) == (200, [])

    def test_a_pilot_seller_sees_it(self, competition: Any, browser_of_member: Client):
        assert competition.name in browser_of_member.get(page_of("competitions")).content.decode()
        assert browser_of_member.get(page_of("competition", competition.pk)).status_code == 200

    def test_results_of_a_mock_market_reach_only_who_takes_part(
        self, market: Market, seller: Seller, other_seller: Seller
    ):
        from markets.operations.admissions import heard

        Admission.objects.filter(seller=other_seller).delete()
        assert heard(market, [seller, other_seller]) == [seller]


def test_the_buttons_of_a_webhook_lead_back_to_its_page(seller: Seller, browser_of_member: Client):
    webhook, _ = add_sellers_webhook(seller=seller, url="https://flex.example/hook", by="tests")
    its_page = page_of("company-webhook", webhook.pk)
    tested = browser_of_member.post(page_of("webhook-test", webhook.pk), follow=True)
    assert tested.redirect_chain == [(its_page, 302)]
    assert said(tested) == ["The test is on its way. What came back stands below in a moment."]
    Webhook.objects.filter(pk=webhook.pk).update(stopped_at=webhook.created_at)
    assert browser_of_member.post(page_of("webhook-start", webhook.pk)).headers["Location"] == its_page
