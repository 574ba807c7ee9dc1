"""What an asset would have done without the event: the historical baseline, "mid 8 of 10", with same-day adjustment.

Of the ten latest like days (see `like_days`) the one with the highest and the one with the lowest energy over the event's
hours are dropped; the mean of the other eight, interval by interval, is the baseline. How many days are wanted and how
many are dropped are settings of a market's terms (`Historical`).

Source of the adjustment: Flexibility Services Standard Agreement, "Baseline Adjustment": the difference between metered
and baseline over the hour that starts two hours before the event; upward only; none for batteries. Upward means towards
more import or less export. Ours until the operator confirms them: what a like day is, that the highest and the lowest
are told by the event's hours, that fewer than ten days do (but at least `fewest`), and rounding to whole watts.

Worked example: ten like days of 40, 50, 55, 60, 62, 58, 61, 64, 66 and 80 kW of import. Without 40 and 80 the mean is
476 / 8 = 59.5 kW. In the hour before 62 kW were drawn: adjusted, the baseline is 62 kW.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

import numpy as np

from markets.rules.spans import LONDON, london

from .energy import Cut, Meter, Piece, Truth, Whole, cut_of, pieces, span_wmin
from .halfhours import london_day, nearest
from .like_days import WANTED, LeftOut, LikeDays, like_days

FEWEST = 5
BEFORE = timedelta(hours=2)
ADJUSTED_OVER = timedelta(hours=1)


@dataclass(frozen=True)
class Historical:
    """How many like days are wanted, how many of the lowest and highest are dropped, and with how few it is no baseline."""

    wanted: int = WANTED
    lowest: int = 1
    highest: int = 1
    fewest: int = FEWEST


MID_8_OF_10 = Historical()


@dataclass(frozen=True)
class LikeDay:
    """A like day that was read, with its watt-minutes per piece of the event's hours, + export.

    `role`: "used", dropped as one of the "lowest" or "highest", or "too few" where there was no baseline.
    """

    day: date
    wmin: tuple[int, ...]
    role: str


@dataclass(frozen=True)
class Examined:
    """All days that were looked at for a baseline, in order of time: those read, and those left out and why."""

    like_days: tuple[LikeDay, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class MidDays:
    """The like days used and those dropped, for one time of day. `watts`: the mean per piece, + export."""

    watts: tuple[int, ...]
    used: tuple[date, ...]
    dropped: tuple[date, ...]
    gaps: tuple[LeftOut, ...]
    hour_before_w: int | None
    oldest: date


@dataclass(frozen=True)
class Baseline:
    """Whole watts per piece of the event, + export. `adjustment_w` is at most 0, or None where none was made.

    `dropped`: the lowest days, then the highest, as many as the `setting` says; `left_out`: days that could have been like
    days, in order. A week of the asset's own (see `nominated`) has no days, but devices, and the month it stands from.
    """

    watts: tuple[int, ...]
    used: tuple[date, ...]
    dropped: tuple[date, ...]
    left_out: tuple[LeftOut, ...]
    adjustment_w: int | None
    setting: Historical = MID_8_OF_10
    method: Literal["historical", "nominated", "profile"] = "historical"
    devices: int = 1
    from_month: date | None = None


def is_battery(technology: str) -> bool:
    """Whether an asset is a battery, by the operator's name of its technology, e.g. "Battery, compressed air system"."""
    return "battery" in technology.casefold()


def same_time_on(day: date, at: datetime) -> datetime:
    """The instant at which a London clock shows on `day` what it shows at `at`."""
    return london(day, at.astimezone(LONDON).time())


def hour_before(starts_at: datetime) -> tuple[Piece, ...]:
    """The hour of the adjustment."""
    return pieces(starts_at - BEFORE, starts_at - BEFORE + ADJUSTED_OVER, 60)


@dataclass(frozen=True, eq=False)
class _Looked:
    """The candidates as spans: those that can be summed, and those that the clock change leaves without the event's time."""

    days: tuple[date, ...]
    ordinals: Whole
    event: Cut
    hour: Cut
    skipped: tuple[LeftOut, ...]
    minutes: tuple[int, ...]


@lru_cache(maxsize=16_384)
def _looked(candidates: tuple[date, ...], starts_at: datetime, ends_at: datetime, interval_minutes: int) -> _Looked:
    wanted = pieces(starts_at, ends_at, interval_minutes)
    minutes, at = tuple(piece.minutes for piece in wanted), starts_at.astimezone(LONDON).time()
    days, spans, hours, skipped = [], [], [], []
    for day in candidates:
        start = same_time_on(day, starts_at)
        if start.astimezone(LONDON).time() == at:
            days.append(day)
            spans.append(pieces(start, start + (ends_at - starts_at), interval_minutes))
            hours.append(hour_before(start))
        else:  # spring leaves that time out
            skipped.append(LeftOut(day, "clock change"))
    ordinals = np.array([day.toordinal() for day in days], np.int64)
    return _Looked(tuple(days), ordinals, cut_of(*spans), cut_of(*hours), tuple(skipped), minutes)


@dataclass(frozen=True, eq=False)
class _Chosen:
    """Places of the days among those looked at, lowest energy first; their energies."""

    looked: _Looked
    lowest: Whole
    middle: Whole
    highest: Whole
    energy: Whole
    hours: Whole | None
    gaps: tuple[LeftOut, ...]


def _read(meter: Meter, looked: _Looked, *, hour: bool) -> tuple[Whole, Truth, Whole | None]:
    """Energy per day and piece; which days were read wholly; the energy of the hour before where it is asked for."""
    energy, read = meter.sums(looked.event)
    whole = read.all(axis=1)
    if not hour:
        return energy, whole, None
    hours, hours_read = meter.sums(looked.hour)
    return energy, whole & hours_read.all(axis=1), hours.sum(axis=1)


def _choose(meter: Meter, looked: _Looked, setting: Historical, *, hour: bool) -> _Chosen | None:
    energy, whole, hours = _read(meter, looked, hour=hour)
    taken = np.flatnonzero(whole)[: setting.wanted]
    if len(taken) < setting.fewest:
        return None
    last = int(taken[-1]) if len(taken) == setting.wanted else len(whole)
    ranked = taken[np.lexsort((looked.ordinals[taken], energy[taken].sum(axis=1)))]
    lowest, top = setting.lowest, len(ranked) - setting.highest
    return _Chosen(
        looked, ranked[:lowest], ranked[lowest:top], ranked[top:], energy, hours, _gaps(looked, whole[:last])
    )


def _gaps(looked: _Looked, whole: Truth) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(looked.days[n], "gap in the readings") for n in np.flatnonzero(~whole).tolist())


def _since(oldest: date, *left_out: tuple[LeftOut, ...]) -> tuple[LeftOut, ...]:
    """Those later than the oldest like day: what lies before it was not asked for."""
    return tuple(sorted((out for group in left_out for out in group if out.day > oldest), key=lambda out: out.day))


def mid_days(chosen: _Chosen) -> MidDays:
    """The mean of the days between the lowest and the highest."""
    looked, middle = chosen.looked, chosen.middle
    number = len(middle)
    sums = chosen.energy[middle].sum(axis=0).tolist()
    hour = None if chosen.hours is None else nearest(int(chosen.hours[middle].sum()), 60 * number)
    used = [looked.days[n] for n in sorted(middle.tolist(), reverse=True)]
    dropped = [looked.days[n] for n in (*chosen.lowest.tolist(), *chosen.highest.tolist())]
    return MidDays(
        watts=tuple(nearest(total, number * width) for total, width in zip(sums, looked.minutes, strict=True)),
        used=tuple(used),
        dropped=tuple(dropped),
        gaps=(*chosen.gaps, *looked.skipped),
        hour_before_w=hour,
        oldest=min(used + dropped),
    )


def _hour_before(meter: Meter, starts_at: datetime) -> int | None:
    """Watt-minutes of the hour that starts two hours before; None where it was not read."""
    energy = span_wmin(meter, hour_before(starts_at))
    return None if energy is None else sum(energy)


def adjustment_w(metered_hour_wmin: int | None, hour_before_w: int) -> int | None:
    """Watts added to every interval: how much more was imported (or less exported) than the baseline; never above 0."""
    if metered_hour_wmin is None:
        return None
    return min(0, nearest(metered_hour_wmin, 60) - hour_before_w)


@dataclass
class Baselines:
    """The historical baselines of one asset in a run; what the days of a season share is computed once.

    `event_days`: London days with an event of this asset, which are no like days. `adjusted`: whether the same-day
    adjustment is made (never for batteries).
    """

    meter: Meter
    event_days: frozenset[date]
    holidays: frozenset[date]
    interval_minutes: int
    adjusted: bool
    setting: Historical = MID_8_OF_10
    _mid: dict[tuple[object, ...], MidDays | None] = field(default_factory=dict)

    def of(self, starts_at: datetime, ends_at: datetime) -> Baseline | None:
        """The baseline of an event; None where there are too few like days with readings."""
        like = self._like(starts_at)
        mid = self._mid_of(like, starts_at, ends_at)
        if mid is None:
            return None
        change = None
        if mid.hour_before_w is not None:
            change = adjustment_w(_hour_before(self.meter, starts_at), mid.hour_before_w)
        return Baseline(
            watts=tuple(w + change for w in mid.watts) if change else mid.watts,
            used=mid.used,
            dropped=mid.dropped,
            left_out=_since(mid.oldest, like.left_out, mid.gaps),
            adjustment_w=change,
            setting=self.setting,
        )

    def examined(self, starts_at: datetime, ends_at: datetime) -> Examined:
        """The days behind the baseline of an event, each with its energy; where there is none, the few that were read."""
        like = self._like(starts_at)
        looked = _looked(like.candidates, starts_at, ends_at, self.interval_minutes)
        energy, whole, _ = _read(self.meter, looked, hour=self.adjusted)
        chosen = self._chosen(like, starts_at, ends_at)
        if chosen is None:
            groups = [("too few", np.flatnonzero(whole))]
            gaps = (*_gaps(looked, whole), *looked.skipped)
            oldest = min(like.candidates, default=london_day(starts_at))
        else:
            groups = [("lowest", chosen.lowest), ("used", chosen.middle), ("highest", chosen.highest)]
            mid = mid_days(chosen)
            gaps, oldest = mid.gaps, mid.oldest
        days = [
            LikeDay(looked.days[n], tuple(energy[n].tolist()), role) for role, places in groups for n in places.tolist()
        ]
        return Examined(tuple(sorted(days, key=lambda day: day.day)), _since(oldest, like.left_out, gaps))

    def _like(self, starts_at: datetime) -> LikeDays:
        return like_days(london_day(starts_at), self.event_days, self.holidays, self.setting.wanted)

    def _mid_of(self, like: LikeDays, starts_at: datetime, ends_at: datetime) -> MidDays | None:
        key = (like.candidates, starts_at.astimezone(LONDON).time(), ends_at - starts_at)
        if key not in self._mid:
            chosen = self._chosen(like, starts_at, ends_at)
            self._mid[key] = None if chosen is None else mid_days(chosen)
        return self._mid[key]

    def _chosen(self, like: LikeDays, starts_at: datetime, ends_at: datetime) -> _Chosen | None:
        if len(like.candidates) < self.setting.fewest:
            return None
        looked = _looked(like.candidates, starts_at, ends_at, self.interval_minutes)
        return _choose(self.meter, looked, self.setting, hour=self.adjusted)
