"""The outbox: queue a mail inside the operation that causes it; claim, send and record it outside of any.

The instruction lane is served by the worker `manage.py instructions`, woken by NOTIFY; the ordinary lane by a job.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from email.utils import make_msgid
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from ..models import Mail, MailAttempt

CHANNEL = "mail_ready"
CLAIM = timedelta(seconds=30)
PAUSES = [timedelta(seconds=s) for s in (1, 2, 5, 10, 30, 60, 300, 900, 3600)]


def queue(mails: Sequence[Mail]) -> list[Mail]:
    """Stores ready mails and wakes the worker when the transaction commits. Call it inside the operation."""
    for mail in mails:
        mail.message_id = mail.message_id or make_msgid(domain="piclo.example")
    stored = Mail.objects.bulk_create(mails)
    if any(mail.lane == Mail.Lane.INSTRUCTION for mail in mails):
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
    return stored


def claim(*, lane: str, at_most: int) -> list[Mail]:
    """Takes due mails for this worker alone, for `CLAIM`; oldest first. Committed before anything is sent."""
    with transaction.atomic():
        due = Mail.objects.due(lane).order_by("not_before", "pk").select_for_update(skip_locked=True)
        mails = list(due[:at_most])
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(claimed_until=timezone.now() + CLAIM)
    return mails


def send(mail: Mail, mailer: BaseEmailBackend) -> MailAttempt:
    """One attempt over the mailer's kept connection; returns the attempt, not stored yet. Never raises for a provider's fault."""
    attempt = MailAttempt(mail=mail, started_at=timezone.now(), outcome=MailAttempt.Outcome.ACCEPTED)
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.recipient],
        headers={"Message-ID": mail.message_id, **mail.headers},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    try:
        mailer.send_messages([message])
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        attempt.outcome = MailAttempt.Outcome.REFUSED if _for_good(error) else MailAttempt.Outcome.DEFERRED
        attempt.answer = str(error)
    except Exception as error:
        attempt.outcome = MailAttempt.Outcome.DEFERRED
        attempt.answer = f"{type(error).__name__}: {error}"
    attempt.finished_at = timezone.now()
    return attempt


def _for_good(error: SMTPRecipientsRefused | SMTPResponseException) -> bool:
    """A 5xx answer: to repeat would not help."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return error.smtp_code >= 500


@transaction.atomic
def record_attempts(attempts: Iterable[MailAttempt]) -> None:
    """Stores what came of the attempts: sent, given up, or ready again after a growing pause."""
    attempts = MailAttempt.objects.bulk_create(attempts)
    tried = dict(
        MailAttempt.objects.filter(mail__in=[a.mail_id for a in attempts])
        .values_list("mail")
        .annotate(Count("pk"))
        .values_list("mail", "pk__count")
    )
    for attempt in attempts:
        mail = attempt.mail
        mail.claimed_until = None
        if attempt.outcome == MailAttempt.Outcome.ACCEPTED:
            mail.status, mail.sent_at = Mail.Status.SENT, attempt.finished_at
        elif attempt.outcome == MailAttempt.Outcome.REFUSED:
            mail.status = Mail.Status.FAILED
        else:
            mail.not_before = attempt.finished_at + PAUSES[min(tried[mail.pk], len(PAUSES)) - 1]
    Mail.objects.bulk_update([a.mail for a in attempts], ["status", "sent_at", "claimed_until", "not_before"])
