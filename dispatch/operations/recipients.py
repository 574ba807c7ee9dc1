"""Whom a trigger's calls reach, decided by `dispatch.rules.addressee` from what was looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

from markets.models import DispatchContact, Market, Operator, Seller, SellerIdentity

from ..rules.addressee import Addressee, Found, Mailbox, addressee, reached
from ..rules.notice import Call
from .situation import Situation

MOST_CANDIDATES = 6


@dataclass(frozen=True, slots=True)
class To:
    """One address. `contact_id` None: customer success on call, who is told why by the `note`."""

    address: str
    contact_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets the instruction of one call. `seller_id` None: not known or not clear."""

    seller_id: int | None
    mailboxes: tuple[To, ...]


def recipients(*, situation: Situation, zone: str, calls: Sequence[Call]) -> list[Recipients]:
    """One per call, in the calls' order. Asks again only where a seller is not known: for the candidates."""
    found = [situation.about(call) for call in calls]
    unknown = [call for call, evidence in zip(calls, found, strict=True) if not evidence]
    alike = _alike(situation.market, zone, unknown) if unknown else {}
    addressees = [
        addressee(call, evidence, () if evidence else alike[_first_word(call)], rehearsal=situation.market.is_mock)
        for call, evidence in zip(calls, found, strict=True)
    ]
    oncall: list[str] = []
    if any(who.tell_oncall for who in addressees):
        oncall = oncall_addresses(market=situation.market, operator=situation.market.operator)
    return [_recipients(who, oncall) for who in addressees]


def recipients_of(*, market: Market, seller: Seller) -> Recipients:
    """Of an instruction whose seller was found with its contract."""
    contacts = DispatchContact.objects.filter(market=market, seller=seller).order_by("pk")
    boxes = tuple(Mailbox(contact.pk, contact.email, contact.verified_at is not None) for contact in contacts)
    who = reached(Found(seller.pk, seller.name, seller.phone, boxes), rehearsal=market.is_mock)
    return _recipients(who, oncall_addresses(market=market, operator=market.operator) if who.tell_oncall else [])


def oncall_addresses(*, market: Market | None, operator: Operator) -> list[str]:
    """Customer success on call: the market's address, else those of the operator's markets, else our own mailbox.

    A mock market wakes nobody who is on call for real ones.
    """
    if market is not None and market.oncall_email:
        return [market.oncall_email]
    others = operator.markets.exclude(oncall_email="")
    if market is not None:
        others = others.filter(is_mock=market.is_mock)
    return sorted(set(others.values_list("oncall_email", flat=True))) or [parseaddr(settings.DEFAULT_FROM_EMAIL)[1]]


def _recipients(who: Addressee, oncall: Sequence[str]) -> Recipients:
    boxes = [To(box.email, box.contact_id) for box in who.mailboxes]
    if who.tell_oncall:
        boxes += [To(address, note=who.note) for address in oncall]
    return Recipients(who.seller.seller_id if who.seller else None, tuple(boxes))


def _first_word(call: Call) -> str:
    return call.seller.lower().partition(" ")[0]


def _alike(market: Market, zone: str, calls: Sequence[Call]) -> dict[str, list[str]]:
    """Candidates per first word of the name: sellers whose name at the operator begins alike, and those contracted in the
    zone."""
    in_zone = Seller.objects.filter(contracts__market=market, contracts__bid__competition__zone__code=zone)
    contracted = [
        f"{name}, contracted in {zone}" for name in in_zone.distinct().values_list("name", flat=True)[:MOST_CANDIDATES]
    ]
    names = list(SellerIdentity.objects.filter(operator=market.operator_id).values_list("name", "seller__name"))
    found = {}
    for word in {_first_word(call) for call in calls}:
        similar = [f"{ours} ('{theirs}')" for theirs, ours in names if word and theirs.lower().startswith(word)]
        found[word] = [*similar[:MOST_CANDIDATES], *contracted]
    return found
