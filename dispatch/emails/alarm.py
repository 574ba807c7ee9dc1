"""An alarm to customer success on call."""

from collections.abc import Iterable, Sequence

from django.conf import settings

from markets.models import Mail
from markets.operations.mail import sender_domain

from .instruction import MACHINE, URGENT
from .sketch import fill


def alarm(
    *, recipients: Iterable[str], headline: str, sentences: Sequence[str], extract: str = "", key: str
) -> list[Mail]:
    """An alarm to on-call. `key` makes it one per cause: the same alarm queued again has the same Message-ID."""
    words = {"headline": headline, "extract": extract, "console_url": f"{settings.SITE_URL}/console/"}
    text, html = (fill(f"emails/dispatch/alarm.{end}", words, {"sentences": sentences}) for end in ("txt", "html"))
    return [
        Mail(
            lane=Mail.Lane.INSTRUCTION,
            recipient=recipient,
            subject=f"ALARM: {headline}"[:300],
            text=text,
            html=html,
            headers=MACHINE | URGENT,
            message_id=f"<{key}.{number}@{sender_domain()}>",
        )
        for number, recipient in enumerate(recipients)
    ]
