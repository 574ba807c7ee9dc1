"""What is missing until the first bid, for the pages that show it: a seller's home and its company page."""

from typing import Any

from django import template

from ..web.access import MAY_TRADE, membership_of
from ..web.checklist import checklist, markets_to_accept

register = template.Library()


@register.inclusion_tag("markets/joining_panel.html", takes_context=True)
def joining_panel(context: dict[str, Any]) -> dict[str, Any]:
    """Markets to take part in, and the checklist while something is missing. Shows nothing once all is done."""
    request = context["request"]
    membership = membership_of(request)
    if membership is None:
        return {}
    items = checklist(membership.seller)
    return {
        "csrf_token": context.get("csrf_token"),
        "to_accept": markets_to_accept(membership.seller),
        "checklist": items,
        "missing": any(item.is_missing for item in items),
        "may_trade": membership.role in MAY_TRADE,
    }
