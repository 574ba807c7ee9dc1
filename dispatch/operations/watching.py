"""What the live page shows: triggers of a while with how far each got. Counted by the database in a few statements,
as many for one instruction as for 500.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from markets.models import Mail
from markets.rules.spans import LONDON

from ..models import Acknowledgement, Instruction, Kind, Match, Notice, Trigger
from ..models.canary import WithoutCanary
from ..models.owed import ANSWERED_KINDS
from ..rules.watched import Counts, Stage, Today, Watched

LOOKED_AT = 500
"""So many of the newest triggers are looked at; the day of a busy winter evening has some tens."""
LATE_AFTER = timedelta(seconds=5)
"""A mail takes about a second. Before this it is on its way, not in trouble."""


LATE = Q(mail__status=Mail.Status.READY, mail__created_at__lt=Now() - Value(LATE_AFTER))
FAILED = Q(mail__status=Mail.Status.FAILED)
BOUNCED = Q(mail__bounced_at__isnull=False)
UNMATCHED = Q(match__status=Match.Status.OPEN)
UNKNOWN = Q(seller=None, is_held=False) & ~Q(match__status=Match.Status.MATCHED)
COUNTED = [field.name for field in fields(Counts)]


class Median(Aggregate):
    """The middle one: interpolated where there are two."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def watched(*, since: datetime, market: str = "", with_tests: bool = False) -> list[Watched]:
    """Triggers received since an instant, the newest first. Never the canary.

    `market` is a market's key; tests are left out unless asked for.
    """
    triggers = _chosen(Trigger.objects.not_canary(), "", market, with_tests).filter(received_at__gte=since)
    rows = list(triggers.select_related("market", "operator").defer("raw", "content")[:LOOKED_AT])
    keys = [trigger.pk for trigger in rows]
    told, mails = _instructions(keys), _mails(keys)
    return [_watched(row, told.get(row.pk), mails.get(row.pk)) for row in rows]


def today(*, market: str = "", with_tests: bool = False) -> Today:
    """The day's figures of the same choice."""
    notices = _chosen(Notice.objects.not_canary(), "instruction__trigger__", market, with_tests)
    took = ExpressionWrapper(F("mail__sent_at") - F("instruction__trigger__received_at"), output_field=DurationField())
    midnight = timezone.localtime(timezone=LONDON).replace(hour=0, minute=0, second=0, microsecond=0)
    sent = notices.filter(instruction__trigger__received_at__gte=midnight, mail__sent_at__isnull=False)
    figures = sent.aggregate(mails=Count("pk"), median=Median(took), worst=Max(took))
    return Today(**figures, unsent=notices.filter(mail__status=Mail.Status.READY).count())


def instructions_watched(*, trigger_id: int) -> QuerySet[Instruction]:
    """The instructions of one trigger, the most urgent first: `urgency` (0: no trouble), `is_overdue`, `answer_due_at`, and
    of the last answer `answered_at`, `answered_by` and `reason`.
    """
    overdue = Q(pk__in=Instruction.objects.without_answer().filter(trigger=trigger_id).values("pk"))
    lost = Notice.objects.filter(LATE | FAILED | BOUNCED, instruction__trigger=trigger_id)
    declined = Q(answer=Instruction.Answer.DECLINED)
    last = Acknowledgement.objects.filter(instruction=OuterRef("pk")).order_by("-pk")
    return (
        Instruction.objects.filter(trigger=trigger_id)
        .with_due()
        .annotate(
            is_overdue=_whether(overdue),
            urgency=Case(
                When(UNKNOWN | declined | Q(pk__in=lost.values("instruction")), then=3),
                When(overdue, then=2),
                When(UNMATCHED, then=1),
                default=0,
                output_field=IntegerField(),
            ),
            answered_at=last.values("given_at")[:1],
            answered_by=last.values("given_by")[:1],
            reason=last.values("reason")[:1],
        )
        .select_related("seller", "market", "match__contract")
        .prefetch_related(Prefetch("notices", Notice.objects.select_related("mail").order_by("pk")))
        .order_by("-urgency", "pk")
    )


def _chosen(rows: WithoutCanary[Any], path: str, market: str, with_tests: bool) -> WithoutCanary[Any]:
    if market:
        rows = rows.filter(**{f"{path}market__key": market})
    return rows if with_tests else rows.exclude(**{f"{path}kind": Kind.TEST})


def _whether(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _instructions(triggers: Sequence[int]) -> dict[int, Any]:
    """Of each trigger: who is called, what they answered, and what it belongs to."""
    asked = Q(kind__in=ANSWERED_KINDS, seller__isnull=False, market__answer_within__gt=timedelta())
    overdue = Q(pk__in=Instruction.objects.without_answer().filter(trigger__in=triggers).values("pk"))
    confirmed = Q(answer=Instruction.Answer.CONFIRMED)
    given = Acknowledgement.objects.filter(instruction=OuterRef("pk")).order_by("-pk").values("given_at")[:1]
    matched = Q(match__status=Match.Status.MATCHED)
    counted = Instruction.objects.filter(trigger__in=triggers).order_by().values("trigger")
    rows = counted.annotate(
        instructions=Count("pk"),
        sole=Min(Coalesce(F("seller__name"), F("seller_named"))),
        unknown=Count("pk", filter=UNKNOWN),
        held=Count("pk", filter=Q(is_held=True)),
        asked=Count("pk", filter=asked | ~Q(answer=Instruction.Answer.WAITING)),
        confirmed=Count("pk", filter=confirmed),
        confirmed_at=Max(Subquery(given), filter=confirmed),
        declined=Count("pk", filter=Q(answer=Instruction.Answer.DECLINED)),
        overdue=Count("pk", filter=overdue),
        to_match=Count("pk", filter=~Q(kind=Kind.TEST)),
        matched=Count("pk", filter=matched),
        matched_at=Max("match__decided_at", filter=matched),
        unmatched=Count("pk", filter=UNMATCHED),
    )
    return {row["trigger"]: row for row in rows}


def _mails(triggers: Sequence[int]) -> dict[int, Any]:
    """Of each trigger: how far its mails got."""
    counted = Notice.objects.filter(instruction__trigger__in=triggers).order_by().values("instruction__trigger")
    rows = counted.annotate(
        mails=Count("pk"),
        sent=Count("pk", filter=Q(mail__status=Mail.Status.SENT)),
        sent_at=Max("mail__sent_at"),
        delivered=Count("pk", filter=Q(mail__delivered_at__isnull=False)),
        delivered_at=Max("mail__delivered_at"),
        late=Count("pk", filter=LATE),
        failed=Count("pk", filter=FAILED),
        bounced=Count("pk", filter=BOUNCED),
    )
    return {row["instruction__trigger"]: row for row in rows}


def _watched(trigger: Trigger, told: dict[str, Any] | None, mails: dict[str, Any] | None) -> Watched:
    said: dict[str, Any] = {}
    if told:
        said["counts"] = Counts(**{name: (mails or {}).get(name, told.get(name, 0)) for name in COUNTED})
        said["sole"] = told["sole"] if told["instructions"] == 1 else ""
        said["confirmed"] = Stage(told["confirmed"], told["asked"], told["confirmed_at"])
        said["matched"] = Stage(told["matched"], told["to_match"], told["matched_at"])
    if mails:
        said["sent"] = Stage(mails["sent"], mails["mails"], mails["sent_at"])
        said["delivered"] = Stage(mails["delivered"], mails["mails"], mails["delivered_at"])
    return Watched(
        trigger_id=trigger.pk,
        reference=trigger.reference,
        revision=trigger.revision,
        kind=trigger.get_kind_display() if trigger.kind else "",
        market=str(trigger.market or trigger.operator),
        is_mock=trigger.market is not None and trigger.market.is_mock,
        received_at=trigger.received_at,
        problem=trigger.problem,
        **said,
    )
