"""What an asset would have done without the event: the historical baseline, "mid 8 of 10", with same-day adjustment.

Of the ten latest like days (see `like_days`) the one with the highest and the one with the lowest energy over the event's
hours are dropped; the mean of the other eight, interval by interval, is the baseline.

Source of the adjustment: Flexibility Services Standard Agreement, "Baseline Adjustment": the difference between metered
and baseline over the hour that starts two hours before the event; upward only; none for batteries. Upward means towards
more import or less export. Ours until the operator confirms them: what a like day is, that the highest and the lowest
are told by the event's hours, that fewer than ten days do (but at least `FEWEST`), and rounding to whole watts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from markets.rules.spans import LONDON, london

from .energy import pieces, span_wmin
from .halfhours import Watts, london_day, nearest
from .like_days import WANTED, LeftOut, LikeDays, like_days

FEWEST = 5
BEFORE = timedelta(hours=2)
ADJUSTED_OVER = timedelta(hours=1)

type Meter = Mapping[date, Watts]
"""The readings of one asset by UTC day."""


@dataclass(frozen=True)
class MidDays:
    """The like days used and the two dropped, for one time of day. `watts`: the mean per piece, + export."""

    watts: tuple[int, ...]
    used: tuple[date, ...]
    dropped: tuple[date, date]
    gaps: tuple[LeftOut, ...]
    hour_before_w: int | None


@dataclass(frozen=True)
class Baseline:
    """Whole watts per piece of the event, + export. `adjustment_w` is at most 0, or None where none was made."""

    watts: tuple[int, ...]
    used: tuple[date, ...]
    dropped: tuple[date, date]
    left_out: tuple[LeftOut, ...]
    adjustment_w: int | None


def is_battery(technology: str) -> bool:
    """Whether an asset is a battery, by the operator's name of its technology, e.g. "Battery, compressed air system"."""
    return "battery" in technology.casefold()


def same_time_on(day: date, at: datetime) -> datetime:
    """The instant at which a London clock shows on `day` what it shows at `at`."""
    return london(day, at.astimezone(LONDON).time())


def mid_8_of_10(
    meter: Meter,
    candidates: Sequence[date],
    starts_at: datetime,
    ends_at: datetime,
    *,
    interval_minutes: int,
    hour: bool,
) -> MidDays | None:
    """The mean of the like days between highest and lowest; None with fewer than `FEWEST` without a gap.

    `candidates`: like days, latest first. `hour`: whether the hour of the adjustment is needed too; a day without it
    then has a gap.
    """
    full: list[tuple[int, date, list[int], int]] = []
    gaps = []
    for day in candidates:
        start = same_time_on(day, starts_at)
        energy = span_wmin(meter, pieces(start, start + (ends_at - starts_at), interval_minutes))
        before = _hour_before(meter, start) if hour else 0
        if energy is None or before is None:
            gaps.append(LeftOut(day, "gap in the readings"))
        else:
            full.append((sum(energy), day, energy, before))
            if len(full) == WANTED:
                break
    if len(full) < FEWEST:
        return None
    lowest, *middle, highest = sorted(full)
    minutes = [piece.minutes for piece in pieces(starts_at, ends_at, interval_minutes)]
    return MidDays(
        watts=tuple(
            nearest(sum(energies), len(middle) * width)
            for width, *energies in zip(minutes, *(energy for _, _, energy, _ in middle), strict=True)
        ),
        used=tuple(sorted(day for _, day, _, _ in middle)),
        dropped=(lowest[1], highest[1]),
        gaps=tuple(gaps),
        hour_before_w=nearest(sum(before for *_, before in middle), 60 * len(middle)) if hour else None,
    )


def _hour_before(meter: Meter, starts_at: datetime) -> int | None:
    """Watt-minutes of the hour that starts two hours before; None where it was not read."""
    energy = span_wmin(meter, pieces(starts_at - BEFORE, starts_at - BEFORE + ADJUSTED_OVER, 60))
    return None if energy is None else sum(energy)


def adjustment_w(metered_hour_wmin: int | None, hour_before_w: int) -> int | None:
    """Watts added to every interval: how much more was imported (or less exported) than the baseline; never above 0."""
    if metered_hour_wmin is None:
        return None
    return min(0, nearest(metered_hour_wmin, 60) - hour_before_w)


@dataclass
class Baselines:
    """The baselines of one asset in a run; what the days of a season share is computed once.

    `event_days`: London days with an event of this asset, which are no like days. `adjusted`: whether the same-day
    adjustment is made (never for batteries).
    """

    meter: Meter
    event_days: frozenset[date]
    holidays: frozenset[date]
    interval_minutes: int
    adjusted: bool
    _mid: dict[tuple[object, ...], MidDays | None] = field(default_factory=dict)

    def of(self, starts_at: datetime, ends_at: datetime) -> Baseline | None:
        """The baseline of an event; None where there are too few like days with readings."""
        event_day = london_day(starts_at)
        like = like_days(event_day, self.event_days, self.holidays)
        mid = self._mid_of(like, starts_at, ends_at)
        if mid is None:
            return None
        change = None
        if mid.hour_before_w is not None:
            change = adjustment_w(_hour_before(self.meter, starts_at), mid.hour_before_w)
        oldest = min(*mid.used, *mid.dropped)
        left_out = sorted((*like.left_out, *mid.gaps), key=lambda out: out.day)
        return Baseline(
            watts=tuple(w + change for w in mid.watts) if change else mid.watts,
            used=mid.used,
            dropped=mid.dropped,
            left_out=tuple(out for out in left_out if out.day > oldest),
            adjustment_w=change,
        )

    def _mid_of(self, like: LikeDays, starts_at: datetime, ends_at: datetime) -> MidDays | None:
        key = (like.candidates, starts_at.astimezone(LONDON).time(), ends_at - starts_at)
        if key not in self._mid:
            self._mid[key] = mid_8_of_10(
                self.meter,
                like.candidates,
                starts_at,
                ends_at,
                interval_minutes=self.interval_minutes,
                hour=self.adjusted,
            )
        return self._mid[key]
