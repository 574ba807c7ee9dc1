"""Which readings a month still lacks: what sellers are reminded of before the deadline."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from markets.models import Market

from ..models import ReadingDay
from .book import event_utc_days, open_book
from .lines import needed_days, parts


@dataclass(frozen=True)
class MissingDay:
    """A UTC day of an asset in which an event of the month lies, and of which nothing was read."""

    seller_id: int
    asset_id: int
    day: date


def readings_needed(*, market: Market, month: date) -> dict[int, set[date]]:
    """Per key of an asset: the UTC days whose readings the month's settlement looks at, like days of baselines included."""
    book = open_book(market=market, month=month.replace(day=1))
    needed: dict[int, set[date]] = defaultdict(set)
    for part in parts(book):
        for asset_id, days in needed_days(book, part).items():
            needed[asset_id] |= days
    return dict(needed)


def missing_readings(*, market: Market, month: date) -> list[MissingDay]:
    """Days with an event of the month of which no reading is there, by seller, asset and day."""
    book = open_book(market=market, month=month.replace(day=1))
    wanted = {
        (asset_id, day)
        for contract, event in book.asked_events()
        for asset_id in contract.asset_ids
        for day in event_utc_days(event)
    }
    there = ReadingDay.objects.filter(asset__in={a for a, _ in wanted}, day__in={d for _, d in wanted})
    missing = wanted - set(there.values_list("asset", "day"))
    return sorted(
        (MissingDay(book.assets[asset_id].seller_id, asset_id, day) for asset_id, day in missing),
        key=lambda lacking: (lacking.seller_id, lacking.asset_id, lacking.day),
    )
