"""How a round of a test party ends: the gate closes, NGED's part is played, and our clearing rule decides.

Who plays whom: where a company of the file takes part itself (an invited seller of that name, or whose name at NGED
it is) and has bid in the round, its stand-in withdraws before the gate closes, so that nobody competes with its own
shadow. A company that was invited and does not bid is played on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from markets.models import Bid, BidLine, ServiceWindow, TestParty
from markets.operations import bids, feeds, parties
from markets.operations.clock import move_clock
from markets.operations.journal import By
from markets.operations.results import Recorded, record_results
from markets.rules.notices import BidResult, NoResponse

from .clearing import REFUSED, Award
from .comparison import clear_season
from .party import Round, next_round, open_round, rounds, season_of
from .standing import Standing, as_bid, companies_of, standing_bids

PAGE = 5000
MINUTE = timedelta(minutes=1)
NOT_TAKEN = "Not taken by the clearing rule of the test party."


@dataclass(frozen=True)
class ClearedRound:
    """What was decided, how many bids of stand-ins were taken back before, and how many rounds are left."""

    recorded: Recorded
    stood_aside: int
    rounds_left: int


@transaction.atomic
def clear_round(*, party: TestParty, by: By) -> ClearedRound:
    """Plays the next round to its end: bids, gate closure, the feed read and acknowledged, results and contracts.

    After the last round the party is cleared. Raises Refused where no round is left.
    """
    season = season_of(party)
    ending = next_round(party, season)
    stood_aside = 0
    if party.market.now() < ending.closes_at:
        open_round(party=party, by=by)
        stood_aside = _step_aside(party, ending, by)
        move_clock(market=party.market, to=ending.closes_at + MINUTE, by=by)
    _collect(party, by)
    standing = standing_bids(party, ending.references)
    awards = clear_season(as_bid(season, standing))
    recorded = record_results(
        market=party.market,
        results=[_result(item, awards.get(item.bid.reference, REFUSED)) for item in _waiting(standing)],
        no_responses=list(_unanswered(party, ending)),
        by=by,
    )
    left = len(rounds(party, season))
    if not left:
        parties.mark_cleared(party=party, by=by)
    return ClearedRound(recorded, stood_aside, left)


def _step_aside(party: TestParty, ending: Round, by: By) -> int:
    """Takes back the stand-ins' bids of companies that have bid themselves. Returns how many."""
    themselves = companies_of(party)
    standing = standing_bids(party, ending.references)
    present = {themselves[item.bid.seller_id] for item in standing if item.bid.seller_id in themselves}
    shadows = [item.bid for item in standing if item.original and item.company in present]
    for shadow in shadows:
        bids.withdraw_bid(bid=shadow, by=by)
    return len(shadows)


def _collect(party: TestParty, by: By) -> None:
    """NGED's part: the feed is read to its end, and a receipt given for every revision."""
    after = 0
    while changes := feeds.read_bid_changes(market=party.market, after=after, limit=PAGE):
        after = changes[-1].position or after
        held = [(str(change.content["bid"]), change.revision) for change in changes if change.bid_id]
        feeds.receive_receipts(market=party.market, receipts=held, by=by)


def _waiting(standing: list[Standing]) -> list[Standing]:
    """Without what was decided already, by NGED's own test of the sandbox."""
    return [item for item in standing if item.bid.status == Bid.Status.PLACED]


def _result(item: Standing, award: Award) -> BidResult:
    if not award.is_accepted:
        return BidResult(item.bid.reference, accepted=False, reason=NOT_TAKEN)
    return BidResult(item.bid.reference, True, award.accepted_kw, *award.prices)


def _unanswered(party: TestParty, ending: Round) -> Iterator[NoResponse]:
    # Two plain questions: asked as one, the database looked through all bids again for each of a thousand windows.
    lines = BidLine.objects.filter(bid__competition__market=party.market_id)
    bid_in = set(lines.exclude(bid__status=Bid.Status.WITHDRAWN).values_list("window", flat=True))
    windows = ServiceWindow.objects.filter(
        competition__market=party.market_id, competition__reference__in=ending.references
    )
    for key, reference, name in windows.values_list("pk", "competition__reference", "name"):
        if key not in bid_in:
            yield NoResponse(reference, name)
