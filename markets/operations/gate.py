"""Gate closure: who bids holds a shared lock on the windows; who closes takes it alone.

So market time is checked inside the transaction and under the lock, and once a competition is closed no bidding
transaction is open any more. The order of locks is: bid, windows, assets.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Q

from ..models import Competition, Market, MarketTime, ServiceWindow
from ..rules.words import moment


def share_gates(market: Market, references: Collection[str]) -> list[int]:
    """Holds open, until this transaction ends, the gates of the market's competitions of these references.

    Waits for a closure under way, and keeps further ones waiting. A gate that has closed is left alone, so a crowd
    that comes too late can't hold up who closes it. Returns the keys of all these competitions: a bid is placed in
    none that is not among them, for one that is published a moment later is not held.
    """
    named = Competition.objects.filter(market=market, reference__in=references)
    found = named.annotate(is_held=Q(closes_at__gt=MarketTime("market__clock_offset"))).values_list("pk", "is_held")
    gates = dict(found)
    held = [key for key, is_held in gates.items() if is_held]
    _lock(ServiceWindow.objects.filter(competition__in=held).values_list("pk", flat=True), "FOR SHARE")
    return list(gates)


def close_windows(window_ids: Iterable[int]) -> None:
    """Waits for every bidding transaction on these windows to end."""
    _lock(window_ids, "FOR UPDATE")


def _lock(window_ids: Iterable[int], strength: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM markets_servicewindow WHERE id = ANY(%s) ORDER BY id {strength}", [sorted(window_ids)]
        )


def why_closed(competition: Competition, now: datetime) -> str:
    """Why no bid is taken at market time `now`, as a sentence; empty while bids are taken."""
    if competition.status == Competition.Status.WITHDRAWN:
        return "The operator has withdrawn this competition."
    if competition.status != Competition.Status.PUBLISHED:
        return "This competition does not take bids."
    if now < competition.opens_at:
        return f"Bidding opens on {moment(competition.opens_at)}."
    if now >= competition.closes_at:
        return f"Bidding closed on {moment(competition.closes_at)}."
    return ""
