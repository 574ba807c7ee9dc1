"""Calling operators' webhooks: claim a call, make it, record what came of it; never inside a transaction.

Signed after the Standard Webhooks specification. One call after the other for each webhook, the oldest first: while
one waits for its next try the others wait behind it, so that an address that is down is asked as seldom as the
schedule says, however much is new.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from standardwebhooks import Webhook as Signer

from ..models import SandboxFault, Webhook, WebhookCall
from .posting import Answer, Unreached, post
from .sandbox import next_fault
from .webhooks import may_be_loopback

PAUSES = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before the second try, the third ...: the schedule of the specification, three days in all."""
CLAIM = timedelta(minutes=2)
LATEST_START = 45
"""Seconds: no call is begun later in a round; the next round goes on."""
GONE = 410
Status = WebhookCall.Status


def make_calls(*, alarms: bool = False) -> int:
    """Makes the calls that are due, as many as a round has time for. Returns how many were tried.

    `alarms`: those to our own people on call, which never wait behind somebody's slow address; else all others.
    """
    until = monotonic() + LATEST_START
    made = 0
    while monotonic() < until and (call := _claim(alarms)) is not None:
        _make(call)
        made += 1
    return made


@transaction.atomic
def _claim(alarms: bool) -> WebhookCall | None:
    """The next due call, for this worker alone. The try counts from here, so that one that kills us counts too."""
    now = timezone.now()
    others = WebhookCall.objects.filter(webhook=OuterRef("webhook"), status=Status.READY).exclude(pk=OuterRef("pk"))
    ahead = others.filter(Q(claimed_until__gt=now) | Q(tries__gt=0, not_before__gt=now))
    due = WebhookCall.objects.filter(
        ~Exists(ahead),
        Q(claimed_until=None) | Q(claimed_until__lt=now),
        status=Status.READY,
        not_before__lte=now,
        webhook__stopped_at=None,
        webhook__alarms_of__isnull=not alarms,
    )
    call = due.select_related("webhook").select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
    if call is not None:
        call.tries, call.claimed_until, call.not_before = call.tries + 1, now + CLAIM, _next_try(call.tries, now)
        call.save(update_fields=["tries", "claimed_until", "not_before"])
    return call


def _next_try(tries: int, now: datetime, asked: int | None = None) -> datetime:
    """When a call that was tried so many times before is tried again; `asked`: the pause that the other side wants."""
    pause = PAUSES[min(tries, len(PAUSES) - 1)]
    return now + timedelta(seconds=max(pause, min(asked or 0, PAUSES[-1])))


def _make(call: WebhookCall) -> None:
    webhook = call.webhook
    body = json.dumps(call.body, separators=(",", ":"))
    try:
        for _ in range(_how_often(call)):
            answer: Answer | str = post(
                url=webhook.url,
                content=body.encode(),
                headers=_headers(call, body),
                loopback=may_be_loopback(webhook.is_sandbox),
            )
    except Unreached as error:
        answer = str(error)
    _record(call, answer)


def _how_often(call: WebhookCall) -> int:
    """Once; twice where the holder of a sandbox asked to see that."""
    if not call.webhook.is_sandbox:
        return 1
    doubled = next_fault(operator_id=call.webhook.operator_id, kinds=[SandboxFault.Kind.DOUBLE], call="events")
    return 1 if doubled is None else 2


def _headers(call: WebhookCall, body: str) -> dict[str, str]:
    now = timezone.now()
    signatures = (Signer(secret).sign(call.event_id, now, body) for secret in _secrets(call.webhook, now))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Piclo-NGED-Webhooks/1",
        "webhook-id": call.event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _secrets(webhook: Webhook, now: datetime) -> Iterator[str]:
    yield webhook.secret
    if webhook.previous_until is not None and now < webhook.previous_until:
        yield webhook.previous_secret


@transaction.atomic
def _record(call: WebhookCall, answer: Answer | str) -> None:
    """What came of it. Where somebody else recorded the call as taken meanwhile, that stands."""
    now = timezone.now()
    status = answer.status if isinstance(answer, Answer) else 0
    taken, gone = 200 <= status < 300, status == GONE
    known: dict[str, object] = {"claimed_until": None, "answer": _shown(answer)}
    if taken:
        known |= {"status": Status.SENT, "sent_at": now}
    elif gone or call.tries > len(PAUSES):
        known["status"] = Status.FAILED
    elif isinstance(answer, Answer) and answer.retry_after:
        known["not_before"] = _next_try(call.tries - 1, now, answer.retry_after)
    WebhookCall.objects.filter(pk=call.pk, status=Status.READY).update(**known)
    webhook = Webhook.objects.filter(pk=call.webhook_id)
    if taken:
        webhook.exclude(failing_since=None).update(failing_since=None)
    else:
        webhook.filter(failing_since=None).update(failing_since=now)
    if gone:
        webhook.update(stopped_at=now, stopped_because="It answered 410 Gone: nobody is called there any more.")


def _shown(answer: Answer | str) -> str:
    return answer if isinstance(answer, str) else f"{answer.status} {answer.text}".strip()
