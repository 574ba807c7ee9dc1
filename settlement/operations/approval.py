"""The second pair of eyes: what is still open in a run, and the person who approves it all the same or not."""

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from dispatch.models import Instruction, Kind, Match
from markets.models import User
from markets.operations.journal import record
from markets.problems import Refused
from markets.rules.spans import month_span

from ..models import ReadingDay, SettlementRun
from .queries import open_queries
from .runs import newest

NAMED = 5
PLURALS = {"query": "queries"}


def unmatched_instructions(run: SettlementRun) -> QuerySet[Instruction]:
    """Instructions that take effect in the month (or, saying no time, were made in it) and have no contract yet."""
    start, end = month_span(run.month)
    in_month = Q(starts_at__gte=start, starts_at__lt=end) | Q(
        starts_at=None, created_at__gte=start - run.market.clock_offset, created_at__lt=end - run.market.clock_offset
    )
    return (
        Instruction.objects.filter(in_month, market=run.market)
        .exclude(kind=Kind.TEST)
        .exclude(match__status=Match.Status.MATCHED)
        .order_by("pk")
    )


def open_points(run: SettlementRun) -> list[str]:
    """Why the run should not be approved yet, as sentences; empty where nothing speaks against it."""
    points = list(run.findings)
    if unmatched := list(unmatched_instructions(run).values_list("reference", flat=True)):
        named = ", ".join(unmatched[:NAMED]) + (", ..." if len(unmatched) > NAMED else "")
        points.append(f"Not matched to a contract: {_count(len(unmatched), 'instruction')} of the month ({named}).")
    lacking = run.lines.filter(assets_without_readings__gt=0).aggregate(
        lines=Count("pk"), sellers=Count("seller", distinct=True), assets=Sum("assets_without_readings")
    )
    if lacking["lines"]:
        points.append(
            f"Readings are missing in {_count(lacking['lines'], 'line')} of {_count(lacking['sellers'], 'seller')}: "
            "what was not read counts as not delivered."
        )
    if queries := [query.reference for query in open_queries(run)]:
        named = ", ".join(queries[:NAMED]) + (", ..." if len(queries) > NAMED else "")
        wait = "waits" if len(queries) == 1 else "wait"
        points.append(f"{_count(len(queries), 'query')} of sellers about the month {wait} for an answer ({named}).")
    if late := _later_readings(run):
        points.append(f"{_count(late, 'day')} of readings came after the run was started. Start it again to use them.")
    return points


@transaction.atomic
def approve_run(*, run: SettlementRun, by: User, reason: str = "") -> SettlementRun:
    """A second person approves a checked run. `reason` overrides what is still open, and is kept.

    Raises Refused for the person who started it (or checked it, where a job started it), for a run that is not checked
    or not the latest, and, without a reason, while anything of `open_points` is open.
    """
    run = newest(run)
    if run.status != SettlementRun.Status.CHECKED:
        raise Refused(f"{run} is {run.get_status_display().lower()}: only a checked run is approved.")
    if by.pk == (run.started_by_id or run.checked_by_id):
        raise Refused("A second person approves a run: somebody else than who started it.")
    points = open_points(run)
    if points and not reason:
        raise Refused(" ".join(["Not approved.", *points, "Solve this, or give a reason to approve all the same."]))
    run.status, run.approved_by, run.override_reason = SettlementRun.Status.APPROVED, by, reason if points else ""
    run.save(update_fields=["status", "approved_by", "override_reason"])
    record(by=by, verb="approve_run", subject=run, reason=run.override_reason, open_points=points)
    return run


def _later_readings(run: SettlementRun) -> int:
    """Days of the run's assets in the month that were stored after it was started."""
    start, end = month_span(run.month)
    assets = run.lines.values("contract__bid__assets")
    later = ReadingDay.objects.filter(pk__gt=run.last_reading_id, asset__in=assets)
    return later.filter(day__gte=start.date(), day__lte=end.date()).count()


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else PLURALS.get(noun, noun + 's')}"
