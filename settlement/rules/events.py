"""The events of a contract in a month, and how much of its season each service day is.

A scheduled product is asked for in every service day of its windows. A product called by trigger is asked for by its
instructions; where it pays for being available (or for the season), its service days are events too, with nothing asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from markets.rules.spans import Window, window_spans

from .calls import Called
from .halfhours import london_day

ZERO = Decimal(0)
_spans = lru_cache(maxsize=4096)(lambda *window: tuple(window_spans(*window)))


@dataclass(frozen=True)
class ContractTerms:
    """A contract as settlement needs it. Capacity in kW; prices in the units of their names."""

    id: int
    seller_id: int
    market_id: int
    accepted_kw: Decimal
    availability_gbp_per_mw_h: Decimal
    utilisation_gbp_per_mwh: Decimal
    sustain_gbp_per_kw: Decimal
    triggered: bool
    turn_up: bool
    windows: tuple[Window, ...]
    asset_ids: tuple[int, ...]


@dataclass(frozen=True)
class ServiceDay:
    """One window on one day; `minutes_before`: service minutes of the season before it. Instants are UTC."""

    window_id: int
    starts_at: datetime
    ends_at: datetime
    minutes_before: int

    @property
    def minutes(self) -> int:
        return minutes_of(self.starts_at, self.ends_at)


@dataclass(frozen=True)
class Season:
    """All service days of a contract in order of time, and their minutes in total."""

    days: tuple[ServiceDay, ...]
    minutes: int


@dataclass(frozen=True)
class Event:
    """What a line is about. `instructed_kw` 0: the window only had to be kept available."""

    starts_at: datetime
    ends_at: datetime
    instructed_kw: Decimal
    instruction_id: int | None = None
    window_id: int | None = None
    service_day: ServiceDay | None = None

    @property
    def is_asked(self) -> bool:
        """Whether something was to be delivered, rather than only kept available."""
        return self.instruction_id is not None or self.instructed_kw > 0


@dataclass(frozen=True)
class MonthOfEvents:
    """Events of one contract; `endless`: instructions that never ended, in no service day, and cannot be settled."""

    events: tuple[Event, ...]
    endless: tuple[int, ...]


def minutes_of(starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes between two instants."""
    return int((ends_at - starts_at) / timedelta(minutes=1))


def season_of(windows: Sequence[Window]) -> Season:
    """The season of a contract: every service day of its windows."""
    days, minutes = [], 0
    for starts_at, ends_at, window_id in sorted(
        (*span, w.id)
        for w in windows
        for span in _spans(w.first_day, w.last_day, w.weekdays, w.local_start, w.local_end)
    ):
        days.append(ServiceDay(window_id, starts_at, ends_at, minutes))
        minutes += minutes_of(starts_at, ends_at)
    return Season(tuple(days), minutes)


def events_of(
    contract: ContractTerms, season: Season, asked: Sequence[Called], start: datetime, end: datetime
) -> MonthOfEvents:
    """The contract's events that begin in [start, end). `asked`: its instructions as they stand (see `calls.asked`).

    An instruction without an end and without a stop ends with the service day it began in.
    """
    days = [day for day in season.days if start <= day.starts_at < end]
    if not contract.triggered:
        return MonthOfEvents(tuple(_service(day, contract.accepted_kw) for day in days), ())
    events = [_service(day, ZERO) for day in days if contract.availability_gbp_per_mw_h or contract.sustain_gbp_per_kw]
    endless = []
    for call in asked:
        if start <= call.at < end:
            ends_at = call.ends_at or _end_of_day(season, call.at)
            if ends_at is None:
                endless.append(call.instruction_id)
            else:
                kw = contract.accepted_kw if call.capacity_kw is None else call.capacity_kw
                events.append(Event(call.at, ends_at, kw, call.instruction_id, call.window_id))
    return MonthOfEvents(tuple(events), tuple(endless))


def event_days(contract: ContractTerms, season: Season, asked: Sequence[Called]) -> frozenset[date]:
    """London days on which the contract asked its assets for something: they are no like days of a baseline."""
    if contract.triggered:
        return frozenset(day for call in asked for day in (london_day(call.at), london_day(call.ends_at or call.at)))
    return frozenset(london_day(day.starts_at) for day in season.days)


def _service(day: ServiceDay, kw: Decimal) -> Event:
    return Event(day.starts_at, day.ends_at, kw, window_id=day.window_id, service_day=day)


def _end_of_day(season: Season, at: datetime) -> datetime | None:
    return next((day.ends_at for day in season.days if day.starts_at <= at < day.ends_at), None)
