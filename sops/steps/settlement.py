"""Settlement: readings in and on, a run a month, two pairs of eyes, statements out."""

from datetime import timedelta

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, TruncDate

from dispatch.models import Instruction, Match
from dispatch.rules.deadline import READINGS_UNTIL
from markets.models import Bid, BidLine, Contract, Market, MarketTime, Product, Seller
from markets.operations.journal import By, user_of
from markets.problems import Refused
from markets.rules.spans import LONDON
from settlement.models import ForwardedReading, InvoiceLine, LineQuery, ReadingDay, SettlementRun
from settlement.operations import approve_run, begin_run, check_run, issue_run, open_points
from settlement.rules.calls import ASKS, ENDS

from .declaration import Lane, Mode, Phase, StepDeclaration
from .moments import LastMonth, MonthBegan, ThisMonth, real

CLOCK = "market__clock_offset"


def sellers_without_readings() -> QuerySet[Seller]:
    """Sellers that were asked to deliver last month and have an asset behind it of which we hold no day of that month.

    Asked as settlement means it: by schedule, or by an instruction that stands. What only had to be kept available needs
    no reading, nor does a month whose statements are out, nor a test party. A month that is there in part is not seen
    here: the run shows which intervals it lacks.
    """
    of_asset = ReadingDay.objects.filter(
        asset=OuterRef("asset"), day__gte=OuterRef(OuterRef("month")), day__lt=OuterRef(OuterRef("after"))
    )
    silent = Bid.assets.through.objects.filter(~Exists(of_asset), bid=OuterRef("bid"))
    issued = SettlementRun.objects.filter(
        market=OuterRef("market"), month=OuterRef("month"), status=SettlementRun.Status.ISSUED
    )
    unread = (
        Contract.objects.filter(seller=OuterRef("pk"), market__test_party=None)
        .annotate(month=LastMonth(CLOCK), after=ThisMonth(CLOCK))
        .filter(_scheduled() | Exists(_calls()), Exists(silent), ~Exists(issued))
        .annotate(month_ended_at=real(MonthBegan(CLOCK), CLOCK))
        .order_by("month_ended_at")
    )
    return Seller.objects.annotate(fell_due_at=unread.values("month_ended_at")[:1]).filter(fell_due_at__isnull=False)


def _scheduled() -> Q:
    """Contracts that a schedule calls, with a window that reaches into the month."""
    windows = BidLine.objects.filter(
        bid=OuterRef("bid"), window__first_day__lt=OuterRef("after"), window__last_day__gte=OuterRef("month")
    )
    return Q(Exists(windows), bid__competition__product__call=Product.Call.SCHEDULED)


def _calls() -> QuerySet[Match]:
    """Starts and changes of the month, matched to the contract, of which no later revision came."""
    revised = Instruction.objects.filter(
        match__contract=OuterRef("contract"),
        trigger__reference=OuterRef("instruction__trigger__reference"),
        trigger__revision__gt=OuterRef("instruction__trigger__revision"),
    ).exclude(kind__in=ENDS)
    return Match.objects.alias(day=TruncDate("instruction__starts_at", tzinfo=LONDON)).filter(
        ~Exists(revised),
        contract=OuterRef("pk"),
        status=Match.Status.MATCHED,
        instruction__kind__in=ASKS,
        day__gte=OuterRef("month"),
        day__lt=OuterRef("after"),
    )


def readings_the_operator_has_not_read() -> QuerySet[ReadingDay]:
    """Days of readings that came after the newest one in a feed of an operator."""
    read = ForwardedReading.objects.order_by("-reading_day_id").values("reading_day_id")[:1]
    return ReadingDay.objects.filter(pk__gt=Coalesce(Subquery(read), 0)).annotate(fell_due_at=F("received_at"))


def markets_to_run() -> QuerySet[Market]:
    """Markets that delivered last month, whose readings are closed, and that have no run of it; with `month`.

    Not those of test parties: nobody delivers there, however far the clock was moved or runs on.
    """
    delivered = Contract.objects.filter(
        market=OuterRef("pk"),
        bid__competition__first_day__lt=OuterRef("after"),
        bid__competition__last_day__gte=OuterRef("month"),
    )
    run = SettlementRun.objects.filter(market=OuterRef("pk"), month=OuterRef("month"))
    readings_closed = ExpressionWrapper(MonthBegan() + Value(READINGS_UNTIL), output_field=DateTimeField())
    return (
        Market.objects.filter(test_party=None)
        .annotate(month=LastMonth(), after=ThisMonth(), fell_due_at=real(readings_closed))
        .alias(readings_closed=readings_closed, clock=MarketTime())
        .filter(Exists(delivered), ~Exists(run), readings_closed__lte=F("clock"))
    )


def _runs(status: SettlementRun.Status) -> QuerySet[SettlementRun]:
    """Runs in this status that no later version has taken the place of."""
    runs = SettlementRun.objects.newest().filter(status=status, is_being_made=False)
    return runs.annotate(fell_due_at=F("created_at")).select_related("market")


def runs_to_compare() -> QuerySet[SettlementRun]:
    """Checked or later runs, the newest of their month, from which the operator's invoice differs."""
    invoice = InvoiceLine.objects.filter(market=OuterRef("market"), month=OuterRef("month"))
    return (
        SettlementRun.objects.newest()
        .exclude(status=SettlementRun.Status.DRAFT)
        .annotate(fell_due_at=invoice.order_by("received_at").values("received_at")[:1])
        .filter(invoice_differences__gt=0)
        .select_related("market")
    )


def queries_without_answer() -> QuerySet[LineQuery]:
    """Sellers' queries about lines of their statements, that nobody has answered."""
    waiting = LineQuery.objects.filter(answered_at=None).defer("file")
    return waiting.annotate(fell_due_at=F("raised_at")).select_related("seller", "statement__run", "line__contract")


def what_is_asked(query: LineQuery) -> str:
    """The query and the line it is about. Money in GBP."""
    line = query.line
    pay = line.availability_gbp + line.utilisation_gbp + line.sustain_gbp
    asked = [
        f"{query.seller}, statement {query.statement}: {line}",
        f"{line.delivered_share:.1%} delivered, £{pay:,.2f} paid",
        *([f"Sent along: {query.file_name}"] if query.file_name else []),
    ]
    return "\n".join([*(f"- {fact}" for fact in asked), "", *(f"> {row}" for row in query.text.splitlines())])


def run_findings(run: SettlementRun) -> str:
    """What the machine can say before a second person approves a run. Money in GBP."""
    ours = run.lines.aggregate(
        lines=Count("pk"), pay=Sum(F("availability_gbp") + F("utilisation_gbp") + F("sustain_gbp"))
    )
    theirs = InvoiceLine.objects.filter(market=run.market, month=run.month).aggregate(pay=Sum("amount_gbp"))["pay"]
    findings = [
        f"{ours['lines']} events, £{ours['pay'] or 0:,.2f}",
        f"NGED invoices {'nothing yet' if theirs is None else f'£{theirs:,.2f}'}",
        f"Started by {run.started_by or 'the machine'}, checked by {run.checked_by or 'the machine'}",
        *open_points(run),
    ]
    return "\n".join(f"- {finding}" for finding in findings)


def approve(subject: SettlementRun, *, by: By) -> None:
    """Approves a run against which nothing speaks. To approve one all the same is done on its own page, with a reason."""
    person = user_of(by)
    if person is None:
        raise Refused("Only a person approves a run.")
    approve_run(run=subject, by=person)


STEPS = (
    StepDeclaration(
        key="collect-readings",
        phase=Phase.SETTLEMENT,
        lane=Lane.SELLER,
        title="Collect the readings",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=5,
        runs_elsewhere="Sellers send readings by API",
        tallied=True,
    ),
    StepDeclaration(
        key="chase-readings",
        phase=Phase.SETTLEMENT,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Chase missing readings",
        modes=(Mode.MANUAL,),
        minutes_by_hand=10,
        due=sellers_without_readings,
        deadline=READINGS_UNTIL,
        rests=timedelta(days=3),
    ),
    StepDeclaration(
        key="forward-readings",
        phase=Phase.SETTLEMENT,
        lane=Lane.PICLO,
        title="Forward the readings to NGED",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=2,
        due=readings_the_operator_has_not_read,
        runs_elsewhere="NGED reads the feed GET readings",
        tallied=True,
    ),
    StepDeclaration(
        key="run",
        phase=Phase.SETTLEMENT,
        lane=Lane.PICLO,
        title="Run the month",
        modes=(Mode.MANUAL, Mode.AUTOMATED),
        minutes_by_hand=120,
        due=markets_to_run,
        do=lambda subject, *, by: begin_run(market=subject, month=subject.month, by=by),
        called=lambda market: f"{market}, {market.month:%B %Y}",
        deadline=timedelta(days=3),
    ),
    StepDeclaration(
        key="check-run",
        phase=Phase.SETTLEMENT,
        lane=Lane.PICLO,
        title="Check the run",
        modes=(Mode.MANUAL, Mode.AUTOMATED),
        minutes_by_hand=30,
        due=lambda: _runs(SettlementRun.Status.DRAFT),
        do=lambda subject, *, by: check_run(run=subject, by=by),
        deadline=timedelta(days=1),
    ),
    StepDeclaration(
        key="approve",
        phase=Phase.SETTLEMENT,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Approve the run",
        modes=(Mode.MANUAL, Mode.ASSISTED),  # never automated: the database wants a second person
        minutes_by_hand=30,
        people=2,
        due=lambda: _runs(SettlementRun.Status.CHECKED),
        do=approve,
        prepare=run_findings,
        deadline=timedelta(days=2),
    ),
    StepDeclaration(
        key="compare-invoice",
        phase=Phase.SETTLEMENT,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Compare NGED's invoice",
        modes=(Mode.MANUAL,),
        minutes_by_hand=45,
        due=runs_to_compare,
        deadline=timedelta(days=3),
        rests=None,
    ),
    StepDeclaration(
        key="issue",
        phase=Phase.SETTLEMENT,
        lane=Lane.PICLO,
        title="Issue the statements",
        modes=(Mode.MANUAL, Mode.AUTOMATED),
        minutes_by_hand=15,
        due=lambda: _runs(SettlementRun.Status.APPROVED),
        do=lambda subject, *, by: issue_run(run=subject, by=by),
        deadline=timedelta(days=1),
    ),
    StepDeclaration(
        key="answer-query",
        phase=Phase.SETTLEMENT,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Answer a query about a statement",
        modes=(Mode.MANUAL,),
        minutes_by_hand=20,
        due=queries_without_answer,
        called=lambda query: f"{query} of {query.seller}",
        prepare=what_is_asked,
        deadline=timedelta(days=3),
    ),
)
