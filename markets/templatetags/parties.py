"""Where a seller stands with test parties, for the strip above every page. `{% load parties %}`."""

from dataclasses import dataclass, field
from typing import Any

from django import template
from django.http import HttpRequest

from ..models import Admission, Market, TestParty
from ..web.access import MAY_TRADE, membership_of

register = template.Library()


@dataclass
class Parties:
    """The newest party under way that the seller takes part in, and the ones that it is invited to.

    `joined` are all that it ever took part in, by market.
    """

    party: TestParty | None = None
    joined: dict[int, TestParty] = field(default_factory=dict)
    invited: list[TestParty] = field(default_factory=list)
    may_accept: bool = False


@register.simple_tag(takes_context=True)
def test_parties(context: dict[str, Any]) -> Parties:
    """One query a page; none for strangers, and none where no request is (mails, errors)."""
    request = context.get("request")
    kept = {} if request is None else vars(request)
    if "test_parties" not in kept:
        kept["test_parties"] = _parties(request)
    here: Parties = kept["test_parties"]
    return here


@register.simple_tag(takes_context=True)
def party_of(context: dict[str, Any], market: Market) -> TestParty | None:
    """The party that plays in this market, if the seller takes part in it; it may have ended since."""
    return test_parties(context).joined.get(market.pk)


def _parties(request: HttpRequest | None) -> Parties:
    membership = membership_of(request) if request is not None else None
    if membership is None:
        return Parties()
    here = Parties(may_accept=membership.role in MAY_TRADE)
    rows = Admission.objects.filter(seller=membership.seller_id, market__test_party__isnull=False)
    with_party = rows.select_related("market__test_party").defer("market__test_party__source")
    for admission in with_party.order_by("market__test_party__pk"):
        party = admission.market.test_party
        has_ended = party.status == TestParty.Status.CLOSED
        if admission.accepted_at:
            here.joined[admission.market_id] = party
            here.party = here.party if has_ended else party
        elif not has_ended:
            here.invited.append(party)
    return here
