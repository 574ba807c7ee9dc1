"""The day before a service day: what is to be delivered without any trigger."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from markets.models import Mail, Market, Seller
from markets.rules.words import kw

from ..rules.reminding import Service
from ..rules.wording import clock, day_named
from .instruction import MACHINE

MOST_SERVICES = 60
"""As many are told in a mail; the list of contracts has them all."""


def reminder(
    *, market: Market, seller: Seller, recipients: Sequence[str], day: date, services: Sequence[Service]
) -> list[Mail]:
    """One mail to each recipient: the windows of the day, in the order of time."""
    windows = [
        {
            "hours": f"{clock(service.starts_at)} to {clock(service.ends_at)}",
            "capacity": kw(service.capacity_kw),
            "service": service,
        }
        for service in services[:MOST_SERVICES]
    ]
    told = {
        "market": market,
        "seller": seller,
        "day": day_named(day),
        "windows": windows,
        "count": len(services),
        "further": len(services) - len(windows),
        "link": settings.SITE_URL + reverse("markets:contracts"),
    }
    text, html = (render_to_string(f"emails/dispatch/reminder.{end}", told) for end in ("txt", "html"))
    count = f"{len(services)} window{'' if len(services) == 1 else 's'}"
    subject = f"{'MOCK | ' if market.is_mock else ''}Tomorrow, {day_named(day)}: deliver in {count} | {market}"
    return [
        Mail(recipient=recipient, subject=subject[:300], text=text, html=html, headers=MACHINE)
        for recipient in recipients
    ]
