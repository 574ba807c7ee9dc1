"""What speaks against a result, beside the bid as it stands; and what of it the operator and we hold differently."""

from dataclasses import dataclass
from datetime import datetime

from ...models import PRICES, Bid, Competition, Discrepancy
from ...problems import RowProblem
from ...rules.notices import BidResult, ListedContract, UnknownOffer
from ...rules.reconciliation import FOUR_PLACES, Difference, differing_fields
from .rows import Standing


@dataclass(frozen=True)
class Objection:
    """Why a row is refused. `differences` wait for a person; `contradicts`: it says otherwise than what was decided."""

    problem: RowProblem
    differences: tuple[Difference, ...] = ()
    contradicts: bool = False
    kind: Discrepancy.Kind = Discrepancy.Kind.CONTRADICTION


def against(result: BidResult, standing: Standing | None, now: datetime) -> list[Objection]:
    """Everything that speaks against the result; empty where it repeats what was decided."""
    if standing is None:
        told = (Difference(result.bid, "bid", _told(result), "not here"),)
        problem = RowProblem(result.line, "bid", result.bid, "We do not know this bid.")
        return [Objection(problem, told, kind=Discrepancy.Kind.UNKNOWN_BID)]
    if standing.status in (Bid.Status.ACCEPTED, Bid.Status.REJECTED):
        return _against_the_decision(result, standing)
    return [
        Objection(RowProblem(result.line, "bid", result.bid, reason), differences)
        for reason, differences in [_why_undecidable(result, standing, now)]
        if reason
    ]


def unknown_offer(offer: UnknownOffer) -> Objection:
    """What the operator decided on an offer that is no bid here."""
    told = (Difference(offer.offered, "offer", offer.told, "not here"),)
    return Objection(offer.problem, told, kind=Discrepancy.Kind.UNKNOWN_BID)


def _told(result: BidResult) -> str:
    return f"accepted, {result.accepted_kw.quantize(FOUR_PLACES):f} kW" if result.accepted else "rejected"


def _against_the_decision(result: BidResult, standing: Standing) -> list[Objection]:
    awarded, told = (
        standing.contract,
        ListedContract(result.bid, *(getattr(result, n) for n in ("accepted_kw", *PRICES))),
    )
    if result.accepted and awarded:
        differences = tuple(differing_fields(told, awarded))
    elif result.accepted or awarded:
        differences = (Difference(result.bid, "status", _told(result), standing.status),)
    else:
        differences = ()
    if not differences:
        return []
    words = "; ".join(f"{d.field} is {d.ours} here, and {d.theirs} in this" for d in differences)
    reason = f"It is already {standing.status}, otherwise: {words}."
    return [Objection(RowProblem(result.line, "bid", result.bid, reason), differences, contradicts=True)]


def _why_undecidable(result: BidResult, standing: Standing, now: datetime) -> tuple[str, tuple[Difference, ...]]:
    """Why a bid that nobody decided can't have this result, and what of that is more than a slip or too early."""

    def differs(field: str, theirs: str, ours: str) -> tuple[Difference, ...]:
        return (Difference(result.bid, field, theirs, ours),)

    if standing.closes_at > now:
        return "Bidding is still open in this competition.", ()
    if standing.status == Bid.Status.WITHDRAWN:
        differences = differs("status", _told(result), standing.status)
        return "The seller withdrew this bid before gate closure.", differences
    if result.accepted and standing.competition_status == Competition.Status.WITHDRAWN:
        differences = differs("status", _told(result), "its competition is withdrawn")
        return "This competition was withdrawn: none of its bids can be accepted.", differences
    if result.accepted and not 0 < result.accepted_kw.quantize(FOUR_PLACES) <= standing.capacity_kw:
        reason = f"Accepted capacity must be above 0 and at most the {standing.capacity_kw.normalize():f} kW offered."
        theirs = f"{result.accepted_kw.quantize(FOUR_PLACES):f}"
        return reason, differs("accepted_kw", theirs, f"offered {standing.capacity_kw:f}")
    for price, (asked, most) in standing.prices.items() if result.accepted else ():
        awarded = getattr(result, price).quantize(FOUR_PLACES)
        if not asked <= awarded <= most:
            reason = f"{price} is {awarded:f}: award at least the {asked:f} that the bid asks, at most {most:f}."
            return reason, differs(price, f"{awarded:f}", f"asked {asked:f}, at most {most:f}")
    return "An awarded price is not negative.", ()
