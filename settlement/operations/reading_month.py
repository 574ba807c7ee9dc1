"""A seller's readings of a month: which days are there, which of those that settlement needs are not, and what looks wrong."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import Cursor

from markets.models import Asset, Contract, Market
from markets.rules.spans import next_month

from ..rules.day_checks import Capacity, CheckedDay, checked_days
from ..rules.energy import UNREAD
from .arrays import INT4_ARRAY, WattsLoader
from .needed import readings_needed

DAY = timedelta(days=1)
COMPARED_DAYS = 21
"""How far back the days lie that a day is compared with."""
HELD = """
    SELECT DISTINCT ON (asset_id, day) asset_id, day, watts FROM settlement_readingday
    WHERE asset_id = ANY(%s) AND day BETWEEN %s AND %s ORDER BY asset_id, day, revision DESC
"""

type Held = dict[date, NDArray[np.int32]]


@dataclass(frozen=True)
class AssetMonth:
    """An asset's London days of a month, up to yesterday; `missing` are UTC days that the month's settlement needs and of
    which something is not there, like days of its baselines included."""

    asset: Asset
    days: Sequence[CheckedDay]
    missing: Sequence[date]

    @property
    def whole(self) -> int:
        return sum(day.read == day.intervals for day in self.days)

    @property
    def in_part(self) -> int:
        return sum(0 < day.read < day.intervals for day in self.days)

    @property
    def empty(self) -> int:
        return sum(not day.read for day in self.days)

    @property
    def odd(self) -> int:
        """Days with a finding other than a gap."""
        return sum(any(finding.kind != "gap" for finding in day.findings) for day in self.days)


def reading_month(*, assets: Sequence[Asset], month: date, today: date) -> list[AssetMonth]:
    """The month of these assets, which are one seller's. `today` is London's; nothing is asked of days to come."""
    first, last = month, min(next_month(month) - DAY, today - DAY)
    needed = _needed(assets, month, today)
    keys = [asset.pk for asset in assets]
    held = held_days(assets=keys, first=first - COMPARED_DAYS * DAY, last=next_month(month))
    whole = _whole_days(keys, {day for days in needed.values() for day in days})
    return [
        AssetMonth(
            asset,
            checked_days(held.get(asset.pk, {}), first, last, capacity_of(asset)) if first <= last else [],
            sorted(needed.get(asset.pk, set()) - whole.get(asset.pk, set())),
        )
        for asset in assets
    ]


def capacity_of(asset: Asset) -> Capacity:
    """As it is registered, in watts."""
    return Capacity(float(asset.max_import_capacity_kw) * 1000, float(asset.max_export_capacity_kw) * 1000)


def held_days(*, assets: Iterable[int], first: date, last: date) -> dict[int, Held]:
    """What stands of these assets, by UTC day, both days included."""
    found: dict[int, Held] = defaultdict(dict)
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:  # Django's own cursors speak text
        cursor.adapters.register_loader(INT4_ARRAY, WattsLoader)
        for asset_id, day, watts in cursor.execute(HELD, [list(assets), first, last], binary=True):
            found[asset_id][day] = watts
    return found


def _needed(assets: Sequence[Asset], month: date, today: date) -> dict[int, set[date]]:
    """The UTC days before today that settlement looks at, of every real market in which the seller has a contract."""
    needed: dict[int, set[date]] = defaultdict(set)
    sellers = {asset.seller_id for asset in assets}
    contracts = Contract.objects.filter(seller__in=sellers, market__test_party=None)
    for market in Market.objects.filter(pk__in=contracts.values("market")):
        for asset_id, days in readings_needed(market=market, month=month, sellers=sellers).items():
            needed[asset_id] |= {day for day in days if day < today}
    return needed


def _whole_days(assets: Sequence[int], days: set[date]) -> dict[int, set[date]]:
    """Of these UTC days, those that were read without a gap."""
    if not days:
        return {}
    held = held_days(assets=assets, first=min(days), last=max(days))
    return {
        asset_id: {day for day, watts in of_asset.items() if (watts != UNREAD).all()}
        for asset_id, of_asset in held.items()
    }
