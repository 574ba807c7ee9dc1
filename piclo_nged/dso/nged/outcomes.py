"""A results file of NGED into decisions on our bids. Its rows carry no reference: a bid is known by what it offers.

Pure: the bids that the file may mean are passed in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from markets.problems import RowProblem
from markets.rules.notices import BidResult, NoResponse, UnknownOffer

from .columns import RESULTS_SUMMARY, label_of
from .publication import window_names
from .wire import Competition, Offer, Outcome, Season

type Terms = tuple[str, str, frozenset[str], Decimal, tuple[Decimal, ...]]


@dataclass(frozen=True)
class StandingBid:
    """A bid of ours, by what NGED's file tells of an offer. `companies` are the names NGED may call its seller."""

    reference: str
    competition: str
    companies: frozenset[str]
    windows: frozenset[str]
    capacity_kw: Decimal
    prices: tuple[Decimal, Decimal, Decimal]  # availability, utilisation, Sustain


@dataclass
class Decisions:
    """What the file decides, offers of our sellers that are no bids of theirs, what else is wrong with its rows, and how
    many offers in it are other platforms' business."""

    results: list[BidResult] = field(default_factory=list)
    no_responses: list[NoResponse] = field(default_factory=list)
    unknown: list[UnknownOffer] = field(default_factory=list)
    faults: list[RowProblem] = field(default_factory=list)
    not_ours: int = 0


def decisions_of(
    season: Season, bids: Iterable[StandingBid], *, companies: Collection[str], competitions: Collection[str]
) -> Decisions:
    """Pairs the file's offers with bids. Of equal bids of one company the first offer means the first bid.

    NGED's file holds every company's offers: those of other `companies` (casefolded) and `competitions` than ours are
    counted and left alone.
    """
    waiting: dict[Terms, list[str]] = defaultdict(list)
    for bid in bids:
        for company in bid.companies:
            key = (bid.competition, company.casefold(), bid.windows, bid.capacity_kw, bid.prices)
            waiting[key].append(bid.reference)
    decided, taken = Decisions(), set[str]()
    for competition in season.competitions:
        offers = [offer for offer in competition.offers if offer.capacity_kw]  # NGED lists rejected rows of 0 kW
        if competition.reference not in competitions:
            decided.not_ours += len(offers)
            continue
        names = window_names(competition)
        decided.no_responses += [NoResponse(competition.reference, names[w]) for w in competition.unanswered]
        for offer in offers:
            windows, company = frozenset(names[w] for w in offer.windows), offer.company.casefold()
            terms = (competition.reference, company, windows, offer.capacity_kw, tuple(offer.prices))
            found = next((reference for reference in waiting[terms] if reference not in taken), None)
            if found is not None:
                taken.add(found)
                decided.results.append(_result(found, offer))
            elif company in companies:
                decided.unknown.append(_unknown(competition, offer, windows))
            else:
                decided.not_ours += 1
    return decided


def too_early(season: Season, still_open: Collection[str]) -> list[RowProblem]:
    """The rows where competitions begin whose gate is open, a problem for each competition."""
    begins: dict[str, int] = {}
    for account in season.accounts:
        begins.setdefault(account.competition, account.line)
    reason, column = "Bidding is still open in this competition.", label_of(RESULTS_SUMMARY, "name")
    return [
        RowProblem(begins.get(competition.reference, 0), column, competition.name, reason)
        for competition in season.competitions
        if competition.reference in still_open
    ]


def _result(bid: str, offer: Offer) -> BidResult:
    line = min(offer.lines)
    if offer.outcome is not Outcome.ACCEPTED:
        return BidResult(bid, accepted=False, line=line)
    availability, utilisation, sustain = offer.awarded
    return BidResult(bid, True, offer.accepted_kw, availability, utilisation, sustain, line=line)


def _unknown(competition: Competition, offer: Offer, windows: frozenset[str]) -> UnknownOffer:
    reason = f"No bid of this company with these windows, capacity and prices stands in {competition.reference}."
    problem = RowProblem(min(offer.lines), label_of(RESULTS_SUMMARY, "company"), offer.company, reason)
    prices = " / ".join(f"{price:f}" for price in offer.prices)
    asked = (
        f"{offer.capacity_kw:f} kW in {', '.join(sorted(windows))} at {prices} (availability / utilisation / Sustain)"
    )
    decided = "accepted" if offer.outcome is Outcome.ACCEPTED else "rejected"
    return UnknownOffer(f"{offer.company} in {competition.reference}", f"{decided}: {asked}", problem)
