"""The outbox: queue a mail inside the operation that causes it; claim, send and record it outside of any.

The instruction lane is served by the worker `manage.py instructions`, woken by NOTIFY; the ordinary lane by a job.
Each step is one statement: what a seller waits for is counted in round trips.
"""

import logging
import smtplib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.utils import make_msgid, parseaddr
from functools import lru_cache
from time import monotonic
from typing import Any, Self

from django.conf import settings
from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import timezone

from ..models import Mail, MailAttempt
from ..problems import Refused
from .journal import By, record
from .letter import Letter, letter
from .providers import Seen, configured, is_about_the_mailbox, refused_for_good

logger = logging.getLogger(__name__)
Outcome = MailAttempt.Outcome

CHANNEL = "mail_ready"
CLAIM = timedelta(seconds=15)
"""How long a claimed mail is nobody else's. It runs out where a worker died, and then the mail is sent again."""
LATEST_START = timedelta(seconds=5)
"""No send is begun later than this after the claim, so that a slow provider's timeouts still fit into it."""
PAUSES = [1, 2, 5, 10, 30, 60, 300, 900, 3600]
"""Seconds before the next try, after the first, the second ..."""
IDLE_SECONDS = 5
"""A connection unused for longer is asked whether it still lives before it gets a message."""

# A claim lost with a crash of the database costs one duplicate, so its commit need not wait for the disk.
# MATERIALIZED: as a plain subquery it may be asked again for every row, and each time locks as many more.
CLAIM_SQL = """
    WITH due AS MATERIALIZED (
        SELECT id FROM markets_mail, set_config('synchronous_commit', 'off', true) AS unhurried
        WHERE status = 'ready' AND lane = %(lane)s AND not_before <= clock_timestamp() AND created_at <= %(queued_before)s
          AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
        ORDER BY not_before, id LIMIT %(at_most)s FOR UPDATE OF markets_mail SKIP LOCKED)
    UPDATE markets_mail SET claimed_until = clock_timestamp() + %(claim)s FROM due WHERE markets_mail.id = due.id
    RETURNING markets_mail.*
"""
RECORD_SQL = """
    WITH attempt AS (
        INSERT INTO markets_mailattempt
            (mail_id, started_at, finished_at, provider, outcome, provider_key, answer)
        SELECT %(mail)s, %(started_at)s, %(finished_at)s, %(provider)s, %(outcome)s, %(provider_key)s, %(answer)s
        WHERE NOT EXISTS (SELECT FROM markets_mailattempt WHERE mail_id = %(mail)s AND started_at = %(started_at)s))
    UPDATE markets_mail SET claimed_until = NULL, tries = tries + 1,
        status = CASE WHEN %(asks_another)s THEN 'ready'
            ELSE CASE %(outcome)s WHEN 'accepted' THEN 'sent' WHEN 'refused' THEN 'failed' ELSE 'ready' END END,
        refused_by = CASE WHEN %(asks_another)s THEN %(provider)s ELSE refused_by END,
        sent_at = CASE %(outcome)s WHEN 'accepted' THEN %(finished_at)s::timestamptz END,
        not_before = CASE %(outcome)s WHEN 'deferred' THEN %(finished_at)s::timestamptz
            + interval '1 second' * (%(pauses)s::int[])[least(cardinality(%(pauses)s::int[]), 1 + tries)]
            ELSE not_before END
    WHERE id = %(mail)s AND status = 'ready'
"""


def queue(mails: Sequence[Mail], *, once: bool = False) -> list[Mail]:
    """Stores ready mails and wakes the worker when the transaction commits. Call it inside the operation.

    `once`: a mail whose own `message_id` was queued before is left out; the mails come back without their keys then.
    """
    stored = Mail.objects.bulk_create(stamped(mails), ignore_conflicts=once)
    _wake(mails)
    return stored


def _wake(mails: Sequence[Mail]) -> None:
    """Tells the instruction workers of new mail, once this transaction commits."""
    if any(mail.lane == Mail.Lane.INSTRUCTION for mail in mails):
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


@transaction.atomic
def resend(*, mail: Mail, by: By) -> Mail:
    """Makes a mail that was given up ready again, with the same Message-ID. Raises Refused for any other."""
    mail = Mail.objects.select_for_update().get(pk=mail.pk)
    if mail.status != Mail.Status.FAILED:
        raise Refused(f"{mail} is {mail.get_status_display().lower()}: only a mail given up is sent again.")
    mail.status, mail.not_before, mail.claimed_until = Mail.Status.READY, timezone.now(), None
    mail.tries, mail.refused_by = 0, ""
    mail.save(update_fields=["status", "not_before", "claimed_until", "tries", "refused_by"])
    _wake([mail])
    record(by=by, verb="resend_mail", subject=mail)
    return mail


def stamped(mails: Sequence[Mail]) -> Sequence[Mail]:
    """Gives each mail the Message-ID that it keeps through all attempts."""
    for mail in mails:
        mail.message_id = mail.message_id or make_msgid(domain=sender_domain())
    return mails


def sender_domain() -> str:
    """The domain we send from: the right-hand side of our Message-IDs."""
    return sender_address().rpartition("@")[2]


def sender_address() -> str:
    """The mailbox that we send from."""
    return _address(settings.DEFAULT_FROM_EMAIL)


@lru_cache(1)
def _address(written: str) -> str:
    return parseaddr(written)[1]


class Line:
    """Connections to the mail providers, kept open between messages, and opened again where they broke."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._mailers: dict[str, BaseEmailBackend] = {}
        self._used: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, mail: Mail) -> MailAttempt:
        """One attempt; returns it, not stored yet. Never raises for a fault of a provider or of the message."""
        began_at, name = monotonic(), self._seen.choose(mail)
        attempt = MailAttempt(mail=mail, started_at=timezone.now(), provider=name, outcome=Outcome.ACCEPTED)
        written = letter(mail)
        try:
            self._open(name).send_messages([written])
            self._used[name] = monotonic()
            attempt.provider_key = _key_at_provider(written)
        except Exception as error:
            for_good = refused_for_good(error)
            attempt.outcome = Outcome.REFUSED if for_good else Outcome.DEFERRED
            attempt.asks_another = for_good and _another_may_take_it(mail, error)
            attempt.answer = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
            logger.warning("Mail %s to %s was not accepted by %s: %s", mail.pk, mail.recipient, name, attempt.answer)
            self._close(name)
        self._seen.note(name, began_at, failed=attempt.outcome == Outcome.DEFERRED)
        attempt.finished_at = timezone.now()
        return attempt

    def close(self) -> None:
        """Ends the connections; whatever a provider says to that does not matter any more."""
        for name in list(self._mailers):
            self._close(name)

    def _close(self, name: str) -> None:
        mailer = self._mailers.pop(name, None)
        try:
            if mailer is not None:
                mailer.close()
        except Exception:
            logger.debug("The provider closed the connection first.", exc_info=True)

    def _open(self, name: str) -> BaseEmailBackend:
        mailer = self._mailers.get(name)
        if mailer is not None and monotonic() - self._used.get(name, 0) > IDLE_SECONDS and not _lives(mailer):
            self._close(name)
            mailer = None
        if mailer is None:
            mailer = self._mailers[name] = mailers[name]
            mailer.open()
        return mailer


def _another_may_take_it(mail: Mail, error: Exception) -> bool:
    """Whether a refusal for good is worth asking one other provider, which has not refused it before."""
    return len(configured()) > 1 and not mail.refused_by and not is_about_the_mailbox(error)


def _key_at_provider(written: Letter) -> str:
    """What the provider calls the message, where it says so: its later events name this."""
    status = getattr(written, "anymail_status", None)
    return str(getattr(status, "message_id", None) or "")[:200]


def claim(*, lane: str, at_most: int, queued_before: datetime | None = None) -> list[Mail]:
    """Takes due mails for this worker alone, for `CLAIM`; oldest first. Committed before anything is sent."""
    bounds = {"claim": CLAIM, "lane": lane, "at_most": at_most, "queued_before": queued_before or "infinity"}
    return sorted(Mail.objects.raw(CLAIM_SQL, bounds), key=lambda mail: (mail.not_before, mail.pk))


def record_attempt(attempt: MailAttempt) -> None:
    """Stores what came of an attempt: sent, given up, or ready again, after a growing pause or for another provider.

    Where another worker recorded the mail as sent in the meantime, the attempt alone is added: so duplicates are counted.
    To record an attempt again, not knowing whether it was heard, adds nothing.
    """
    values: dict[str, Any] = {
        "mail": attempt.mail_id,
        "started_at": attempt.started_at,
        "finished_at": attempt.finished_at,
        "provider": attempt.provider,
        "outcome": str(attempt.outcome),
        "provider_key": attempt.provider_key,
        "asks_another": attempt.asks_another,
        "answer": attempt.answer,
        "pauses": PAUSES,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD_SQL, values)


def send_all(
    mails: Sequence[Mail], line: Line, *, record: Callable[[MailAttempt], bool | None] = record_attempt
) -> None:
    """Sends claimed mails one by one, each recorded before the next, so that a kill costs one duplicate at most.

    `record` is true where the database was away meanwhile: it may have forgotten whose the rest is.
    """
    latest_start = monotonic() + LATEST_START.total_seconds()
    waiting = list(mails)
    while (
        waiting and monotonic() <= latest_start
    ):  # the rest is taken again when its claim runs out, by whoever is quicker
        if record(line.send(waiting.pop(0))):
            waiting = still_claimed(waiting)


def still_claimed(mails: Sequence[Mail]) -> list[Mail]:
    """Those whose claim stands as it was made. A crash of the database loses the latest claims, and others may have taken
    the mails."""
    ready = Mail.objects.filter(pk__in=[mail.pk for mail in mails], status=Mail.Status.READY)
    claims = dict(ready.values_list("pk", "claimed_until"))
    return [mail for mail in mails if claims.get(mail.pk) == mail.claimed_until]


def send_due(*, lane: str, line: Line, at_most: int, queued_before: datetime | None = None) -> int:
    """Claims due mails of a lane, sends and records them. Returns how many were claimed."""
    mails = claim(lane=lane, at_most=at_most, queued_before=queued_before)
    send_all(mails, line)
    return len(mails)


def _lives(mailer: BaseEmailBackend) -> bool:
    """Whether a kept SMTP connection still answers. Providers reached by HTTP look after that themselves."""
    smtp = getattr(mailer, "connection", None)
    try:
        return not isinstance(smtp, smtplib.SMTP) or smtp.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False
