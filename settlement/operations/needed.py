"""Which readings the settlement of a month looks at."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from markets.models import Market

from .book import open_book
from .lines import needed_days, parts


def readings_needed(*, market: Market, month: date, sellers: Collection[int] | None = None) -> dict[int, set[date]]:
    """Per key of an asset: the UTC days whose readings the month's settlement looks at, like days of baselines included.

    Of some sellers alone where their keys are given.
    """
    book = open_book(market=market, month=month.replace(day=1), sellers=sellers)
    needed: dict[int, set[date]] = defaultdict(set)
    for part in parts(book):
        for asset_id, days in needed_days(book, part).items():
            needed[asset_id] |= days
    return dict(needed)
