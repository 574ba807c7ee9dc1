"""Making a run's lines: readings of some assets at a time, so that memory stays flat however large the month."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter

from ..models import SettlementLine, SettlementRun, Terms
from ..rules.baseline import BEFORE, Baselines, same_time_on
from ..rules.energy import Meter
from ..rules.events import ContractTerms, MonthOfEvents
from ..rules.halfhours import utc_days
from ..rules.lines import Line, lines_of
from ..rules.measure import AssetMeter
from ..rules.nominated import WeekBaselines
from .arrays import read_meters
from .book import Book
from .copying import copy_rows
from .terms import rules_of

ASSETS_AT_ONCE = 100
NOTHING_READ = Meter.of({})
NAMES = tuple(field.name for field in fields(Line))
in_order = attrgetter(*NAMES)

type Part = list[tuple[ContractTerms, MonthOfEvents]]


def write_lines(*, run: SettlementRun, book: Book) -> Counter[int]:
    """Computes and stores the lines of a draft run for all sellers of the book. Returns how many by key of the seller."""
    written: Counter[int] = Counter()
    for part in parts(book):
        # A list: computing reads the database, which must be done before a COPY has the connection.
        lines = list(compute(book, part, run.terms, run.last_reading_id))
        copy_rows(SettlementLine, ("run_id", *NAMES), ((run.pk, *in_order(line)) for line in lines))
        written.update(line.seller_id for line in lines)
    return written


def parts(book: Book) -> Iterator[Part]:
    """The contracts to settle, in parts of about `ASSETS_AT_ONCE` assets."""
    part: Part = []
    assets: set[int] = set()
    for contract, events in book.to_settle.values():
        part.append((contract, events))
        assets.update(contract.asset_ids)
        if len(assets) >= ASSETS_AT_ONCE:
            yield part
            part, assets = [], set()
    if part:
        yield part


def compute(book: Book, part: Part, terms: Terms, last_reading_id: int) -> Iterator[Line]:
    """The lines of a part, contract by contract. One query: the readings of its assets on the days that matter."""
    meters = meters_of(book, part, terms, last_reading_id)
    for contract, events in part:
        of_contract = [meters[asset_id] for asset_id in contract.asset_ids]
        yield from lines_of(contract, book.seasons[contract.id], events.events, of_contract, rules_of(terms))


def meters_of(book: Book, part: Part, terms: Terms, last_reading_id: int) -> dict[int, AssetMeter]:
    """The assets of a part, with their readings as they stood at the newest that the run looked at."""
    needed = needed_days(book, part)
    days: set[date] = set().union(*needed.values())
    meters = read_meters(assets=needed, days=days, up_to=last_reading_id)
    return {
        asset_id: AssetMeter(book.assets[asset_id].ref, _baselines(book, asset_id, meters, terms))
        for contract, _ in part
        for asset_id in contract.asset_ids
    }


def _baselines(book: Book, asset_id: int, meters: dict[int, Meter], terms: Terms) -> Baselines | WeekBaselines:
    meter = meters.get(asset_id, NOTHING_READ)
    if own := book.own_weeks.get(asset_id):
        return own.baselines(meter, terms.interval_minutes)
    return Baselines(
        meter=meter,
        event_days=book.event_days[asset_id],
        holidays=book.holidays,
        interval_minutes=terms.interval_minutes,
        adjusted=terms.same_day_adjustment and not book.assets[asset_id].is_battery,
        setting=book.historical,
    )


def needed_days(book: Book, part: Part) -> dict[int, set[date]]:
    """Per asset: the UTC days of which a reading may matter, of the events and of the like days of their baselines."""
    needed: dict[int, set[date]] = defaultdict(set)
    for contract, events in part:
        for event in events.events:
            if event.is_asked:
                for asset_id in contract.asset_ids:
                    like = book.days_of_baseline(asset_id, event)
                    needed[asset_id] |= _days_of(event.starts_at, event.ends_at, like)
    return dict(needed)


@lru_cache(maxsize=65_536)
def _days_of(starts_at: datetime, ends_at: datetime, like: tuple[date, ...]) -> frozenset[date]:
    """UTC days of an event and of its like days, the hours before included. Many contracts share their events."""
    days = set(utc_days(starts_at - BEFORE, ends_at))
    for day in like:
        start = same_time_on(day, starts_at)
        days.update(utc_days(start - BEFORE, start + (ends_at - starts_at)))
    return frozenset(days)
