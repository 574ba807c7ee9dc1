"""The console's home: what needs a person now, most urgent first. One query per need."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Model, Q, QuerySet, Window
from django.db.models.functions import Now, TruncDay
from django.urls import reverse
from django.utils import timezone

from dispatch.models import Instruction, Match, Trigger
from markets.models import Competition, Mail, MarketTime, Seller
from settlement.models import SettlementRun
from sops.models import Case
from sops.steps import STEPS

SHOWN = 5
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Item:
    """One record that waits: what it is called, what else to know, and since or until when."""

    title: str
    beside: str
    at: datetime | None
    url: str


@dataclass(frozen=True)
class Need:
    """A kind of work: how much of it waits, its first records, and the list of all."""

    title: str
    icon: str
    total: int
    items: list[Item]
    url: str


def needs() -> list[Need]:
    """Everything that waits for a person. What does not wait is there too, with a total of 0."""
    return [
        _need("Open cases", "task_alt", Case, _cases(), "open=yes", lambda c: (c.subject, c.due_at)),
        _need("Instructions without an answer", "campaign", Instruction, _unanswered(), "answer__exact=waiting",
              lambda i: (str(i.seller or i.seller_named), i.created_at)),
        _need("Instructions not matched", "link_off", Match, _unmatched(), "status__exact=open",
              lambda m: (str(m.instruction.seller or m.instruction.seller_named), m.instruction.created_at)),
        _need("Triggers that could not be read", "error", Trigger, _unread(), "problem__isempty=0",
              lambda t: (t.problem, t.received_at)),
        _need("Mail given up", "unsubscribe", Mail, _given_up(), "status__exact=failed",
              lambda m: (m.recipient, m.created_at)),
        _need("Competitions closing today", "timer", Competition, _closing(), "gate=open",
              lambda c: (str(c.product), c.closes_at)),
        _need("Settlement runs to approve", "gavel", SettlementRun, _to_approve(), "status__exact=checked",
              lambda r: (r.reference, r.created_at)),
        _need("Sellers to verify", "how_to_reg", Seller, _to_verify(), "status__exact=invited",
              lambda s: (s.company_number, s.created_at)),
    ]  # fmt: skip


def _need[M: Model](
    title: str,
    icon: str,
    noun: type[M],
    rows: QuerySet[M],
    filters: str,
    told: Callable[[Any], tuple[str, datetime | None]],
) -> Need:
    first = list(rows.annotate(total=Window(Count("*")))[:SHOWN])
    place = f"admin:{noun._meta.app_label}_{noun._meta.model_name}"
    items = [Item(str(row), *told(row), reverse(f"{place}_change", args=[row.pk])) for row in first]
    total = first[0].total if first else 0  # type: ignore[attr-defined]
    return Need(title, icon, total, items, f"{reverse(f'{place}_changelist')}?{filters}")


def _cases() -> QuerySet[Case]:
    """Time-critical steps first, then by what is due first."""
    critical = [step.key for step in STEPS if step.time_critical]
    cases = Case.objects.open().annotate(is_critical=Q(step__key__in=critical))
    return cases.order_by("-is_critical", F("due_at").asc(nulls_last=True), "pk")


def _unanswered() -> QuerySet[Instruction]:
    """Those that were to be answered by now, of the last week."""
    late = Instruction.objects.unanswered().filter(created_at__lt=Now() - F("market__answer_within"))
    return late.filter(created_at__gt=timezone.now() - WEEK).select_related("seller").order_by("pk")


def _unmatched() -> QuerySet[Match]:
    return Match.objects.open().select_related("instruction__seller").order_by("pk")


def _unread() -> QuerySet[Trigger]:
    return Trigger.objects.exclude(problem="").filter(received_at__gt=timezone.now() - WEEK).order_by("-pk")


def _given_up() -> QuerySet[Mail]:
    return Mail.objects.filter(status=Mail.Status.FAILED).order_by("-pk")


def _closing() -> QuerySet[Competition]:
    """Gates that close before the day ends, in market time of each market and in London's days."""
    end_of_day = TruncDay(MarketTime("market__clock_offset")) + DAY
    return (
        Competition.objects.biddable().filter(closes_at__lte=end_of_day).select_related("product").order_by("closes_at")
    )


def _to_approve() -> QuerySet[SettlementRun]:
    return SettlementRun.objects.filter(status=SettlementRun.Status.CHECKED).select_related("market").order_by("pk")


def _to_verify() -> QuerySet[Seller]:
    return Seller.objects.filter(status=Seller.Status.INVITED).order_by("created_at")
