"""What waits for a person: each kind of work as its query, the filter of its list, and how a record is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDay
from django.utils import timezone

from dispatch.models import Instruction, Match, Trigger
from markets.models import (
    AccountLink,
    Competition,
    Discrepancy,
    JoiningRequest,
    Mail,
    MarketTime,
    MpanClash,
    Seller,
)
from settlement.models import SettlementRun
from sops.models import Case
from sops.steps import STEPS

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
type Told = tuple[str, str, datetime | None]


@dataclass(frozen=True)
class Waiting:
    """A kind of work. `filters` are those of the noun's list; `told` gives title, what else to know, and when.

    `aged`: the oldest comes first, so its age can be told.
    """

    title: str
    icon: str
    rows: Callable[[], QuerySet[Any]]
    filters: str
    told: Callable[[Any], Told]
    aged: bool = False


def cases() -> QuerySet[Case]:
    """Time-critical steps first, then by what is due first."""
    critical = [step.key for step in STEPS if step.time_critical]
    waiting = Case.objects.open().select_related("step").annotate(is_critical=Q(step__key__in=critical))
    return waiting.order_by("-is_critical", F("due_at").asc(nulls_last=True), "pk")


def case_told(case: Case) -> Told:
    titles = {step.key: step.title for step in STEPS}
    return titles.get(case.step.key, case.step.key), f"{case} {case.subject}", case.due_at


def unanswered() -> QuerySet[Instruction]:
    """Those whose sellers let their time to answer pass."""
    return Instruction.objects.without_answer().select_related("seller").order_by("pk")


def instruction_told(instruction: Instruction) -> Told:
    return instruction.reference, str(instruction.seller or instruction.seller_named), instruction.created_at


def unmatched() -> QuerySet[Match]:
    return Match.objects.open().select_related("instruction__seller").order_by("pk")


def unread() -> QuerySet[Trigger]:
    """Of the last week: what was wrong stays with a trigger for ever."""
    return Trigger.objects.exclude(problem="").filter(received_at__gt=timezone.now() - WEEK).order_by("-pk")


def closing() -> QuerySet[Competition]:
    """Gates that close before the day ends, in market time of each market and in London's days."""
    end_of_day = TruncDay(MarketTime("market__clock_offset")) + DAY
    today = Competition.objects.biddable().filter(closes_at__lte=end_of_day)
    return today.select_related("product").order_by("closes_at")


def to_approve() -> QuerySet[SettlementRun]:
    checked = SettlementRun.objects.newest().filter(status=SettlementRun.Status.CHECKED)
    return checked.select_related("market").order_by("pk")


WAITING = (
    Waiting("Open cases", "task_alt", cases, "open=yes", case_told),
    Waiting("Instructions without an answer", "campaign", unanswered, "answer__exact=waiting", instruction_told),
    Waiting(
        "Instructions not matched",
        "link_off",
        unmatched,
        "status__exact=open",
        lambda match: instruction_told(match.instruction),
    ),
    Waiting(
        "Triggers that could not be read",
        "error",
        unread,
        "problem__isempty=0",
        lambda trigger: (str(trigger), trigger.problem, trigger.received_at),
    ),
    Waiting(
        "Mail given up",
        "unsubscribe",
        lambda: Mail.objects.filter(status=Mail.Status.FAILED).order_by("-pk"),
        "status__exact=failed",
        lambda mail: (mail.subject, mail.recipient, mail.created_at),
    ),
    Waiting(
        "Competitions closing today",
        "timer",
        closing,
        "gate=open",
        lambda competition: (competition.name, f"{competition.product} {competition.reference}", competition.closes_at),
    ),
    Waiting(
        "Settlement runs to approve",
        "gavel",
        to_approve,
        "status__exact=checked",
        lambda run: (str(run), run.reference, run.created_at),
    ),
    Waiting(
        "Sellers to verify",
        "how_to_reg",
        lambda: Seller.objects.filter(status=Seller.Status.INVITED).order_by("created_at"),
        "status__exact=invited",
        lambda seller: (seller.name, seller.company_number, seller.created_at),
        aged=True,
    ),
    Waiting(
        "Asked to join",
        "waving_hand",
        lambda: JoiningRequest.objects.filter(status=JoiningRequest.Status.ASKED).order_by("asked_at"),
        "status__exact=asked",
        lambda asking: (asking.company, f"{asking.name}, {asking.email}", asking.asked_at),
        aged=True,
    ),
    Waiting(
        "Accounts to link",
        "link",
        lambda: (
            AccountLink.objects.filter(status=AccountLink.Status.ASKED)
            .select_related("seller", "operator")
            .order_by("asked_at")
        ),
        "status__exact=asked",
        lambda link: (str(link.seller), f"{link.account} at {link.operator}", link.asked_at),
        aged=True,
    ),
    Waiting(
        "Discrepancies",
        "difference",
        lambda: Discrepancy.objects.filter(resolved_at=None).order_by("found_at", "pk"),
        "resolved_at__isempty=1",
        lambda discrepancy: (discrepancy.bid, discrepancy.get_kind_display(), discrepancy.found_at),
        aged=True,
    ),
    Waiting(
        "MPAN clashes",
        "call_split",
        lambda: (
            MpanClash.objects.filter(resolved_at=None)
            .select_related("asset__seller", "other__seller")
            .order_by("found_at")
        ),
        "resolved_at__isempty=1",
        lambda clash: (clash.mpan, f"{clash.asset.seller} and {clash.other.seller}", clash.found_at),
        aged=True,
    ),
)
