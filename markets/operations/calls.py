"""Calling webhooks: claim a call, make it, record what came of it; never inside a transaction.

Signed after the Standard Webhooks specification. An operator's are called one after the other, the oldest first: while
one waits for its next try the others wait behind it, so that an address that is down is asked as seldom as the
schedule says, however much is new. A seller's call tells of an instruction: it waits behind no other, a few are made at
once, and the next try comes soon.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from standardwebhooks import Webhook as Signer

from ..models import SandboxFault, Webhook, WebhookCall
from .posting import Answer, Unreached, post
from .sandbox import next_fault
from .webhooks import may_be_loopback

PAUSES = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before the second try, the third ...: the schedule of the specification, three days in all."""
SOON = (1, 5, 30, 120, 600, 1800, 3600, 7200, 14_400)
"""The same for a seller's: an instruction is news for hours, not for days. Given up after about eight."""
CLAIM = timedelta(minutes=2)
CLAIM_OF_A_SELLERS = timedelta(seconds=30)  # longer than a call may take
MOST_UNDER_WAY = 2
"""Calls at once to one address of a seller: another one need not wait behind an answer that is slow."""
LATEST_START = 45
"""Seconds: no call is begun later in a round; the next round goes on."""
GONE = 410
Status = WebhookCall.Status


def make_calls(*, alarms: bool = False) -> int:
    """Makes the calls that are due, as many as a round has time for. Returns how many were tried.

    `alarms`: those to our own people on call, which never wait behind somebody's slow address; else all others.
    """
    return _while_there_is_time(lambda: _claim(alarms))


def make_sellers_calls(*, overdue: timedelta) -> int:
    """Behind the caller: makes what it left for so long. Returns how many were tried."""
    return _while_there_is_time(lambda: claim_for_seller(due_before=timezone.now() - overdue))


def _while_there_is_time(claim: Callable[[], WebhookCall | None]) -> int:
    until = monotonic() + LATEST_START
    made = 0
    while monotonic() < until and (call := claim()) is not None:
        make_call(call)
        made += 1
    return made


@transaction.atomic
def _claim(alarms: bool) -> WebhookCall | None:
    """The next due call of an operator's webhook or of an alarm's, for this worker alone."""
    now = timezone.now()
    others = WebhookCall.objects.filter(webhook=OuterRef("webhook"), status=Status.READY).exclude(pk=OuterRef("pk"))
    ahead = others.filter(Q(claimed_until__gt=now) | Q(tries__gt=0, not_before__gt=now))
    due = _due(now).filter(~Exists(ahead), webhook__alarms_of__isnull=not alarms, webhook__seller=None)
    return _taken(due, now, CLAIM)


@transaction.atomic
def claim_for_seller(*, webhook_id: int | None = None, due_before: datetime | None = None) -> WebhookCall | None:
    """The next due call of any seller's webhook, or of that one, for this worker alone."""
    now = timezone.now()
    under_way = WebhookCall.objects.filter(webhook=OuterRef("webhook"), status=Status.READY, claimed_until__gt=now)
    busy = under_way.order_by("pk")[MOST_UNDER_WAY - 1 : MOST_UNDER_WAY]
    due = _due(due_before or now).filter(~Exists(busy), webhook__seller__isnull=False)
    if webhook_id is not None:
        due = due.filter(webhook=webhook_id)
    return _taken(due, now, CLAIM_OF_A_SELLERS)


def _due(now: datetime) -> QuerySet[WebhookCall]:
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    return WebhookCall.objects.filter(unclaimed, status=Status.READY, not_before__lte=now, webhook__stopped_at=None)


def _taken(due: QuerySet[WebhookCall], now: datetime, claim: timedelta) -> WebhookCall | None:
    """The oldest. The try counts from here, so that one that kills us counts too."""
    call = due.select_related("webhook").select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
    if call is not None:
        pauses = _pauses(call)
        call.tries, call.claimed_until, call.not_before = (
            call.tries + 1,
            now + claim,
            _next_try(pauses, call.tries, now),
        )
        call.save(update_fields=["tries", "claimed_until", "not_before"])
    return call


def _pauses(call: WebhookCall) -> Sequence[int]:
    return PAUSES if call.webhook.seller_id is None else SOON


def _next_try(pauses: Sequence[int], tries: int, now: datetime, asked: int | None = None) -> datetime:
    """When a call that was tried so many times before is tried again; `asked`: the pause that the other side wants."""
    pause = pauses[min(tries, len(pauses) - 1)]
    return now + timedelta(seconds=max(pause, min(asked or 0, pauses[-1])))


def make_call(call: WebhookCall) -> None:
    """Makes a claimed call, and records what came of it."""
    webhook = call.webhook
    body = json.dumps(call.body, separators=(",", ":"))
    try:
        for _ in range(_how_often(call)):
            answer: Answer | str = post(
                url=webhook.url,
                content=body.encode(),
                headers=_headers(call, body),
                loopback=may_be_loopback(webhook.is_sandbox or webhook.seller_id is not None),
            )
    except Unreached as error:
        answer = str(error)
    _record(call, answer)


def _how_often(call: WebhookCall) -> int:
    """Once; twice where the holder of a sandbox asked to see that."""
    operator_id = call.webhook.operator_id
    if not call.webhook.is_sandbox or operator_id is None:
        return 1
    doubled = next_fault(operator_id=operator_id, kinds=[SandboxFault.Kind.DOUBLE], call="events")
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
    now, pauses = timezone.now(), _pauses(call)
    status = answer.status if isinstance(answer, Answer) else 0
    taken, gone = 200 <= status < 300, status == GONE
    known: dict[str, object] = {"claimed_until": None, "answer": _shown(answer)}
    if taken:
        known |= {"status": Status.SENT, "sent_at": now}
    elif gone or call.tries > len(pauses):
        known["status"] = Status.FAILED
    elif isinstance(answer, Answer) and answer.retry_after:
        known["not_before"] = _next_try(pauses, call.tries - 1, now, answer.retry_after)
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
