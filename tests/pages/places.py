"""Every address of the pages by who reaches it, and one thing of each kind to fill them with."""

from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, reverse

import dispatch.urls
import markets.urls
import piclo_nged.urls
import settlement.urls
import sops.urls
from dispatch.models import Instruction
from dispatch.operations import answer_token
from markets.models import Asset, AssetUpload, Bid, BidUpload, Seller, Token, Webhook
from markets.operations.bid_uploads import keep_upload
from markets.operations.competitions import preview_link
from markets.operations.links import link
from markets.operations.tokens import issue_token
from markets.operations.webhooks import add_sellers_webhook
from markets.rules.bids_file import write_bids_file
from settlement.models import LineQuery, ReadingUpload, Statement
from settlement.operations import keep_reading_upload, raise_query


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
            "settlement:asset-readings": [self.asset.pk],
            "settlement:statement": [self.statement.reference],
            "settlement:statement-csv": [self.statement.reference],
            "settlement:statement-pdf": [self.statement.reference],
            "settlement:reading-upload": [readings_of(self.statement.seller).pk],
            "settlement:line": [self.statement.reference, self.statement.run.lines.get().pk],
            "settlement:query": [self.statement.reference, self.statement.run.lines.get().pk],
            "settlement:query-file": [query_of(self.statement).reference],
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
    "settlement:readings",
    "settlement:readings-send",
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
    "settlement:asset-readings",
    "settlement:line",
    "settlement:statement-csv",
    "settlement:statement-pdf",
    "settlement:query",
    "settlement:reading-upload",
    "settlement:query-file",
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


def tokens_of(seller: Seller) -> Token:
    """A token of the seller's."""
    return seller.tokens.first() or issue_token(name="Trading desk", seller=seller, by="tests")[0]


def readings_of(seller: Seller) -> ReadingUpload:
    """A file of readings of the seller."""
    content = f"asset,start_utc,kw\n{seller.assets.all()[0].ref},2026-11-02T00:00Z,-4\n".encode()
    return seller.reading_uploads.first() or keep_reading_upload(
        seller=seller, filename="readings.csv", content=content, by="tests"
    )


def query_of(statement: Statement) -> LineQuery:
    """A query about the statement, with a file."""
    asked = {"text": "Why?", "file": b"17:00,30", "file_name": "meter.csv"}
    return statement.queries.first() or raise_query(
        statement=statement, line=statement.run.lines.get(), by=statement.seller.memberships.all()[0].user, **asked
    )


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
