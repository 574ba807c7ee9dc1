"""Where mail providers tell what became of a mail. Anymail reads each provider's dialect; we keep what it tells.

The addresses are /mail-events/<provider>/tracking/, and exist only where MAIL_WEBHOOK_SECRET is set.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from anymail import urls as anymail_urls
from anymail.signals import AnymailTrackingEvent, tracking
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from dispatch.operations import alarm_bounced
from markets.models import MailEvent
from markets.operations.mail_events import Told, keep_event

LAST = "_tracking_webhook"


def _with_secret(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Without a secret anybody could say that an instruction came back."""

    @wraps(view)  # it is exempt from the check of forgeries, as the view is
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


urlpatterns = [
    path(f"{name.removesuffix(LAST)}/tracking/", _with_secret(pattern.callback), name=name)
    for pattern in anymail_urls.urlpatterns
    if (name := pattern.name or "").endswith(LAST)
]


@receiver(tracking)
def keep(sender: Any, event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    """Keeps the event; a mail that came back alarms at once. An error is a 500, and the provider tells it again."""
    told = Told(
        provider=esp_name,
        kind=str(event.event_type),
        event=str(event.event_id or ""),
        provider_key=str(event.message_id or ""),
        mail=str((event.metadata or {}).get("mail", "")),
        recipient=event.recipient or "",
        at=event.timestamp,
        detail=" ".join(filter(None, [event.reject_reason, event.mta_response or event.description])),
    )
    with transaction.atomic():
        kept = keep_event(told)
        if kept is not None and kept.kind in MailEvent.CAME_BACK:
            alarm_bounced(mail_id=kept.mail_id, said=kept.detail, by=esp_name)
