"""Which month of the season is dispatched and settled, and what is delivered in it, half-hour by half-hour."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from markets.models import Asset, Contract, Market, ServiceWindow
from markets.rules.spans import HALF_HOUR, half_hours, london, next_month, window_spans


class NothingContracted(Exception):
    """No bid of the season became a contract, so the story cannot go on."""


@dataclass(frozen=True)
class Event:
    """One service day of one contract: when, and how much."""

    contract: Contract
    window: ServiceWindow
    starts_at: datetime
    ends_at: datetime


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def _contracts(market: Market) -> list[Contract]:
    contracts = Contract.objects.filter(market=market).select_related("bid__competition__product", "seller")
    return list(contracts.prefetch_related("bid__lines__window", "bid__assets"))


def busiest_month(market: Market, after: date) -> date:
    """The month, not before `after`, with the most contracts that are called by trigger, then with the most of all.

    Raises NothingContracted.
    """
    triggered, every = Counter[date](), Counter[date]()
    for contract in _contracts(market):
        for line in contract.bid.lines.all():
            month = max(month_of(line.window.first_day), month_of(after))
            while month <= line.window.last_day:
                every[month] += 1
                triggered[month] += contract.bid.competition.product.call == "triggered"
                month = next_month(month)
    if not every:
        raise NothingContracted("No offer of this season became a contract: nothing can be dispatched or settled.")
    return max(sorted(every), key=lambda month: (bool(triggered[month]), every[month]))


def events(market: Market, month: date) -> list[Event]:
    """Every service day of the month, of every contract, in order of time."""
    found = [
        Event(contract, line.window, start, end)
        for contract in _contracts(market)
        for line in contract.bid.lines.all()
        for start, end in _spans(line.window, month)
    ]
    return sorted(found, key=lambda event: (event.starts_at, event.contract.pk))


def _spans(window: ServiceWindow, month: date) -> Iterator[tuple[datetime, datetime]]:
    first = max(window.first_day, month)
    last = min(window.last_day, next_month(month) - timedelta(days=1))
    if first <= last:
        yield from window_spans(first, last, window.weekdays, window.local_start, window.local_end)


type Delivered = dict[Asset, dict[datetime, int]]
"""Watts turned down (or generated) by an asset in the half-hours that begin at these instants."""


def delivered_watts(happened: Iterable[Event]) -> Delivered:
    """What the events ask of each asset; the assets of a contract share evenly."""
    delivered: Delivered = defaultdict(dict)
    for event in happened:
        assets = list(event.contract.bid.assets.all())
        watts = int(event.contract.accepted_kw * 1000 / max(len(assets), 1))
        for asset in assets:
            for at in half_hours(event.starts_at, event.ends_at):
                delivered[asset][at] = delivered[asset].get(at, 0) + watts
    return dict(delivered)


type MeteredDays = dict[Asset, list[date]]
"""The UTC days of which an asset's readings are uploaded."""


def days_metered(delivered: Delivered, month: date, needed: Mapping[int, set[date]]) -> MeteredDays:
    """The month, and what settlement needs besides (`settlement.operations.readings_needed`): like days of baselines."""
    whole = {month + timedelta(days=offset) for offset in range((next_month(month) - month).days)}
    assets = sorted(delivered, key=lambda asset: asset.pk)
    return {asset: sorted(whole | needed.get(asset.pk, set())) for asset in assets}


def metered_days(delivered: Delivered, days: MeteredDays) -> Iterator[tuple[Asset, date, Sequence[int]]]:
    """What the meters showed on these days: 48 half-hours of watts per UTC day, + export, - import.

    An invented load with a daily rhythm; in an event the assets deliver about what was asked of them.
    """
    for asset, of_asset in days.items():
        chance = random.Random(asset.pk)
        largest = int(asset.max_import_capacity_kw * 1000)
        for day in of_asset:
            yield asset, day, _day_of(day, largest, delivered[asset], chance)


def _day_of(day: date, largest: int, delivered: dict[datetime, int], chance: random.Random) -> list[int]:
    midnight = datetime.combine(day, time(), UTC)
    evening = 2 * london(day, time(16)).hour  # people live by London's clock
    watts = []
    for half_hour in range(48):
        rhythm = 0.75 if evening <= half_hour < evening + 10 else 0.35
        load = largest * rhythm * (0.97 + 0.06 * chance.random())
        turned_down = delivered.get(midnight + half_hour * HALF_HOUR, 0) * (0.93 + 0.11 * chance.random())
        watts.append(int(turned_down - load))
    return watts
