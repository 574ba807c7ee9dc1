"""What a provider tells of a mail after it had accepted it: kept once each, and the mail shows how far it came."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ..models import Mail, MailEvent

Kind = MailEvent.Kind
SHOWS = {
    Kind.DELIVERED: "delivered_at",
    Kind.OPENED: "opened_at",
    Kind.CLICKED: "opened_at",
    **dict.fromkeys(MailEvent.CAME_BACK, "bounced_at"),
}
"""The field of the mail that each kind sets, at the first event of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the provider tells it. What it does not tell is empty; `mail` is our own key, sent along with the mail."""

    provider: str
    kind: str
    event: str = ""
    provider_key: str = ""
    mail: str = ""
    recipient: str = ""
    at: datetime | None = None
    detail: str = ""


@transaction.atomic
def keep_event(told: Told) -> MailEvent | None:
    """Keeps an event of one of our mails. None: told before, of a kind that says nothing, or of no mail of ours."""
    letter = _mail_of(told) if told.kind in Kind else None
    if letter is None:
        return None
    at = told.at or timezone.now()
    values = {"mail": letter, "provider": told.provider[:40], "kind": told.kind, "at": at, "detail": told.detail[:500]}
    event, is_new = MailEvent.objects.get_or_create(key=_key(told), defaults=values)
    field = SHOWS.get(Kind(told.kind))
    if is_new and field is not None:
        Mail.objects.filter(pk=letter.pk, **{field: None}).update(**{field: at})
    return event if is_new else None


def _mail_of(told: Told) -> Mail | None:
    """By the provider's key of the message, else by ours: the event may be quicker than the record of the attempt."""
    if told.provider_key:
        by_theirs = Mail.objects.filter(attempts__provider_key=told.provider_key[:200])
        by_message_id = Mail.objects.filter(message_id=f"<{told.provider_key.strip('<>')}>")
        found = by_theirs.first() or by_message_id.first()
        if found is not None:
            return found
    key = told.mail if told.mail.isascii() and told.mail.isdigit() and len(told.mail) < 19 else ""
    found = Mail.objects.filter(pk=key).first() if key else None
    # The key alone may be that of another site on the same account.
    return found if found is not None and found.recipient.lower() == told.recipient.lower() else None


def _key(told: Told) -> str:
    """One per event. A provider that numbers none tells the same again with the same instant."""
    parts = [told.provider, told.kind, told.event]
    if not told.event:
        parts += [told.provider_key or told.mail, told.recipient.lower(), told.at.isoformat() if told.at else ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
