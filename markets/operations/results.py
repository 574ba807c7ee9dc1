"""Results: accepted bids become contracts, sellers hear the same day, and both lists of contracts are compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from .. import emails
from ..models import PRICES, Bid, BidLine, Competition, Contract, Market, Seller, ServiceWindow
from ..problems import Contradiction, Refused, RowProblem
from ..rules.notices import BidResult, ListedContract, NoResponse
from ..rules.reconciliation import FOUR_PLACES, Difference, differences
from . import mail
from .admissions import heard
from .journal import By, record


@dataclass(frozen=True)
class Recorded:
    """How many results were new, by outcome; how many were repeats; how many windows nobody bid in."""

    accepted: int
    rejected: int
    repeated: int
    no_response: int


@transaction.atomic
def record_results(
    *, market: Market, results: Sequence[BidResult], no_responses: Sequence[NoResponse] = (), by: By
) -> Recorded:
    """Keeps the operator's decisions, all or none. A repeat with the same content changes nothing.

    Raises Refused with one problem per bad row, and Contradiction where a decided bid gets another result.
    """
    named = Bid.objects.filter(competition__market=market, reference__in=[r.bid for r in results]).order_by("pk")
    list(named.select_for_update(of=("self",)).values_list("pk"))  # locked, then read: what came at once is a repeat
    bids = {bid.reference: bid for bid in named.select_related("competition", "seller", "contract")}
    now = market.now()
    problems: list[RowProblem] = []
    contradictions: list[RowProblem] = []
    fresh: dict[str, tuple[Bid, BidResult]] = {}
    repeated = 0
    for result in results:
        bid = bids.get(result.bid)
        if bid is None or (reason := _why_undecidable(bid, result, now)):
            reason = reason if bid else "We do not know this bid."
            problems.append(RowProblem(result.line, "bid", result.bid, reason))
        elif bid.status == Bid.Status.PLACED and fresh.get(result.bid, (bid, result))[1] == result:
            repeated += result.bid in fresh
            fresh[result.bid] = (bid, result)
        elif bid.status != Bid.Status.PLACED and _agrees(bid, result):
            repeated += 1
        else:
            contradictions.append(
                RowProblem(
                    result.line, "bid", result.bid, f"It is already {bid.get_status_display().lower()}, otherwise."
                )
            )
    windows = _unanswered_windows(market, no_responses, now, problems)
    if problems:
        raise Refused(f"No result was kept: {len(problems)} rows need correcting.", problems + contradictions)
    if contradictions:
        raise Contradiction(f"No result was kept: {len(contradictions)} contradict what was decided.", contradictions)
    accepted = _store(market, list(fresh.values()), now)
    ServiceWindow.objects.filter(pk__in=windows, no_response_at=None).update(no_response_at=now)
    _mark_decided({bid.competition_id for bid, _ in fresh.values()}, windows)
    _tell_sellers(market, list(fresh.values()))
    outcome = Recorded(accepted, len(fresh) - accepted, repeated, len(windows))
    record(by=by, verb="record_results", subject=market, **vars(outcome))
    return outcome


def _why_undecidable(bid: Bid, result: BidResult, now: datetime) -> str:
    if bid.status == Bid.Status.WITHDRAWN:
        return "The seller withdrew this bid before gate closure."
    if bid.competition.closes_at > now:
        return "Bidding is still open in this competition."
    if result.accepted and bid.competition.status == Competition.Status.WITHDRAWN and bid.status == Bid.Status.PLACED:
        return "This competition was withdrawn: none of its bids can be accepted."
    if result.accepted and not 0 < result.accepted_kw.quantize(FOUR_PLACES) <= bid.capacity_kw:
        return f"Accepted capacity must be above 0 and at most the {bid.capacity_kw.normalize():f} kW offered."
    if any(getattr(result, price) < 0 for price in PRICES):
        return "An awarded price is not negative."
    return ""


def _agrees(bid: Bid, result: BidResult) -> bool:
    if bid.status == Bid.Status.REJECTED:
        return not result.accepted
    return result.accepted and all(
        getattr(bid.contract, name) == getattr(result, name).quantize(FOUR_PLACES) for name in ("accepted_kw", *PRICES)
    )


def _unanswered_windows(
    market: Market, no_responses: Sequence[NoResponse], now: datetime, problems: list[RowProblem]
) -> list[int]:
    """Keys of the windows; why one can't be without response is added to `problems`."""
    windows = ServiceWindow.objects.filter(competition__market=market).select_related("competition")
    asked = windows.filter(competition__reference__in={n.competition for n in no_responses})
    known = {(window.competition.reference, window.name): window for window in asked}
    bids = BidLine.objects.filter(window__in=asked).exclude(bid__status=Bid.Status.WITHDRAWN)
    held = dict(bids.order_by("-pk").values_list("window", "bid__reference"))
    for row in no_responses:
        if reason := _why_not_unanswered(known.get((row.competition, row.window)), held, now):
            problems.append(RowProblem(row.line, "window", f"{row.competition} / {row.window}", reason))
    return sorted({known[n.competition, n.window].pk for n in no_responses if (n.competition, n.window) in known})


def _why_not_unanswered(window: ServiceWindow | None, held: Mapping[int, str], now: datetime) -> str:
    """`held`: a bid that stands, by window."""
    if window is None:
        return "There is no such window."
    if window.competition.closes_at > now:
        return "Bidding is still open in this competition."
    if window.pk in held:
        return f"{held[window.pk]} stands in this window: send a result for it. The bids of a window are in the feed."
    return ""


def _store(market: Market, decided: Sequence[tuple[Bid, BidResult]], now: datetime) -> int:
    for bid, result in decided:
        bid.status = Bid.Status.ACCEPTED if result.accepted else Bid.Status.REJECTED
        bid.result_reason = result.reason
    Bid.objects.bulk_update([bid for bid, _ in decided], ["status", "result_reason"], batch_size=5000)
    contracts = Contract.objects.bulk_create(
        Contract(
            bid=bid,
            seller=bid.seller,
            market=market,
            awarded_at=now,
            **{name: getattr(result, name) for name in ("accepted_kw", *PRICES)},
        )
        for bid, result in decided
        if result.accepted
    )
    return len(contracts)


def _mark_decided(competition_ids: set[int], windows: Sequence[int]) -> None:
    """A competition is decided when none of its bids waits for a result."""
    touched = Competition.objects.filter(status=Competition.Status.PUBLISHED)
    touched.filter(pk__in=competition_ids).exclude(bids__status=Bid.Status.PLACED).update(
        status=Competition.Status.DECIDED
    )
    touched.filter(pk__in=ServiceWindow.objects.filter(pk__in=windows).values("competition")).exclude(
        bids__status=Bid.Status.PLACED
    ).update(status=Competition.Status.DECIDED)


def _tell_sellers(market: Market, decided: Sequence[tuple[Bid, BidResult]]) -> None:
    counts = Counter((bid.seller_id, result.accepted) for bid, result in decided)
    for seller in heard(market, Seller.objects.filter(pk__in={seller_id for seller_id, _ in counts})):
        accepted, rejected = counts[seller.pk, True], counts[seller.pk, False]
        mail.queue(list(emails.results(seller=seller, market=market, accepted=accepted, rejected=rejected)))


def reconcile(*, market: Market, listed: Sequence[ListedContract]) -> list[Difference]:
    """The operator's whole list of a market's contracts against ours, field by field. Changes nothing."""
    contracts = Contract.objects.filter(market=market).values_list("bid__reference", "accepted_kw", *PRICES)
    return differences(listed, {bid: ListedContract(bid, *numbers) for bid, *numbers in contracts})
