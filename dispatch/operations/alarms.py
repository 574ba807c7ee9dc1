"""Alarms to customer success on call. The case follows by itself: a step of the blueprint finds the stored fact."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from markets.models import Mail
from markets.operations import mail
from markets.operations.journal import By, record

from .. import emails
from ..models import Notice, Trigger
from .recipients import oncall_addresses

UNSENT_AFTER = timedelta(seconds=60)
LOOK_BACK = timedelta(days=1)
EXTRACT = 2000


def alarm_trigger(*, trigger: Trigger, headline: str) -> None:
    """Part of receiving: on-call learns of a trigger that instructed nobody. The same bytes again alarm once."""
    raw = bytes(trigger.raw)
    shown = raw[:EXTRACT].decode(errors="replace")
    mails = emails.alarm(
        recipients=oncall_addresses(market=trigger.market, operator=trigger.operator),
        headline=f"{headline} from {trigger.operator}",
        sentences=[*trigger.problem.splitlines(), "No seller was instructed by it. Call the operator."],
        extract="".join(c if c.isprintable() or c in "\n\t" else "�" for c in shown),
        key=f"trigger-{trigger.operator_id}-{hashlib.sha256(raw + trigger.problem.encode()).hexdigest()[:32]}",
    )
    mail.queue(mails, once=True)


@transaction.atomic
def alarm_unsent(*, by: By) -> int:
    """Tells on-call of today's instructions whose mail was refused, or is not accepted after a minute. Once per mail."""
    now = timezone.now()
    late = Q(mail__status=Mail.Status.READY, mail__created_at__lt=now - UNSENT_AFTER) | Q(
        mail__status=Mail.Status.FAILED
    )
    notices = Notice.objects.filter(late, mail__created_at__gt=now - LOOK_BACK)
    alarms = [
        alarm
        for notice in notices.select_related("mail", "instruction__market__operator", "instruction__seller")
        for alarm in _unsent(notice)
    ]
    told = set(
        Mail.objects.filter(message_id__in=[alarm.message_id for alarm in alarms]).values_list("message_id", flat=True)
    )
    fresh = [alarm for alarm in alarms if alarm.message_id not in told]
    if fresh:
        mail.queue(fresh, once=True)
        record(by=by, verb="alarm_unsent", mails=len(fresh))
    return len(fresh)


def _unsent(notice: Notice) -> list[Mail]:
    instruction, market = notice.instruction, notice.instruction.market
    last = notice.mail.attempts.last()
    return emails.alarm(
        recipients=oncall_addresses(market=market, operator=market.operator),
        headline=f"instruction {instruction} did not reach {notice.mail.recipient}",
        sentences=[
            f"{notice.mail.subject}.",
            f"The mail server says: {last.answer}" if last else "No attempt to send it was made yet.",
            f"Call the seller: {instruction.seller or instruction.seller_named or 'not known'}"
            + (f", {instruction.seller.phone}" if instruction.seller and instruction.seller.phone else "")
            + ".",
        ],
        extract=notice.mail.text[:EXTRACT],
        key=f"unsent-{notice.mail_id}",
    )
