"""The ordinary emails of registration and bidding, as mails ready for the outbox."""

from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string

from .models import Mail, Market, Membership, Seller


def invitation(*, seller: Seller, email: str) -> Mail:
    """How an invited person signs in."""
    text = render_to_string("emails/markets/invitation.txt", {"seller": seller, "site_url": settings.SITE_URL})
    return Mail(recipient=email, subject="You are invited to Piclo × NGED", text=text)


def results(*, seller: Seller, market: Market, accepted: int, rejected: int) -> Iterable[Mail]:
    """What became of a seller's bids: one mail to each member who bids."""
    members = seller.memberships.exclude(role=Membership.Role.VIEWER).select_related("user")
    text = render_to_string(
        "emails/markets/results.txt",
        {"seller": seller, "market": market, "accepted": accepted, "rejected": rejected, "site_url": settings.SITE_URL},
    )
    for member in members:
        yield Mail(recipient=member.user.email, subject=f"Results of {market}: {accepted} bids accepted", text=text)
