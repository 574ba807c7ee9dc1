"""Windows in which, as the operator says, nobody bid: a fact of the window, which our bids may speak against."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ...models import Bid, BidLine, Market, ServiceWindow
from ...problems import RowProblem
from ...rules.notices import NoResponse
from ...rules.reconciliation import Difference
from .objections import Objection


def unanswered_windows(
    market: Market, no_responses: Sequence[NoResponse], now: datetime
) -> tuple[list[int], list[Objection]]:
    """Keys of the windows, and what speaks against one's being without response."""
    windows = ServiceWindow.objects.filter(competition__market=market).select_related("competition")
    asked = windows.filter(competition__reference__in={n.competition for n in no_responses})
    known = {(window.competition.reference, window.name): window for window in asked}
    silent = sorted({known[n.competition, n.window].pk for n in no_responses if (n.competition, n.window) in known})
    bids = BidLine.objects.filter(window__in=silent).exclude(bid__status=Bid.Status.WITHDRAWN)
    held = dict(bids.order_by("-pk").values_list("window", "bid__reference"))
    objections = [
        objection
        for row in no_responses
        for objection in _against(row, known.get((row.competition, row.window)), held, now)
    ]
    return silent, objections


def _against(row: NoResponse, window: ServiceWindow | None, held: Mapping[int, str], now: datetime) -> list[Objection]:
    """`held`: a bid that stands, by window."""
    differences: tuple[Difference, ...] = ()
    if window is None:
        reason = "There is no such window."
    elif window.competition.closes_at > now:
        reason = "Bidding is still open in this competition."
    elif bid := held.get(window.pk):
        reason = f"{bid} stands in this window: send a result for it. The bids of a window are in the feed."
        differences = (Difference(bid, "window", f"nobody bid in {row.window}", "stands there"),)
    else:
        return []
    return [Objection(RowProblem(row.line, "window", f"{row.competition} / {row.window}", reason), differences)]
