"""Bids are sealed until gate closure in market time: whoever is not their seller sees number and kW, never prices.

Two people of customer success can open the bids of a competition early (`markets.operations.seals`), never one alone.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..models import Bid, Competition, Market, MarketTime, SealOpening

# What may be shown of a bid's content while it is sealed.
OPEN_CONTENT = ("bid", "revision", "competition", "company", "windows", "capacity_kw", "assets")


def with_seal(rows: QuerySet[Any], competition: str = "competition") -> QuerySet[Any]:
    """Adds `is_sealed`: the gate of the row's competition (found by that path) has not closed yet in market time.

    Nor did two people open it early.
    """
    gate = Q(**{f"{competition}__closes_at__gt": MarketTime(f"{competition}__market__clock_offset")})
    opened = SealOpening.objects.filter(competition=OuterRef(competition), agreed_at__isnull=False)
    return rows.annotate(is_sealed=gate & ~Q(Exists(opened)))


def any_sealed(competitions: Sequence[int]) -> bool:
    """Whether the bids of any of these competitions, given by key, are sealed now."""
    opened = SealOpening.objects.filter(competition=OuterRef("pk"), agreed_at__isnull=False)
    sealed = Competition.objects.filter(~Exists(opened), closes_at__gt=MarketTime("market__clock_offset"))
    return sealed.filter(pk__in=competitions).exists()


def holds_sealed_bids(market: Market) -> bool:
    """Whether any bid of the market waits for gate closure: so long its feed cannot go live."""
    gate = MarketTime("competition__market__clock_offset")
    return Bid.objects.filter(competition__market=market, competition__closes_at__gt=gate).exists()


def content_shown(change: Any) -> dict[str, Any]:
    """What a bid's change may tell: all of it after closure, before it the parts that hold no price."""
    if not change.is_sealed:
        return dict(change.content)
    return {name: value for name, value in change.content.items() if name in OPEN_CONTENT}


def without_prices(details: Any) -> Any:
    """Details of the journal, whoever wrote them, without anything that is called a price."""
    if isinstance(details, dict):
        return {
            name: without_prices(value)
            for name, value in details.items()
            if "gbp" not in name.lower() and "price" not in name.lower()
        }
    return [without_prices(value) for value in details] if isinstance(details, list) else details
