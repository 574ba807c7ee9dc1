"""One line of a statement, unfolded to the readings it came from: interval by interval, asset by asset, day by day.

`unfolded` gives, with the very rules that made the line:

    Unfolded
      line: Line                          what the line says, computed anew (kWh and GBP as printed)
      intervals: (Interval, ...)          per settlement interval, in order of time; empty where nothing was asked
          starts_at, ends_at              UTC, half-open
          metered_dwmin, baseline_dwmin   sums over the assets that count; None where none counts; + export
          instructed_dwmin                what was asked, of the whole contract (never negative)
          delivered_dwmin                 between 0 and what was instructed, positive as asked for
          metered_kw, baseline_kw, instructed_kw, delivered_kw      the same as mean power, Decimal with four places
      assets: (UnfoldedAsset, ...)        in the order of the contract
          ref, fault                      fault: why it counts for nothing, as a sentence; "" where it counts
          metered_wmin                    per interval; None where the event was not read throughout
          baseline: Baseline | None       watts per interval, used, dropped, left_out, adjustment_w; method "historical",
                                          "nominated" or "profile" (these two have no like days, but devices, from_month)
          like_days: (LikeDay, ...)       day, wmin per interval, role "used", "lowest", "highest" or "too few"
          left_out: (LeftOut, ...)        day and reason: "event", "holiday", "gap in the readings", "clock change"
      within: (Performed, ...)            for a window kept available: the instructions that its performance is that of
      is_as_stored: bool                  whether the line says the same as the stored one

Energy is in tenths of a watt-minute (dwmin) or in watt-minutes (wmin): whole and exact; see `delivery`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from . import explanation as say
from .baseline import Baseline, LikeDay
from .delivery import DWMIN_PER_WMIN, FOUR_PLACES, kwh
from .energy import Piece
from .events import ContractTerms, Event, Season
from .like_days import LeftOut
from .lines import Line, Rules, lines_of
from .measure import AssetInEvent, AssetMeter, Measured, measure

DWMIN_PER_KW_MINUTE = 10_000


@dataclass(frozen=True)
class Interval:
    """One settlement interval of an event; see the head of this file."""

    starts_at: datetime
    ends_at: datetime
    metered_dwmin: int | None
    baseline_dwmin: int | None
    instructed_dwmin: int
    delivered_dwmin: int

    @property
    def metered_kw(self) -> Decimal | None:
        return self._kw(self.metered_dwmin)

    @property
    def baseline_kw(self) -> Decimal | None:
        return self._kw(self.baseline_dwmin)

    @property
    def instructed_kw(self) -> Decimal | None:
        return self._kw(self.instructed_dwmin)

    @property
    def delivered_kw(self) -> Decimal | None:
        return self._kw(self.delivered_dwmin)

    def _kw(self, dwmin: int | None) -> Decimal | None:
        minutes = int((self.ends_at - self.starts_at) / timedelta(minutes=1))
        if dwmin is None:
            return None
        return (Decimal(dwmin) / (minutes * DWMIN_PER_KW_MINUTE)).quantize(FOUR_PLACES, ROUND_HALF_UP)


@dataclass(frozen=True)
class UnfoldedAsset:
    """One asset in the event; see the head of this file."""

    ref: str
    fault: str
    metered_wmin: tuple[int, ...] | None
    baseline: Baseline | None
    like_days: tuple[LikeDay, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Performed:
    """An instruction within a window that had to be kept available."""

    instruction_id: int | None
    starts_at: datetime
    ends_at: datetime
    delivered_kwh: Decimal
    instructed_kwh: Decimal


@dataclass(frozen=True)
class Unfolded:
    """A line and all that it was made of; see the head of this file."""

    line: Line
    intervals: tuple[Interval, ...]
    assets: tuple[UnfoldedAsset, ...]
    within: tuple[Performed, ...]
    is_as_stored: bool = True


def needed_for(event: Event, events: Sequence[Event]) -> list[Event]:
    """The event, and for a window that was kept available also the instructions within it."""
    if event.is_asked:
        return [event]
    return [event, *(e for e in events if e.is_asked and event.starts_at <= e.starts_at < event.ends_at)]


def unfolded(
    contract: ContractTerms,
    season: Season,
    event: Event,
    events: Sequence[Event],
    meters: Sequence[AssetMeter],
    rules: Rules,
) -> Unfolded:
    """Unfolds the line of one event. `events`: see `needed_for`; `meters`: of the contract's assets."""
    [line] = [
        line
        for line in lines_of(contract, season, events, meters, rules)
        if (line.starts_at, line.instruction_id, line.window_id)
        == (event.starts_at, event.instruction_id, event.window_id)
    ]
    if not event.is_asked:
        others = [(e, measure(e, contract, meters, rules.interval_minutes)) for e in events if e.is_asked]
        return Unfolded(line, (), (), tuple(_performed(e, measured) for e, measured in others))
    measured = measure(event, contract, meters, rules.interval_minutes)
    assets = (_asset(event, meter, asset, rules) for meter, asset in zip(meters, measured.assets, strict=True))
    return Unfolded(line, _intervals(event, measured), tuple(assets), ())


def _intervals(event: Event, measured: Measured) -> tuple[Interval, ...]:
    counting = [asset for asset in measured.assets if asset.metered_wmin is not None and asset.baseline is not None]
    found = []
    for place, piece in enumerate(measured.cut):
        metered = sum(asset.metered_wmin[place] for asset in counting if asset.metered_wmin)
        baseline = sum(asset.baseline.watts[place] for asset in counting if asset.baseline) * piece.minutes
        found.append(
            Interval(
                *_span(piece),
                metered_dwmin=metered * DWMIN_PER_WMIN if counting else None,
                baseline_dwmin=baseline * DWMIN_PER_WMIN if counting else None,
                instructed_dwmin=int(event.instructed_kw * DWMIN_PER_KW_MINUTE) * piece.minutes,
                delivered_dwmin=measured.delivery.by_interval[place] if counting else 0,
            )
        )
    return tuple(found)


def _span(piece: Piece) -> tuple[datetime, datetime]:
    midnight = datetime.combine(piece.day, time(), UTC)
    return midnight + timedelta(minutes=piece.first), midnight + timedelta(minutes=piece.end)


def _asset(event: Event, meter: AssetMeter, asset: AssetInEvent, rules: Rules) -> UnfoldedAsset:
    examined = meter.baselines.examined(event.starts_at, event.ends_at)
    fault = ""
    if asset.metered_wmin is None:
        fault = say.no_readings(asset.ref)
    elif asset.baseline is None:
        fault = say.no_baseline(asset.ref, rules.historical.fewest)
    return UnfoldedAsset(asset.ref, fault, asset.metered_wmin, asset.baseline, examined.like_days, examined.left_out)


def _performed(event: Event, measured: Measured) -> Performed:
    done = measured.delivery
    return Performed(
        event.instruction_id, event.starts_at, event.ends_at, kwh(done.delivered_dwmin), kwh(done.instructed_dwmin)
    )
