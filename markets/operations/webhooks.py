"""Who wants to be called: webhooks of operators and of sellers, and which events wait to be told.

A seller's are told of instructions, by the operation that makes them (`dispatch.operations.signals`). An operator's
events are facts that stand in the feed of bids already. A job looks what is new after the webhook's bookmark, so that
nothing upstream has to tell, and an event is told once however often the job runs. No event holds a bid, a price or a
capacity: it says that there is something to read, and where.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from ..models import BidChange, Market, Operator, Seller, Webhook, WebhookBookmark, WebhookCall
from ..problems import Contradiction, Refused, RowProblem
from .feeds import read_bid_changes
from .journal import By, record
from .posting import Unreached, refuse_inner

CHANGED, CLOSED = "bids.changed", "competition.closed"
EVENTS = (CHANGED, CLOSED)
TEST = "webhook.test"
CHANNEL = "calls_ready"
"""NOTIFY on it wakes the caller of sellers' webhooks."""
MOST_WEBHOOKS = 10
TEST_AGAIN_AFTER = timedelta(seconds=10)
BOTH_SECRETS_FOR = timedelta(hours=24)
"""After a change of secret both sign, so that the operator can change its side when it suits."""


@transaction.atomic
def add_webhook(
    *, operator: Operator, is_sandbox: bool, url: str, by: By, events: Sequence[str] = ()
) -> tuple[Webhook, str]:
    """From now on the address hears of what is new. Returns it and its secret, which is never shown again.

    Raises Refused for an address that is not called, and Contradiction for one that is called already.
    """
    check_address(url, is_sandbox)
    own = Webhook.objects.filter(operator=Operator.objects.select_for_update().get(pk=operator.pk), alarms_of=None)
    if known := own.filter(is_sandbox=is_sandbox, url=url).first():
        raise Contradiction(f"{url} is webhook {known.pk} already. Delete that one first.")
    if own.filter(is_sandbox=is_sandbox).count() >= MOST_WEBHOOKS:
        raise Refused(f"There are {MOST_WEBHOOKS} webhooks already. Delete one of them first.")
    secret = new_secret()
    webhook = Webhook.objects.create(
        operator=operator, is_sandbox=is_sandbox, url=url, secret=secret, events=list(events)
    )
    for market in _markets_of(webhook):  # what stands in the feed by now is no news
        WebhookBookmark.objects.create(webhook=webhook, market=market, position=_last_position(market))
    record(by=by, verb="add_webhook", subject=webhook)
    return webhook, secret


@transaction.atomic
def add_sellers_webhook(*, seller: Seller, url: str, by: By) -> tuple[Webhook, str]:
    """From now on the address is called with each instruction of the seller, beside the emails and never instead of them.

    Returns it and its secret, which is never shown again. Raises Refused for an address that is not called, or is already.
    """
    check_address(url, True)
    Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)  # one at a time
    own = Webhook.objects.filter(seller=seller)
    if own.filter(url=url).exists():
        reason = "This address is called already. End that webhook first, or give another address."
        raise Refused(reason, [RowProblem(0, "url", url, reason)])
    if own.count() >= MOST_WEBHOOKS:
        raise Refused(f"Your company has {MOST_WEBHOOKS} webhooks. End one that nothing uses any more.")
    secret = new_secret()
    webhook = Webhook.objects.create(seller=seller, is_sandbox=False, url=url, secret=secret)
    record(by=by, verb="add_webhook", subject=webhook, seller=seller.name)
    return webhook, secret


@transaction.atomic
def call_as_test(*, webhook: Webhook, by: By) -> WebhookCall:
    """Calls a seller's address at once with an event that asks for nothing. Raises Refused for tests in quick succession."""
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    if webhook.stopped_at is not None:
        raise Refused("Nobody is called at this address any more. Let it be called again first.")
    now = timezone.now()
    if webhook.calls.filter(event=TEST, created_at__gt=now - TEST_AGAIN_AFTER).exists():
        raise Refused("It was called with a test a moment ago. See what came back, then test again.")
    body = {"type": TEST, "timestamp": stamp(now), "data": {"seller": webhook.owner.name}}
    call = WebhookCall.objects.create(
        webhook=webhook, event=TEST, event_id=f"msg_test_{secrets.token_hex(8)}", body=body
    )
    wake_caller()
    record(by=by, verb="call_as_test", subject=webhook)
    return call


def wake_caller() -> None:
    """Tells the caller of sellers' webhooks of new calls, once this transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def stamp(at: datetime) -> str:
    """An instant in UTC, as bodies of calls write it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@transaction.atomic
def remove_webhook(*, webhook: Webhook, by: By) -> None:
    """Nobody is called there any more, not even for what waits."""
    record(by=by, verb="remove_webhook", subject=webhook)
    webhook.delete()


@transaction.atomic
def change_secret(*, webhook: Webhook, by: By) -> str:
    """A new secret, returned once. For a day the old one signs as well."""
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    webhook.previous_secret, webhook.secret = webhook.secret, new_secret()
    webhook.previous_until = timezone.now() + BOTH_SECRETS_FOR
    webhook.save(update_fields=["previous_secret", "previous_until", "secret"])
    record(by=by, verb="change_secret", subject=webhook)
    return webhook.secret


@transaction.atomic
def start_webhook(*, webhook: Webhook, by: By) -> Webhook:
    """Calls an address again that had said it is gone."""
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    if webhook.stopped_at is not None:
        webhook.stopped_at, webhook.stopped_because, webhook.failing_since = None, "", None
        webhook.save(update_fields=["stopped_at", "stopped_because", "failing_since"])
        record(by=by, verb="start_webhook", subject=webhook)
    return webhook


@transaction.atomic
def resend_call(*, call: WebhookCall, by: By) -> WebhookCall:
    """Makes a call that was given up ready again, with the same id. Raises Refused for any other."""
    call = WebhookCall.objects.select_for_update().get(pk=call.pk)
    if call.status != WebhookCall.Status.FAILED:
        raise Refused(f"{call} is {call.get_status_display().lower()}: only a call given up is made again.")
    call.status, call.tries, call.not_before, call.claimed_until = WebhookCall.Status.READY, 0, timezone.now(), None
    call.save(update_fields=["status", "tries", "not_before", "claimed_until"])
    wake_caller()
    record(by=by, verb="resend_call", subject=call)
    return call


def note_news() -> int:
    """Makes the calls that are due by what is new in the feeds. Returns how many. Running it twice changes nothing."""
    webhooks = Webhook.objects.filter(seller=None, stopped_at=None, alarms_of=None).select_related("operator")
    return sum(_note(webhook, market) for webhook in webhooks for market in _markets_of(webhook))


@transaction.atomic
def _note(webhook: Webhook, market: Market) -> int:
    WebhookBookmark.objects.get_or_create(webhook=webhook, market=market)
    mark = WebhookBookmark.objects.select_for_update().get(webhook=webhook, market=market)
    if not read_bid_changes(market=market, after=mark.position, limit=1):
        return 0
    last = _last_position(market)
    fresh = BidChange.objects.filter(market=market, position__gt=mark.position, position__lte=last)
    closed = fresh.filter(kind=BidChange.Kind.CLOSED).order_by("position").select_related("competition")
    calls = [
        _call(webhook, market, CLOSED, change.position, {"competition": change.competition.reference})
        for change in closed
    ]
    untried = webhook.calls.filter(market=market, event=CHANGED, status=WebhookCall.Status.READY, tries=0)
    if not untried.exists():  # one that nobody can have heard yet says it already: read on from where you stand
        calls.insert(0, _call(webhook, market, CHANGED, last, {"after": mark.position}))
    wanted = [call for call in calls if call.event in (webhook.events or EVENTS)]
    WebhookCall.objects.bulk_create(wanted)
    WebhookBookmark.objects.filter(pk=mark.pk).update(position=last)
    return len(wanted)


def _call(webhook: Webhook, market: Market, event: str, position: int | None, more: dict[str, object]) -> WebhookCall:
    now = timezone.now()
    return WebhookCall(
        webhook=webhook,
        market=market,
        event=event,
        event_id=f"msg_{event.replace('.', '_')}_{market.pk}_{position}",
        body={
            "type": event,
            "timestamp": stamp(now),
            "data": {"market": market.key, **more, "position": position},
        },
        not_before=now,
    )


def _last_position(market: Market) -> int:
    numbered = BidChange.objects.filter(market=market, position__isnull=False).order_by("-position")
    return numbered.values_list("position", flat=True).first() or 0


def _markets_of(webhook: Webhook) -> list[Market]:
    """A sandbox's webhook hears of mock markets alone, a live one of real ones alone."""
    return list(Market.objects.filter(operator=webhook.operator_id, is_mock=webhook.is_sandbox).order_by("pk"))


def new_secret() -> str:
    """24 random bytes, as the specification advises."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


def check_address(url: str, is_sandbox: bool) -> None:
    """Raises Refused for an address that is never called; a `sandbox` in development may be on this machine."""
    try:
        parts = urlsplit(url)
        odd = parts.username or parts.password or parts.fragment or not parts.hostname or parts.port == 0
    except ValueError:  # a port that is none
        odd = True
    if odd:
        raise Refused("Send an address such as https://flex.example/piclo, without a name, password or #part in it.")
    if parts.scheme != "https" and not (parts.scheme == "http" and may_be_loopback(is_sandbox) and _is_loopback(url)):
        raise Refused("Only https is called: send an address that begins with https://.")
    try:
        refuse_inner(parts.hostname or "", loopback=may_be_loopback(is_sandbox))
    except Unreached as error:
        raise Refused(f"{error} Send one that can be reached from outside your network.") from error


def may_be_loopback(is_sandbox: bool) -> bool:
    """In development the integrator's program may run on this machine, and only then is it called there."""
    return is_sandbox and settings.DEBUG


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
