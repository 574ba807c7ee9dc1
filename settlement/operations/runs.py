"""A run: all lines of a market's month, made at once or by the job cluster; and its first check."""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django_q.tasks import async_task

from dispatch.operations import lock_matches
from markets.models import Market
from markets.operations.journal import By, record, user_of
from markets.problems import Refused
from markets.rules.spans import month_span

from ..models import RunPart, SettlementRun
from .baselines import newest_baseline_id
from .book import Book, open_book
from .invoices import count_differences
from .locks import newest_reading_id, one_run_at_a_time
from .making import make_all
from .terms import terms_of

MAKERS = 2
"""Jobs that begin at once on the parts of a run: one per worker of a cluster. See `Q_CLUSTER`."""
JOB = "settlement.jobs.make_runs"


@transaction.atomic
def start_run(*, market: Market, month: date, by: By, reason: str = "") -> SettlementRun:
    """Begins a run (see `begin_run`) and makes it here and now: a draft with a line per event."""
    run = _begin(market=market, month=month, by=by, reason=reason)
    make_all(run)
    return run


@transaction.atomic
def begin_run(*, market: Market, month: date, by: By, reason: str = "") -> SettlementRun:
    """Locks the matches of the month and lets the job cluster make a draft, seller by seller. A rerun is the next version,
    with a reason.

    `month`: its first day. Raises Refused while the month is not over in market time, for a rerun without a reason, and
    while another run of it is being made.
    """
    run = _begin(market=market, month=month, by=by, reason=reason)
    for _ in range(MAKERS):
        async_task(JOB)  # committed with the run; the round of every minute stands behind it
    return run


def _begin(*, market: Market, month: date, by: By, reason: str) -> SettlementRun:
    month = month.replace(day=1)
    one_run_at_a_time(market)
    if market.now() < month_span(month)[1]:
        raise Refused(f"{month:%B %Y} is not over in {market}. Settle it from the first of the next month on.")
    previous = SettlementRun.objects.filter(market=market, month=month).order_by("-version").first()
    if previous and previous.is_being_made:
        raise Refused(f"{previous} is being made at this moment: {progress(previous)}. Wait until it is there.")
    if previous and not reason:
        raise Refused(f"{previous} exists already. Say in a few words why the month is run again.")
    lock_matches(market=market, month=month, by=by)
    book = open_book(market=market, month=month)
    run = SettlementRun.objects.create(
        market=market,
        terms=terms_of(market=market, month=month),
        month=month,
        version=previous.version + 1 if previous else 1,
        reason=reason,
        last_reading_id=newest_reading_id(),
        last_baseline_id=newest_baseline_id(),
        findings=_findings(book),
        is_being_made=True,
        started_by=user_of(by),
    )
    assets: dict[int, set[int]] = defaultdict(set)
    for contract, _ in book.to_settle.values():
        assets[contract.seller_id].update(contract.asset_ids)
    RunPart.objects.bulk_create(
        [RunPart(run=run, seller_id=seller, assets=len(behind)) for seller, behind in assets.items()]
    )
    record(by=by, verb="start_run", subject=run, reason=reason, sellers=len(assets), terms=run.terms_id)
    return run


def progress(run: SettlementRun) -> str:
    """How far the making of a run is, in words."""
    parts = run.parts.aggregate(
        all=Count("pk"), done=Count("pk", filter=Q(status=RunPart.Status.DONE)), lines=Coalesce(Sum("lines"), 0)
    )
    return f"{parts['done']:,} of {parts['all']:,} sellers, {parts['lines']:,} lines"


@transaction.atomic
def check_run(*, run: SettlementRun, by: By) -> SettlementRun:
    """Checks a draft against the month as it stands now: every event has its line, and no figure is out of bounds.

    Raises Refused where a later version exists, where contracts or instructions came since, and for figures that cannot be.
    """
    run = newest(run)
    if run.status != SettlementRun.Status.DRAFT:
        raise Refused(f"{run} is {run.get_status_display().lower()}: only a draft is checked.")
    if run.is_being_made:
        raise Refused(f"{run} is still being made: {progress(run)}. Check it when it is there.")
    events = sum(len(events.events) for _, events in open_book(market=run.market, month=run.month).to_settle.values())
    lines = run.lines.count()
    if lines != events:
        raise Refused(f"{run} has {lines} lines; the month has {events} events by now. Start the run again.")
    impossible = run.lines.filter(
        Q(delivered_kwh__lt=0)
        | Q(delivered_share__lt=0)
        | Q(delivered_share__gt=1)
        | Q(availability_gbp__lt=0)
        | Q(utilisation_gbp__lt=0)
        | Q(sustain_gbp__lt=0)
    ).count()
    if impossible:
        raise Refused(f"{run} has {impossible} lines with figures that cannot be. Do not approve it; tell engineering.")
    run.status, run.checked_by = SettlementRun.Status.CHECKED, user_of(by)
    run.invoice_differences = count_differences(run)
    run.save(update_fields=["status", "checked_by", "invoice_differences"])
    record(by=by, verb="check_run", subject=run, lines=lines)
    return run


def newest(run: SettlementRun) -> SettlementRun:
    """The run, locked for a change of its state. Raises Refused where a later version has taken its place."""
    run = SettlementRun.objects.select_for_update(of=("self",)).select_related("market", "started_by").get(pk=run.pk)
    later = SettlementRun.objects.filter(market=run.market, month=run.month, version__gt=run.version).first()
    if later:
        raise Refused(f"{later} has taken its place: go on with that one.")
    return run


def _findings(book: Book) -> list[str]:
    """What cannot become a line."""
    endless = [pk for _, events in book.to_settle.values() for pk in events.endless]
    return [f"Instruction I-{pk} has neither an end nor a stop, so it cannot be settled." for pk in endless]
