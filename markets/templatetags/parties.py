"""Where a seller stands with test parties, for the strip above every page. `{% load parties %}`."""

from dataclasses import dataclass, field
from typing import Any

from django import template

from ..models import Admission, TestParty
from ..web.access import MAY_TRADE, membership_of

register = template.Library()


@dataclass
class Parties:
    """The newest party that the seller takes part in, and the ones that it is invited to."""

    party: TestParty | None = None
    invited: list[TestParty] = field(default_factory=list)
    may_accept: bool = False


@register.simple_tag(takes_context=True)
def test_parties(context: dict[str, Any]) -> Parties:
    """One query a page; none for strangers, and none where no request is (mails, errors)."""
    request = context.get("request")
    membership = membership_of(request) if request is not None else None
    if membership is None:
        return Parties()
    here = Parties(may_accept=membership.role in MAY_TRADE)
    rows = Admission.objects.filter(seller=membership.seller_id, market__test_party__isnull=False).exclude(
        market__test_party__status=TestParty.Status.CLOSED
    )
    for admission in (
        rows.select_related("market__test_party").defer("market__test_party__source").order_by("market__test_party")
    ):
        if admission.accepted_at is None:
            here.invited.append(admission.market.test_party)
        else:
            here.party = admission.market.test_party
    return here
