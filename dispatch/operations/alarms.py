"""Alarms to customer success on call, by mail and by a call to their address. The case follows by itself: a step of the blueprint finds the stored fact."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from markets.models import Mail, Market, Operator
from markets.operations import mail
from markets.operations.alarm_calls import queue_alarm_calls
from markets.operations.journal import By, record
from markets.operations.providers import SECOND

from .. import emails
from ..models import Instruction, Match, Notice, Trigger
from .recipients import oncall_addresses

UNSENT_AFTER = timedelta(seconds=60)
LOOK_BACK = timedelta(days=1)
EXTRACT = 2000
MOST_NAMED = 10


def alarm_trigger(*, trigger: Trigger, headline: str) -> None:
    """Part of receiving: on-call learns of a trigger that instructed nobody. The same bytes again alarm once."""
    raw = bytes(trigger.raw)
    shown = raw[:EXTRACT].decode(errors="replace")
    alarm = Alarm(
        market=trigger.market,
        operator=trigger.operator,
        headline=f"{headline} from {trigger.operator}",
        sentences=[*trigger.problem.splitlines(), "No seller was instructed by it. Call the operator."],
        extract="".join(c if c.isprintable() or c in "\n\t" else "�" for c in shown),
        key=f"trigger-{trigger.operator_id}-{hashlib.sha256(raw + trigger.problem.encode()).hexdigest()[:32]}",
    )
    _tell(alarm, alarm.mails())


def alarm_held(*, trigger: Trigger, instructions: Sequence[Instruction]) -> None:
    """Part of receiving in a market that matches first: on-call learns whose contract is not clear. Nobody else was told."""
    if not instructions:
        return
    open_matches = Match.objects.filter(instruction__in=instructions).select_related("instruction__seller")
    named = [_waits(match) for match in open_matches.order_by("instruction")[:MOST_NAMED]]
    more = len(instructions) - len(named)
    alarm = Alarm(
        market=trigger.market,
        operator=trigger.operator,
        headline=f"{trigger.operator} {trigger.reference}: {len(instructions)} not told, the contract is not clear",
        sentences=[
            "This market matches first: decide each match now, then the seller is told at once.",
            *named,
            *([f"And {more} more."] if more else []),
        ],
        extract="",
        key=f"held-{trigger.pk}",
    )
    _tell(alarm, alarm.mails())


def _waits(match: Match) -> str:
    instruction = match.instruction
    seller = instruction.seller or instruction.seller_named or "a seller that is not known"
    return f"{instruction} for {seller}: {' '.join(match.discrepancies)}"


@transaction.atomic
def alarm_unsent(*, by: By) -> int:
    """Tells on-call of today's instructions whose mail was refused, or is not accepted after a minute. Once per mail.

    Returns how many mails that is. The canary's alarm nobody here: `/health/dispatch` fails by them.
    """
    now = timezone.now()
    late = Q(mail__status=Mail.Status.READY, mail__created_at__lt=now - UNSENT_AFTER) | Q(
        mail__status=Mail.Status.FAILED
    )
    notices = Notice.objects.not_canary().filter(late, mail__created_at__gt=now - LOOK_BACK)
    alarms = [_unsent(notice) for notice in _with_whom(notices)]
    waiting = [(alarm, alarm.mails()) for alarm in alarms]
    ids = [letter.message_id for _, mails in waiting for letter in mails]
    told = set(Mail.objects.filter(message_id__in=ids).values_list("message_id", flat=True))
    fresh = [(alarm, [m for m in mails if m.message_id not in told]) for alarm, mails in waiting]
    for alarm, mails in fresh:
        _tell(alarm, mails)
    count = sum(len(mails) for _, mails in fresh)
    if count:
        record(by=by, verb="alarm_unsent", mails=count)
    return count


@transaction.atomic
def alarm_bounced(*, mail_id: int, said: str, by: By) -> None:
    """Tells on-call at once that the mailbox did not take an instruction that the provider had accepted. Once per mail.

    Nothing happens for any other mail, and none for the canary's: `/health/dispatch` fails by it.
    """
    for notice in _with_whom(Notice.objects.not_canary().filter(mail_id=mail_id)):
        alarm = _about(notice, f"The mail came back: {said or 'the provider does not say why'}.", "bounced")
        _tell(alarm, alarm.mails())
        record(by=by, verb="alarm_bounced", subject=notice.instruction, recipient=notice.mail.recipient)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What on-call is told, by mail and by a call. `key` makes it one per cause."""

    market: Market | None
    operator: Operator
    headline: str
    sentences: Sequence[str]
    extract: str
    key: str

    def mails(self) -> list[Mail]:
        """One per address. They ask the second provider first: the usual one may be what is broken."""
        written = emails.alarm(
            recipients=oncall_addresses(market=self.market, operator=self.operator),
            headline=self.headline,
            sentences=self.sentences,
            extract=self.extract,
            key=self.key,
        )
        for letter in written:
            letter.first_provider = SECOND
        return written


def _tell(alarm: Alarm, mails: Sequence[Mail]) -> None:
    if mails:
        mail.queue(mails, once=True)
        queue_alarm_calls(
            market=alarm.market,
            operator=alarm.operator,
            key=f"alarm_{alarm.key}",
            headline=alarm.headline,
            sentences=alarm.sentences,
        )


def _with_whom(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    return notices.select_related("mail", "instruction__market__operator", "instruction__seller")


def _unsent(notice: Notice) -> Alarm:
    last = notice.mail.attempts.last()
    said = f"The mail server says: {last.answer}" if last else "No attempt to send it was made yet."
    return _about(notice, said, "unsent")


def _about(notice: Notice, what_happened: str, cause: str) -> Alarm:
    instruction, market = notice.instruction, notice.instruction.market
    return Alarm(
        market=market,
        operator=market.operator,
        headline=f"instruction {instruction} did not reach {notice.mail.recipient}",
        sentences=[
            f"{notice.mail.subject}.",
            what_happened,
            f"Call the seller: {instruction.seller or instruction.seller_named or 'not known'}"
            + (f", {instruction.seller.phone}" if instruction.seller and instruction.seller.phone else "")
            + ".",
        ],
        extract=notice.mail.text[:EXTRACT],
        key=f"{cause}-{notice.mail_id}",
    )
