"""The canary: an instruction of ours to ourselves, every minute, by the way that every real one takes.

The job posts a trigger over HTTP to the site's own address, with a token like an operator's; it is stored, its mail
is sent by the worker and taken by the provider. `canary_state` says whether the last one came through.
It has an operator, a market, a seller and a mailbox of its own, so that nothing of it is anybody else's figure.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pgtrigger
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from markets.models import DispatchContact, JournalEntry, Mail, MailAttempt, MailEvent, Market, Operator, Seller, Token
from markets.models.token import token_sha256
from markets.operations.journal import By, record
from markets.operations.people import name_identity, suspend_seller, verify_seller

from ..models import CANARY, Instruction, Kind, Notice, Trigger

PAGE = "canary-triggers"
NAME = "Piclo canary"
TIMEOUT = httpx.Timeout(5, connect=3)
KEPT = timedelta(days=7)
"""Some 10,000 canaries; half a million a year would be kept otherwise."""
SWEPT_AFTER = timedelta(seconds=15)
"""A mail that took longer to be accepted was sent by the sweep, or by a worker that was away: instructions wait as long."""
LOOKED_AT = 20
"""So many of the latest are looked at for one that arrived."""


@transaction.atomic
def prepare_canary(*, by: By) -> Market:
    """Makes what the canary needs, where it is missing; a new SECRET_KEY or mailbox takes the place of the old one."""
    operator, _ = Operator.objects.get_or_create(key=CANARY, defaults={"name": NAME, "short_name": NAME})
    market, is_new = Market.objects.get_or_create(
        key=CANARY, defaults={"operator": operator, "name": "Canary (sends to ourselves)", "is_mock": True}
    )
    seller, _ = Seller.objects.get_or_create(name=NAME)
    if seller.status != Seller.Status.SUSPENDED:  # it is instructed, and takes part in nothing else
        suspend_seller(seller=verify_seller(seller=seller, by=by), by=by, reason="It never bids.")
    name_identity(seller=seller, operator=operator, name=NAME, by=by)
    mailbox = {"email": settings.CANARY_MAILBOX, "verified_at": timezone.now()}
    if not DispatchContact.objects.filter(seller=seller, market=market, email=mailbox["email"]).exists():
        DispatchContact.objects.filter(seller=seller, market=market).delete()
        DispatchContact.objects.create(seller=seller, market=market, name=NAME, **mailbox)
    _prepare_token(operator)
    if is_new:
        record(by=by, verb="prepare_canary", subject=market)
    return market


def _prepare_token(operator: Operator) -> None:
    whole = _whole_token()
    others = Token.objects.filter(operator=operator, revoked_at=None).exclude(sha256=token_sha256(whole))
    others.update(revoked_at=timezone.now())
    Token.objects.get_or_create(
        sha256=token_sha256(whole),
        defaults={"operator": operator, "is_sandbox": True, "name": NAME, "prefix": whole[:12]},
    )


def _whole_token() -> str:
    """The canary's token, made of SECRET_KEY each time: it is written down nowhere."""
    made = salted_hmac("dispatch.canary", "token", algorithm="sha256").digest()
    return f"piclo_{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


def send_canary() -> str:
    """Posts one. Returns its reference, or raises httpx.HTTPError: the job fails, and `canary_state` says it in its time."""
    now = timezone.now()
    reference = f"CANARY-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    body = {
        "market": CANARY,
        "reference": reference,
        "kind": Kind.TEST,
        "issued_at": now.isoformat(),
        "calls": [{"company": NAME}],
    }
    headers = {"Authorization": f"Bearer {_whole_token()}", "Content-Type": "application/json"}
    with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
        address = settings.SITE_URL + reverse(PAGE)
        client.post(address, content=json.dumps(body), headers=headers).raise_for_status()
    return reference


@dataclass(frozen=True, slots=True)
class CanaryState:
    """The latest canary that arrived, and what is wrong in a sentence; empty: nothing is."""

    sent_at: datetime | None
    arrived_at: datetime | None
    problem: str

    @property
    def seconds(self) -> float | None:
        """From its trigger to its arrival."""
        if self.sent_at is None or self.arrived_at is None:
            return None
        return round((self.arrived_at - self.sent_at).total_seconds(), 3)


def canary_state(*, now: datetime | None = None) -> CanaryState:
    """Whether a canary of the last `CANARY_SECONDS` arrived: delivered where the provider tells that, else accepted."""
    now = now or timezone.now()
    latest = Notice.objects.canary().select_related("mail", "instruction").prefetch_related("mail__attempts")
    notices = list(latest.order_by("-pk")[:LOOKED_AT])
    arrived = next((notice for notice in notices if _arrived_at(notice.mail)), None)
    if arrived is None:
        return CanaryState(None, None, _why_none(notices, now))
    arrived_at, sent_at = _arrived_at(arrived.mail), arrived.instruction.created_at
    if now - sent_at > timedelta(seconds=settings.CANARY_SECONDS):
        return CanaryState(sent_at, arrived_at, _why_late(notices, sent_at))
    return CanaryState(sent_at, arrived_at, _why_slow(arrived))


def _arrived_at(letter: Mail) -> datetime | None:
    if letter.bounced_at is not None:
        return None
    accepted = [a for a in letter.attempts.all() if a.outcome == MailAttempt.Outcome.ACCEPTED]
    return letter.delivered_at if accepted and _is_told_of(accepted[-1].provider) else letter.sent_at


def _is_told_of(provider: str) -> bool:
    """Whether this provider tells us what it delivered: it is Anymail's, and our address for that has its secret."""
    backend = str(settings.MAILERS.get(provider, {}).get("BACKEND", ""))
    return bool(settings.ANYMAIL.get("WEBHOOK_SECRET")) and backend.startswith("anymail.")


def _why_slow(arrived: Notice) -> str:
    queued_at, sent_at = arrived.instruction.created_at, arrived.mail.sent_at
    if sent_at is None or sent_at - queued_at <= SWEPT_AFTER:
        return ""
    seconds = (sent_at - queued_at).total_seconds()
    return (
        f"The canary of {queued_at:%H:%M:%S} UTC was accepted only after {seconds:.0f} s: "
        "do the workers run, or does the sweep alone send?"
    )


def _why_none(notices: list[Notice], now: datetime) -> str:
    if notices:
        return _why_late(notices, None)
    since = Token.objects.filter(sha256=token_sha256(_whole_token())).values_list("created_at", flat=True).first()
    if since is not None and now - since <= timedelta(seconds=settings.CANARY_SECONDS):
        return ""  # prepared a moment ago: the first one is on its way
    return "No canary was ever received: does the job cluster run, and does SITE_URL lead here from it?"


def _why_late(notices: list[Notice], arrived: datetime | None) -> str:
    last = notices[0]
    at, since = f"{last.instruction.created_at:%H:%M:%S} UTC", f"{arrived:%d %B %H:%M:%S} UTC" if arrived else "ever"
    if arrived is not None and last.instruction.created_at == arrived:
        return f"No canary was received since {since}: see the job cluster, the web server, and SITE_URL."
    if last.mail.bounced_at is not None:
        return f"The canary of {at} came back from {last.mail.recipient}: see CANARY_MAILBOX."
    if last.mail.sent_at is None:
        return (
            f"The canary of {at} was received, but no provider has accepted its mail: see the worker and the provider."
        )
    return f"The canary of {at} was accepted by the provider, but is not delivered; the last that was: {since}."


@transaction.atomic
def forget_canaries(*, by: By) -> int:
    """Deletes canaries older than `KEPT`, with all that stands for ever of real ones. Returns how many."""
    old = Trigger.objects.canary().filter(received_at__lt=timezone.now() - KEPT)
    keys = list(old.values_list("pk", flat=True))
    mails = list(Notice.objects.filter(instruction__trigger__in=keys).values_list("mail", flat=True))
    with pgtrigger.ignore(
        *("dispatch.Trigger:append_only", "markets.MailAttempt:append_only", "markets.MailEvent:append_only"),
        "markets.JournalEntry:append_only",
    ):
        Notice.objects.filter(instruction__trigger__in=keys).delete()
        for model in (MailEvent, MailAttempt):
            model._default_manager.filter(mail__in=mails).delete()
        Mail.objects.filter(pk__in=mails).delete()
        Instruction.objects.filter(trigger__in=keys).delete()
        Trigger.objects.filter(pk__in=keys).delete()
        JournalEntry.objects.filter(subject_type="dispatch.trigger", subject_id__in=keys).delete()
    if keys:
        record(by=by, verb="forget_canaries", count=len(keys))
    return len(keys)
