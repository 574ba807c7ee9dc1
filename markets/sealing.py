"""Bids are sealed until gate closure in market time: whoever is not their seller sees number and kW, never prices."""

from typing import Any

from django.db.models import Q, QuerySet

from .models import MarketTime

# What may be shown of a bid's content while it is sealed.
OPEN_CONTENT = ("bid", "revision", "competition", "company", "windows", "capacity_kw", "assets")


def with_seal(rows: QuerySet[Any], competition: str = "competition") -> QuerySet[Any]:
    """Adds `is_sealed`: the gate of the row's competition (found by that path) has not closed yet in market time."""
    gate = Q(**{f"{competition}__closes_at__gt": MarketTime(f"{competition}__market__clock_offset")})
    return rows.annotate(is_sealed=gate)


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
