"""Who reaches what, on every address of the pages: one's own seller's rows, and nobody else's. A new address needs a case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

import dispatch.urls
import markets.urls
import piclo_nged.urls
import settlement.urls
import sops.urls
from dispatch.models import Acknowledgement, Instruction
from dispatch.operations import answer_token
from markets.models import Asset, AssetUpload, Bid, BidChange, BidUpload, Seller, Token, User, Webhook
from markets.operations.bid_uploads import keep_upload
from markets.operations.competitions import preview_link
from markets.operations.invitations import invite_member
from markets.operations.links import link
from markets.operations.tokens import issue_token
from markets.operations.webhooks import add_sellers_webhook
from markets.rules.bids_file import write_bids_file
from settlement.models import Statement

from .markup import faults

pytestmark = pytest.mark.django_db


@dataclass
class Things:
    """One of each of the seller's things."""

    bid: Bid
    instruction: Instruction
    statement: Statement

    def address(self, name: str) -> str:
        competition = self.bid.competition
        token = answer_token(instruction_id=self.instruction.pk, mailbox=self.mailbox[1])
        seller = self.bid.seller
        values: dict[str, list[Any]] = {
            "markets:invitation": [token_of(link("markets:invitation", seller.invitations.get(accepted_at=None).pk))],
            "markets:contact-test": [token_of(link("markets:contact-test", *self.mailbox))],
            "markets:company-member": [seller.memberships.order_by("pk")[0].pk],
            "markets:company-contact": [self.mailbox[0]],
            "markets:company-token": [tokens_of(seller).pk],
            "markets:company-webhook": [webhook_of(seller).pk],
            "markets:competition": [competition.pk],
            "markets:preview": [preview_link(competition).rstrip("/").rpartition("/")[2]],
            "markets:asset": [self.asset.pk],
            "markets:asset-revise": [self.asset.pk],
            "markets:asset-retire": [self.asset.pk],
            "markets:asset-upload": [self.upload.pk],
            "markets:bid": [self.bid.reference],
            "markets:bid-revise": [self.bid.reference],
            "markets:bid-withdraw": [self.bid.reference],
            "markets:bid-upload-template": [competition.market.key],
            "markets:bid-upload-preview": [upload_of(self.bid).pk],
            "markets:bid-upload-problems": [upload_of(self.bid).pk],
            "dispatch:instruction": [self.instruction.reference],
            "dispatch:answer": [token],
            "settlement:statement": [self.statement.reference],
            "sops:article": ["bidding"],
        }
        return reverse(name, args=values.get(name, []))

    @property
    def asset(self) -> Asset:
        return self.bid.assets.get()

    @property
    def upload(self) -> AssetUpload:
        content = b"ref,name,asset_type\nA,Depot EV-1,Battery\n"
        return AssetUpload.objects.get_or_create(seller=self.bid.seller, content=content)[0]

    @property
    def mailbox(self) -> tuple[int, str]:
        """Key and address of the seller's dispatch contact."""
        contact = self.bid.seller.dispatch_contacts.get()
        return contact.pk, contact.email

    @property
    def secrets(self) -> list[str]:
        """What only members may read."""
        references = [f">{thing.reference}<" for thing in (self.bid, self.bid.contract, self.instruction)]
        return [*references, "Voltwise", "Depot EV-1", "24.88"]


PUBLIC = {
    "home",
    "dispatch:answer",
    "markets:contact-test",
    "markets:invitation",
    "markets:join",
    "markets:join-sent",
    "markets:preview",
    "sops:article",
    "sops:help",
}
LISTS = {
    "markets:competitions",
    "markets:competition-map",
    "markets:competition",
    "markets:calendar",
    "markets:bids",
    "markets:bid-upload",
    "markets:bid-upload-template",
    "markets:contracts",
    "markets:contracts-file",
    "markets:assets",
    "markets:asset-register",
    "markets:asset-import",
    "markets:asset-template",
    "markets:assets-file",
    "markets:company",
    "markets:company-profile",
    "markets:company-agreement",
    "markets:company-account",
    "markets:company-members",
    "markets:company-contacts",
    "markets:company-tokens",
    "markets:company-webhooks",
    "dispatch:instructions",
    "settlement:statements",
}
OWN = {
    "markets:asset",
    "markets:asset-retire",
    "markets:asset-revise",
    "markets:asset-upload",
    "markets:bid",
    "markets:bid-revise",
    "markets:bid-withdraw",
    "markets:bid-upload-preview",
    "markets:bid-upload-problems",
    "markets:company-member",
    "markets:company-contact",
    "markets:company-token",
    "markets:company-webhook",
    "dispatch:instruction",
    "settlement:statement",
}
POSTED = {  # whose row it is: test_company.py, test_notes.py, test_webhooks.py
    "markets:choose-seller",
    "markets:contact-remove",
    "markets:contact-retest",
    "markets:invitation-renew",
    "markets:invitation-revoke",
    "markets:leave-note",
    "markets:member-remove",
    "markets:party-accept",
    "markets:take-part",
    "markets:token-revoke",
    "markets:webhook-remove",
    "markets:webhook-secret",
    "markets:webhook-start",
    "markets:webhook-test",
}
OF_A_PARTY = {"party-results"}  # test_party_results.py
SHOWN = sorted(PUBLIC | LISTS | OWN)
APPS = (markets.urls, dispatch.urls, settlement.urls, sops.urls)
FOR_MACHINES = {"health", "health-dispatch", "canary-triggers"}  # test_canary.py
OF_THE_SITE = {pattern.name for pattern in piclo_nged.urls.urlpatterns if isinstance(pattern, URLPattern)}
NAMES = OF_THE_SITE - FOR_MACHINES | {f"{app.app_name}:{pattern.name}" for app in APPS for pattern in app.urlpatterns}


@pytest.fixture
def things(contract: Any, instruction: Instruction, statement: Statement) -> Things:
    invite_member(seller=contract.seller, email="new@voltwise.example", role="trader", by="tests")
    return Things(contract.bid, instruction, statement)


def tokens_of(seller: Seller) -> Token:
    """A token of the seller's."""
    return seller.tokens.first() or issue_token(name="Trading desk", seller=seller, by="tests")[0]


def webhook_of(seller: Seller) -> Webhook:
    """A webhook of the seller's."""
    url = "https://flex.example/hook"
    return seller.webhooks.first() or add_sellers_webhook(seller=seller, url=url, by="tests")[0]


def upload_of(bid: Bid) -> BidUpload:
    """A file of bids of the bid's seller, with a row to correct."""
    row = {"competition": "Voltwise", "windows": "Evening", "capacity_kw": "5", "assets": "Depot EV-1"}
    content = "".join(write_bids_file([row])).encode()
    return BidUpload.objects.filter(seller=bid.seller).first() or keep_upload(
        seller=bid.seller, market=bid.competition.market, filename="bids.csv", content=content, by="tests"
    )


def token_of(address: str) -> str:
    return address.rstrip("/").rsplit("/")[-1]


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
    ("markets:asset", "post"),
    ("markets:bid", "post"),
    ("markets:bid-upload-problems", "post"),
    ("markets:company-token", "post"),
    ("markets:company-webhook", "post"),
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
