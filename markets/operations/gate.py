"""Gate closure: who bids holds a shared lock on the windows; who closes takes it alone.

So market time is checked inside the transaction and under the lock, and once a competition is closed no bidding
transaction is open any more.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from ..models import Competition
from ..rules.spans import LONDON


def share_windows(window_ids: Iterable[int]) -> None:
    """Waits for a closure under way, and keeps further ones waiting until this transaction ends."""
    _lock(window_ids, "FOR SHARE")


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
        return f"Bidding opens on {_moment(competition.opens_at)}."
    if now >= competition.closes_at:
        return f"Bidding closed on {_moment(competition.closes_at)}."
    return ""


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%A %-d %B %Y at %H:%M:%S %Z} (London)"
