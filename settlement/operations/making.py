"""Making a run part by part: a seller's lines are all there or none, so whoever is killed leaves nothing half done.

A part waits as a row. Whoever makes parts takes some that nobody else holds (`FOR UPDATE SKIP LOCKED`), writes their lines
and marks them done in one transaction. Killed meanwhile, they wait again at once; the job of every minute goes on.
"""

import logging
import time
from collections.abc import Collection

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from ..models import RunPart, SettlementRun
from .book import open_book
from .lines import ASSETS_AT_ONCE, write_lines

logger = logging.getLogger(__name__)


class PartsFailed(Exception):
    """Some parts could not be made, and wait on; the cause is why."""

    def __init__(self, parts: list[RunPart]):
        super().__init__(", ".join(map(str, parts)))
        self.parts = parts


def make_runs(*, seconds: float = float("inf")) -> int:
    """Makes what waits of all runs, for about so many seconds. Returns how many parts were made. Safe to run twice at once.

    What fails is kept as the problem of its part, which waits for the next round; it holds nobody else up.
    """
    until = time.monotonic() + seconds
    made = 0
    for run in SettlementRun.objects.filter(is_being_made=True).select_related("market", "terms").order_by("pk"):
        failed: set[int] = set()
        while time.monotonic() < until:
            try:
                done = len(_make(run, without=failed))
            except PartsFailed as failure:
                done = _make_one_by_one(run, failure.parts)
                failed.update(part.pk for part in failure.parts)
            else:
                if not done:
                    break
            made += done
        finish(run)
    return made


def make_all(run: SettlementRun) -> None:
    """Makes every part of a run now, one after the other. What fails is raised, as PartsFailed."""
    while _make(run):
        pass
    finish(run)


@transaction.atomic
def finish(run: SettlementRun) -> None:
    """The run is made once no part waits. Whoever made the last part does it, else the job of every minute."""
    SettlementRun.objects.select_for_update().get(pk=run.pk)
    if not run.parts.filter(status=RunPart.Status.WAITING).exists():
        SettlementRun.objects.filter(pk=run.pk, is_being_made=True).update(is_being_made=False)
        run.is_being_made = False


def _make_one_by_one(run: SettlementRun, parts: list[RunPart]) -> int:
    """Of several sellers that failed together, those who can be made are."""
    made = 0
    for part in parts:
        try:
            made += len(_make(run, only=part.pk))
        except PartsFailed as failure:
            logger.exception("%s could not be made", part)
            problem = f"{type(failure.__cause__).__name__}: {failure.__cause__}"
            RunPart.objects.filter(pk=part.pk).update(problem=problem)
    return made


@transaction.atomic
def _make(run: SettlementRun, *, without: Collection[int] = (), only: int | None = None) -> list[RunPart]:
    parts = _take(run, without, only)
    if not parts:
        return []
    try:
        with transaction.atomic():
            sellers = [part.seller_id for part in parts]
            book = open_book(market=run.market, month=run.month, sellers=sellers, run=run)
            lines = write_lines(run=run, book=book)
    except (OperationalError, InterfaceError):  # a lost database is no part's fault
        raise
    except Exception as error:
        raise PartsFailed(parts) from error
    for part in parts:
        part.status, part.lines, part.problem = RunPart.Status.DONE, lines[part.seller_id], ""
        part.done_at = timezone.now()
    RunPart.objects.bulk_update(parts, ["status", "lines", "problem", "done_at"])
    return parts


def _take(run: SettlementRun, without: Collection[int], only: int | None) -> list[RunPart]:
    """Parts that nobody holds, of about `ASSETS_AT_ONCE` assets together: the first, then as many as it lets expect."""
    waiting = RunPart.objects.filter(run=run, status=RunPart.Status.WAITING).order_by("pk")
    if only is not None:
        return list(waiting.filter(pk=only).select_for_update(skip_locked=True))
    taken: list[RunPart] = []
    assets, wanted = 0, 1
    while assets < ASSETS_AT_ONCE:
        others = waiting.exclude(pk__in=[*without, *(part.pk for part in taken)])
        more = list(others.select_for_update(skip_locked=True)[:wanted])
        if not more:
            break
        taken += more
        assets = sum(part.assets for part in taken)
        wanted = max(1, (ASSETS_AT_ONCE - assets) * len(taken) // max(1, assets))
    return taken
