"""Opening a market of an operator, and what comes first in it when a trigger arrives."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..models import Market, Operator
from ..problems import Refused
from .journal import By, record


@transaction.atomic
def open_market(
    *,
    operator: Operator,
    key: str,
    name: str,
    by: By,
    is_mock: bool = False,
    market_time: datetime | None = None,
    **more: Any,
) -> Market:
    """Opens a market. A mock market may begin at a `market_time` of its own; `more` are further fields of Market.

    Raises Refused where the key is taken, or a real market is given a time.
    """
    if Market.objects.filter(key=key).exists():
        raise Refused(f"There is already a market '{key}'. Choose another key.")
    if market_time and not is_mock:
        raise Refused("Only a mock market has a time of its own.")
    offset = market_time - timezone.now() if market_time else timedelta()
    market = Market.objects.create(operator=operator, key=key, name=name, is_mock=is_mock, clock_offset=offset, **more)
    record(by=by, verb="open_market", subject=market, mock=is_mock)
    return market


@transaction.atomic
def choose_path(*, market: Market, path: str, reason: str, by: By) -> Market:
    """From the next trigger on the market instructs first, or matches first. Those that arrived stay on their path.

    Raises Refused without a reason, and where nothing would change.
    """
    market = Market.objects.select_for_update(no_key=True).get(pk=market.pk)
    if not reason.strip():
        raise Refused("Say why: operators and sellers will ask.")
    if market.path == path:
        raise Refused(f"{market} is on this path already: {market.get_path_display().lower()}.")
    before, market.path = market.path, Market.Path(path)
    market.save(update_fields=["path"])
    record(by=by, verb="choose_path", subject=market, reason=reason, before=str(before), after=str(market.path))
    return market
