"""An alarm by telephone, pager or whatever else listens at an address: our own people on call, per market.

Through the same outbox as the calls to operators, and signed alike; but never behind them: it has a round of its own.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from ..models import Market, Operator, Webhook, WebhookCall
from .journal import By, record
from .webhooks import check_address, new_secret

EVENT = "dispatch.alarm"
JOB = "markets.jobs.call_oncall"


@transaction.atomic
def set_alarm_address(*, market: Market, url: str, by: By) -> str:
    """From now on the market's alarms call this address too. Returns its secret, never shown again.

    Another address takes the place of the former one. Raises Refused for an address that is not called.
    """
    check_address(url, market.is_mock)
    Webhook.objects.filter(alarms_of=market).delete()
    secret = new_secret()
    Webhook.objects.create(
        operator_id=market.operator_id, alarms_of=market, is_sandbox=market.is_mock, url=url, secret=secret
    )
    record(by=by, verb="set_alarm_address", subject=market, url=url)
    return secret


@transaction.atomic
def remove_alarm_address(*, market: Market, by: By) -> None:
    """Alarms of the market go by mail alone. Where there is no address nothing changes."""
    removed, _ = Webhook.objects.filter(alarms_of=market).delete()
    if removed:
        record(by=by, verb="remove_alarm_address", subject=market)


def queue_alarm_calls(
    *, market: Market | None, operator: Operator, key: str, headline: str, sentences: Sequence[str]
) -> None:
    """Part of the operation that alarms. `key` makes it one per cause and address: the same again is not called again."""
    now = timezone.now()
    body = {
        "type": EVENT,
        "timestamp": now.isoformat().replace("+00:00", "Z"),
        "data": {"market": market.key if market else "", "headline": headline, "sentences": list(sentences)},
    }
    calls = [
        WebhookCall(webhook=webhook, market=webhook.alarms_of, event=EVENT, event_id=f"msg_{key}"[:80], body=body)
        for webhook in _addresses(market, operator)
    ]
    if calls:
        WebhookCall.objects.bulk_create(calls, ignore_conflicts=True)
        async_task(JOB)  # committed with the alarm; the round of every minute stands behind it


def _addresses(market: Market | None, operator: Operator) -> list[Webhook]:
    """The market's own, else those of the operator's other markets; a mock market wakes nobody of real ones."""
    all_of_them = Webhook.objects.filter(operator=operator, alarms_of__isnull=False, stopped_at=None).select_related(
        "alarms_of"
    )
    if market is None:
        return list(all_of_them)
    own = list(all_of_them.filter(alarms_of=market))
    return own or list(all_of_them.filter(alarms_of__is_mock=market.is_mock))
