"""The operation: decisions on bids, and windows without any, are kept whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from ...models import Bid, Competition, Discrepancy, Market, ServiceWindow
from ...problems import Contradiction, Refused, RowProblem
from ...rules.notices import BidResult, NoResponse, UnknownOffer
from ...rules.words import to_correct
from ..discrepancies import keep_discrepancies
from ..journal import By, record
from .objections import Objection, against, unknown_offer
from .rows import decide, not_plain, spread
from .telling import tell_sellers
from .windows import unanswered_windows


@dataclass(frozen=True)
class Recorded:
    """How many results were new, by outcome; how many were repeats; how many windows nobody bid in."""

    accepted: int
    rejected: int
    repeated: int
    no_response: int


def record_results(
    *,
    market: Market,
    results: Sequence[BidResult],
    no_responses: Sequence[NoResponse] = (),
    unknown: Sequence[UnknownOffer] = (),
    faults: Sequence[RowProblem] = (),
    by: By,
) -> Recorded:
    """Keeps the operator's decisions, all or none. A repeat with the same content changes nothing.

    Raises Refused with one problem per bad row, also for the `unknown` offers and other `faults` that a file was found
    to have, and Contradiction where a decided bid gets another result. Where the operator said what can't be true of
    our bids, that is kept as a `Discrepancy`, although the results are not: whoever catches the refusal keeps it so.
    """
    disputed: list[Discrepancy] = []
    beforehand = [*map(unknown_offer, unknown), *map(Objection, faults)]
    try:
        return _record(market, results, no_responses, by, beforehand, disputed)
    except Refused:
        keep_discrepancies(market=market, found=disputed, by=by)
        raise


@transaction.atomic
def _record(
    market: Market,
    results: Sequence[BidResult],
    no_responses: Sequence[NoResponse],
    by: By,
    beforehand: Sequence[Objection],
    disputed: list[Discrepancy],
) -> Recorded:
    first, repeated, objections = _once_each(results)
    spread(market, first)
    now = market.now()
    for result, standing in not_plain(market, first, now):
        found = against(result, standing, now)
        repeated += not found
        objections += found
    windows, against_silence = unanswered_windows(market, no_responses, now)
    _refuse(market, [*beforehand, *objections, *against_silence], disputed)
    outcomes = decide(market, now)
    ServiceWindow.objects.filter(pk__in=windows, no_response_at=None).update(no_response_at=now)
    _mark_decided({outcome.competition_id for outcome in outcomes}, windows)
    tell_sellers(market, outcomes)
    accepted = sum(outcome.count for outcome in outcomes if outcome.accepted)
    recorded = Recorded(accepted, sum(outcome.count for outcome in outcomes) - accepted, repeated, len(windows))
    record(by=by, verb="record_results", subject=market, **vars(recorded))
    return recorded


def _once_each(results: Sequence[BidResult]) -> tuple[list[BidResult], int, list[Objection]]:
    """The first result of each bid, how many say the same again, and objections to those that say something else."""
    first: dict[str, BidResult] = {}
    repeated, objections = 0, []
    for result in results:
        before = first.setdefault(result.bid, result)
        if before is result:
            continue
        if replace(before, line=result.line) == result:
            repeated += 1
        else:
            reason = f"Line {before.line} says otherwise of this bid."
            objections.append(Objection(RowProblem(result.line, "bid", result.bid, reason), contradicts=True))
    return list(first.values()), repeated, objections


def _refuse(market: Market, objections: Sequence[Objection], disputed: list[Discrepancy]) -> None:
    """Raises where there is any objection; what is to be kept of them goes to `disputed`."""
    if not objections:
        return
    for objection in objections:
        disputed += [
            Discrepancy(market=market, kind=objection.kind, **vars(difference)) for difference in objection.differences
        ]
    problems = [objection.problem for objection in sorted(objections, key=lambda o: (o.contradicts, o.problem.line))]
    if all(objection.contradicts for objection in objections):
        raise Contradiction(f"No result was kept: {len(problems)} contradict what was decided.", problems)
    raise Refused(f"No result was kept: {to_correct(len(problems), 'row')}.", problems)


def _mark_decided(competition_ids: set[int], windows: Sequence[int]) -> None:
    """A competition is decided when none of its bids waits for a result."""
    touched = competition_ids | set(
        ServiceWindow.objects.filter(pk__in=windows).values_list("competition_id", flat=True)
    )
    waiting = Bid.objects.filter(competition__in=touched, status=Bid.Status.PLACED).values("competition")
    Competition.objects.filter(pk__in=touched, status=Competition.Status.PUBLISHED).exclude(pk__in=waiting).update(
        status=Competition.Status.DECIDED
    )
