"""What is missing until a seller's first bid: each thing, who has to do it, and where. Pages show it until nothing is."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from ..models import (
    AccountLink,
    Admission,
    Agreement,
    Asset,
    DispatchContact,
    Market,
    Operator,
    Seller,
    SellerIdentity,
    TestParty,
)
from ..rules.agreement import VERSION


@dataclass(frozen=True)
class Item:
    """`state` is one of done, yours (the seller acts), ours (somebody else does), optional. `page` is where it is done."""

    title: str
    state: str
    words: str
    page: str = ""

    @property
    def is_missing(self) -> bool:
        return self.state in ("yours", "ours")


def checklist(seller: Seller) -> list[Item]:
    """Everything between the invitation and the first bid, in the order in which it is done."""
    season = markets_of(seller).exclude(test_party__status=TestParty.Status.CLOSED)  # an ended party asks for nothing
    markets = list(season.select_related("operator"))
    return [
        _profile(seller),
        _agreement(seller),
        _verified(seller),
        *(_mailbox(seller, market) for market in markets),
        *([] if markets else [_no_market()]),
        _asset(seller),
        *(_account(seller, operator) for operator in operators_of(markets)),
    ]


def markets_of(seller: Seller) -> QuerySet[Market]:
    """Markets open to the seller, mock ones only where it said that it takes part."""
    accepted = Admission.objects.filter(market=OuterRef("pk"), seller=seller, accepted_at__isnull=False)
    verified = DispatchContact.objects.filter(market=OuterRef("pk"), seller=seller, verified_at__isnull=False)
    there = DispatchContact.objects.filter(market=OuterRef("pk"), seller=seller)
    markets = Market.objects.open_to(seller).annotate(
        taken_part=Exists(accepted), has_mailbox=Exists(verified), has_contact=Exists(there)
    )
    return markets.exclude(is_mock=True, taken_part=False).order_by("name")


def markets_to_accept(seller: Seller) -> QuerySet[Market]:
    """Markets open to the seller in which it has not said that it takes part. Test parties have invitations of their own."""
    accepted = Admission.objects.filter(seller=seller, accepted_at__isnull=False)
    seasons = Market.objects.open_to(seller).filter(test_party=None)
    return seasons.exclude(pk__in=accepted.values("market")).order_by("name")


def operators_of(markets: list[Market]) -> list[Operator]:
    """The operators of the markets, each once."""
    return list({market.operator_id: market.operator for market in markets}.values())


def _profile(seller: Seller) -> Item:
    page = reverse("markets:company-profile")
    if seller.address and seller.phone:
        return Item("Company profile", "done", "Address and telephone are there.", page)
    return Item("Company profile", "yours", "Give the registered address and a telephone number.", page)


def _agreement(seller: Seller) -> Item:
    page = reverse("markets:company-agreement")
    signed = set(Agreement.objects.filter(seller=seller).values_list("version", flat=True))
    if VERSION in signed:
        return Item("Standard agreement", "done", f"Version {VERSION} is signed.", page)
    new = f"There is a new version, {VERSION}. " if signed else ""
    return Item("Standard agreement", "yours", f"{new}An owner signs it: no bid is taken without it.", page)


def _verified(seller: Seller) -> Item:
    if seller.status == Seller.Status.VERIFIED:
        return Item("Verified by Piclo", "done", "Your company is who it says it is.")
    if seller.status == Seller.Status.SUSPENDED:
        return Item("Verified by Piclo", "ours", "Your company is suspended: ask customer success why.")
    return Item("Verified by Piclo", "ours", "We check the company within two working days of the signature.")


def _mailbox(seller: Seller, market: Market) -> Item:
    title, page = f"Dispatch mailbox for {market}", reverse("markets:company-contacts")
    if market.has_mailbox:  # type: ignore[attr-defined]
        return Item(title, "done", "A mailbox has confirmed our test message.", page)
    if market.has_contact:  # type: ignore[attr-defined]
        return Item(title, "yours", "Confirm the test message that we sent to the mailbox.", page)
    return Item(title, "yours", "Name a mailbox that is read, and confirm our test message.", page)


def _no_market() -> Item:
    return Item("A market", "ours", "No market is open to you yet: sellers are let in one group after the other.")


def _asset(seller: Seller) -> Item:
    if Asset.objects.filter(seller=seller, retired_at=None).exists():
        return Item("First asset", "done", "At least one asset is registered.", reverse("markets:assets"))
    return Item("First asset", "yours", "Register what can deliver.", reverse("markets:asset-register"))


def _account(seller: Seller, operator: Operator) -> Item:
    title, page = f"Account at {operator}", reverse("markets:company-account")
    if SellerIdentity.objects.filter(seller=seller, operator=operator).exists():
        return Item(title, "done", f"{operator} knows you by name.", page)
    last = AccountLink.objects.filter(seller=seller, operator=operator).order_by("-pk").first()
    if last is None:
        return Item(title, "optional", f"Only if you have one on {operator}'s own platform: say which.", page)
    if last.status == AccountLink.Status.REFUSED:
        return Item(title, "yours", f"'{last.account}' could not be linked: {last.reason}", page)
    return Item(title, "ours", f"We are asking {operator} about '{last.account}'.", page)
