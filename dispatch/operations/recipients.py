"""Whom a trigger's calls reach, decided by `dispatch.rules.addressee` from what was looked up."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings

from markets.models import Market, Operator, Seller, SellerIdentity

from ..rules.addressee import Addressee, addressee
from ..rules.notice import Call
from .situation import Situation

MOST_CANDIDATES = 6


def addressees(*, market: Market, situation: Situation, zone: str, calls: Sequence[Call]) -> list[Addressee]:
    """One per call, in the calls' order. Asks again only where a seller is not known: for the candidates."""
    found = [situation.about(call) for call in calls]
    unknown = [call for call, evidence in zip(calls, found, strict=True) if not evidence]
    alike = _alike(market, zone, unknown) if unknown else {}
    return [
        addressee(call, evidence, () if evidence else alike[_first_word(call)])
        for call, evidence in zip(calls, found, strict=True)
    ]


def oncall_addresses(*, market: Market | None, operator: Operator) -> list[str]:
    """Customer success on call: the market's address, else those of the operator's markets, else our own mailbox."""
    if market is not None and market.oncall_email:
        return [market.oncall_email]
    others = operator.markets.exclude(oncall_email="").values_list("oncall_email", flat=True)
    return sorted(set(others)) or [parseaddr(settings.DEFAULT_FROM_EMAIL)[1]]


def _first_word(call: Call) -> str:
    return call.seller.lower().partition(" ")[0]


def _alike(market: Market, zone: str, calls: Sequence[Call]) -> dict[str, list[str]]:
    """Candidates per first word of the name: sellers whose name at the operator begins alike, and those contracted in the zone."""
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
