"""Moving the clock of a mock market: rehearsals play a season forward. A real market's clock is the real one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ..models import Market
from ..problems import Refused
from .calendars import plan_auctions
from .journal import By, record


@transaction.atomic
def move_clock(*, market: Market, to: datetime, by: By) -> Market:
    """Sets market time to `to`; from then on it runs on. Only forward, only in mock markets. Its auctions follow.

    Raises Refused for a real market, and for a time before the market's own.
    """
    market = Market.objects.select_for_update().get(pk=market.pk)
    if not market.is_mock:
        raise Refused(f"{market} is a real market: its clock cannot be moved.")
    offset = to - timezone.now()
    if offset < market.clock_offset - timedelta(seconds=1):
        raise Refused(f"Market time only moves forward, and {to.isoformat()} has passed in {market}.")
    market.clock_offset = offset
    market.save(update_fields=["clock_offset"])
    record(by=by, verb="move_clock", subject=market, to=to.isoformat())
    plan_auctions(market=market, by=by)
    return market
