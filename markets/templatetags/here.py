"""Who is here, and where a competition stands: what templates ask beside what their view gives them."""

from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html

from ..models import Competition, Membership
from ..web.access import membership_of, memberships_of
from ..web.gates import Gate, gate_of
from ..web.typed import FIELD, Whose

register = template.Library()


@register.simple_tag(takes_context=True)
def membership(context: dict[str, Any]) -> Membership | None:
    """The membership in use, also on pages of other packages (sign-in, errors)."""
    request: HttpRequest | None = context.get("request")
    return membership_of(request) if request is not None else None


@register.simple_tag(takes_context=True)
def whose_form(context: dict[str, Any]) -> str:
    """In every form into which something is typed: for whom it was made, so that it is never lost or another's."""
    here_as = membership(context)
    if here_as is None:
        return ""
    return format_html(
        '<input type="hidden" name="{}" value="{}">', FIELD, Whose(here_as.user_id, here_as.seller_id).sign()
    )


@register.simple_tag(takes_context=True)
def other_memberships(context: dict[str, Any]) -> list[Membership]:
    """The person's memberships of other sellers, to switch to."""
    request = context["request"]
    used = membership_of(request)
    return [m for m in memberships_of(request) if used is None or m.pk != used.pk]


@register.simple_tag
def gate(competition: Competition, market_time: datetime) -> Gate:
    """Where the competition stands at its market's time."""
    return gate_of(competition, market_time)


@register.simple_tag(takes_context=True)
def address_with(context: dict[str, Any], **changes: Any) -> str:
    """The query of this address with some values changed, so that filters survive paging."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


@register.filter
def article_and_section(named: str) -> tuple[str, str]:
    """`bidding#gate-closure` as ("bidding", "gate-closure"); without a section the second is empty."""
    slug, _, anchor = named.partition("#")
    return slug, anchor


@register.filter
def entry(words: dict[str, str], key: str) -> str:
    """What a table of words says for a key that is itself a variable."""
    return words[key]
