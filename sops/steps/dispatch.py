"""Dispatch: always by machine, within a second. What the machine could not finish becomes a case at once."""

from datetime import timedelta

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Now

from dispatch.models import Acknowledgement, Instruction, Match, Notice, Trigger
from dispatch.models.owed import ANSWERED_KINDS
from dispatch.operations import reminders_due
from markets.models import DispatchContact, Mail, Market
from markets.rules.words import moment

from .calling import told, what_is_missing, whom_to_call
from .declaration import Lane, Mode, Phase, StepDeclaration

MAIL_LEAVES_WITHIN = timedelta(minutes=1)  # it takes about a second: a minute without it is a fault
MACHINE_MATCHES_WITHIN = timedelta(minutes=2)  # the job runs every minute
MACHINE_REMINDS_WITHIN = timedelta(minutes=10)
TOLD_OF_FOR = timedelta(days=1)  # the operator has found the capacity elsewhere by then, or never


def _plus(field: str, wait: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(F(field) + Value(wait), output_field=DateTimeField())


def triggers_to_read() -> QuerySet[Trigger]:
    """Triggers that could not be read: kept, alarmed, and for a person to understand."""
    return Trigger.objects.not_canary().exclude(problem="").annotate(fell_due_at=F("received_at")).defer("raw")


def instructions_not_sent() -> QuerySet[Instruction]:
    """Unanswered instructions that no mailbox of a seller has: nobody knows the seller, no mail could be sent, or
    each came back."""
    sent = Notice.objects.filter(
        instruction=OuterRef("pk"), contact__isnull=False, mail__status=Mail.Status.SENT, mail__bounced_at=None
    )
    return (
        Instruction.objects.unanswered()
        .told()
        .filter(~Exists(sent))
        .annotate(fell_due_at=_plus("created_at", MAIL_LEAVES_WITHIN))
        .filter(fell_due_at__lte=Now())
        .select_related("seller")
    )


def instructions_to_chase() -> QuerySet[Instruction]:
    """Instructions whose seller was told, and let the market's time to answer pass. What a later one made idle is left."""
    with_mails = Prefetch("notices", Notice.objects.filter(contact__isnull=False).select_related("mail", "contact"))
    return (
        Instruction.objects.without_answer()
        .annotate(fell_due_at=F("answer_due_at"))
        .select_related("trigger", "seller", "market__operator")
        .prefetch_related(with_mails, "seller__dispatch_contacts")
    )


def declines_to_tell() -> QuerySet[Acknowledgement]:
    """Refusals of a seller that still stand: the last answer to an instruction that nothing has made idle since."""
    later = Acknowledgement.objects.filter(instruction=OuterRef("instruction"), pk__gt=OuterRef("pk"))
    return (
        Acknowledgement.objects.filter(
            ~Exists(later),
            answer=Instruction.Answer.DECLINED,
            given_at__gt=Now() - Value(TOLD_OF_FOR),
            instruction__in=Instruction.objects.filter(answer=Instruction.Answer.DECLINED).standing(),
            instruction__kind__in=ANSWERED_KINDS,
        )
        .annotate(fell_due_at=F("given_at"))
        .select_related("instruction__trigger", "instruction__seller", "instruction__market__operator")
    )


def matches_open() -> QuerySet[Match]:
    """Instructions for which the rules found no contract."""
    return (
        Match.objects.open()
        .filter(locked_at=None, instruction__is_held=False)
        .annotate(fell_due_at=_plus("instruction__created_at", MACHINE_MATCHES_WITHIN))
        .filter(fell_due_at__lte=Now())
        .select_related("instruction__seller", "instruction__market")
    )


def mailboxes_that_bounce() -> QuerySet[DispatchContact]:
    """Dispatch contacts whose mailbox did not take an instruction, until it takes a later one or is tested anew."""
    notices = Notice.objects.not_canary().filter(contact=OuterRef("pk"))
    bounced = notices.filter(
        Q(contact__verified_at=None) | Q(mail__bounced_at__gt=F("contact__verified_at")), mail__bounced_at__isnull=False
    ).order_by("-pk")
    taken = notices.filter(mail__delivered_at__gt=OuterRef("fell_due_at"), mail__bounced_at=None)
    return (
        DispatchContact.objects.annotate(fell_due_at=bounced.values("mail__bounced_at")[:1])
        .filter(~Exists(taken), fell_due_at__isnull=False)
        .select_related("seller", "market")
    )


def markets_to_remind() -> QuerySet[Market]:
    """Markets in which a seller delivers by schedule tomorrow, and the job has not reminded it of that."""
    due = reminders_due()
    since = [When(pk=key, then=Value(at + MACHINE_REMINDS_WITHIN)) for key, at in due.items()]
    fell_due_at = Case(*since, default=Now(), output_field=DateTimeField())
    return Market.objects.filter(pk__in=due).annotate(fell_due_at=fell_due_at).filter(fell_due_at__lte=Now())


def why_open(match: Match) -> str:
    """What a person has to solve, and by when: before the run of its month falls due."""
    discrepancies = "\n".join(match.discrepancies) or "No rule found the contract."
    return f"{discrepancies}\nSettlement runs from {moment(match.solve_by)}, market time: match it before."


def _why_not_sent(instruction: Instruction) -> str:
    if instruction.seller is None:
        return f"No seller is known as '{instruction.seller_named}'. Find out who is meant, and call."
    return f"No mail of it reached a dispatch contact of {instruction.seller}. Call now."


STEPS = (
    StepDeclaration(
        key="remind",
        phase=Phase.DISPATCH,
        lane=Lane.PICLO,
        title="Remind sellers of what they deliver by schedule",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=10,
        due=markets_to_remind,
        runs_elsewhere="A job reminds from the market's hour on, every minute",
        called=lambda market: f"{market}, tomorrow",
        explain=lambda market: "It is past the market's hour, and the job has not reminded every seller.",
        deadline=timedelta(hours=3),
        rests=timedelta(hours=9),
    ),
    StepDeclaration(
        key="receive-trigger",
        phase=Phase.DISPATCH,
        lane=Lane.NGED,
        title="Receive the trigger",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=10,
        time_critical=True,
        due=triggers_to_read,
        runs_elsewhere="NGED sends POST dispatch/triggers",
        explain=lambda trigger: trigger.problem,
        deadline=timedelta(minutes=5),
        rests=None,
    ),
    StepDeclaration(
        key="instruct",
        phase=Phase.DISPATCH,
        lane=Lane.PICLO,
        title="Instruct the seller",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=5,
        time_critical=True,
        due=instructions_not_sent,
        runs_elsewhere="The instruction worker sends the mail",
        called=told,
        explain=_why_not_sent,
        deadline=timedelta(minutes=5),
        rests=None,
    ),
    StepDeclaration(
        key="confirm",
        phase=Phase.DISPATCH,
        lane=Lane.SELLER,
        title="Confirm the instruction",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=2,
        time_critical=True,
        runs_elsewhere="The seller answers by the link in the mail, by page or API",
    ),
    StepDeclaration(
        key="chase",
        phase=Phase.DISPATCH,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Chase an unanswered instruction",
        modes=(Mode.MANUAL,),
        minutes_by_hand=5,
        people=2,
        time_critical=True,
        due=instructions_to_chase,
        called=told,
        prepare=whom_to_call,
        deadline=timedelta(minutes=5),
        rests=timedelta(minutes=15),
    ),
    StepDeclaration(
        key="tell-decline",
        phase=Phase.DISPATCH,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Tell the operator that a seller declines",
        modes=(Mode.MANUAL,),
        minutes_by_hand=5,
        time_critical=True,
        due=declines_to_tell,
        called=lambda answer: f"{told(answer.instruction)} declines",
        prepare=what_is_missing,
        deadline=timedelta(minutes=5),
        rests=None,
    ),
    StepDeclaration(
        key="mend-mailbox",
        phase=Phase.DISPATCH,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Mend a dispatch mailbox that sends mail back",
        modes=(Mode.MANUAL,),
        minutes_by_hand=15,
        time_critical=True,
        due=mailboxes_that_bounce,
        called=lambda contact: f"{contact.email} of {contact.seller}, {contact.market}",
        deadline=timedelta(hours=4),
        rests=timedelta(days=1),
    ),
    StepDeclaration(
        key="match",
        phase=Phase.DISPATCH,
        lane=Lane.PICLO,
        title="Match the instruction to its contract",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=10,
        due=matches_open,
        runs_elsewhere="A job matches by rule every minute",
        called=lambda match: told(match.instruction),
        explain=why_open,
        own_deadline=lambda match: match.solve_by - match.instruction.market.clock_offset,
    ),
)
