"""What an event looks like: baseline, what was metered, and what was asked, as a plain figure for inline SVG. Pure.

Power is drawn as it is metered: + export above, − import below. What was asked is a level beside the baseline: to reach it
was to deliver all; what counts as delivered is filled between.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, takewhile

from markets.rules.spans import LONDON
from markets.rules.words import number

from ..rules.unfolding import Interval

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 260, 64, 24, 22, 26
MOST_HOURS, MOST_LEVELS = 8, 6
STEPS = [Decimal(step).scaleb(power) for power in range(-4, 9) for step in (1, 2, 5)]


@dataclass(frozen=True)
class Part:
    """What counts as delivered in one interval."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class EventChart:
    """The drawing; lines are the `points` of a polyline, labels are (place, words)."""

    baseline: str
    metered: str
    asked: str
    delivered: tuple[Part, ...]
    hours: tuple[tuple[float, str], ...]
    levels: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    floor: int = HEIGHT - BOTTOM


def event_chart(intervals: Sequence[Interval], *, turn_up: bool) -> EventChart | None:
    """None where nothing was asked, or nothing of it can be drawn because it was not read."""
    read = [(i.baseline_kw, i.metered_kw) for i in intervals if i.baseline_kw is not None and i.metered_kw is not None]
    if not read or len(read) < len(intervals):
        return None
    sign = -1 if turn_up else 1
    baseline, metered = [base for base, _ in read], [power for _, power in read]
    asked = [base + sign * (i.instructed_kw or 0) for base, i in zip(baseline, intervals, strict=True)]
    reached = [base + sign * (i.delivered_kw or 0) for base, i in zip(baseline, intervals, strict=True)]
    step, lowest, highest = _scale(min(*baseline, *metered, *asked), max(*baseline, *metered, *asked))
    width = (WIDTH - LEFT - RIGHT) / len(intervals)

    def y(kw: Decimal) -> float:
        return round(TOP + float((highest - kw) / (highest - lowest)) * (HEIGHT - TOP - BOTTOM), 1)

    def x(place: int) -> float:
        return round(LEFT + place * width, 1)

    parts = [
        Part(x(place), min(y(base), y(to)), round(width, 1), round(abs(y(base) - y(to)), 1))
        for place, (base, to) in enumerate(zip(baseline, reached, strict=True))
        if base != to
    ]
    levels = takewhile(lambda level: level <= highest, (lowest + step * number for number in count()))
    return EventChart(
        baseline=_steps(baseline, x, y),
        metered=_steps(metered, x, y),
        asked=_steps(asked, x, y),
        delivered=tuple(parts),
        hours=_hours(intervals, x),
        levels=tuple((y(level), number(level)) for level in levels),
    )


def _scale(lowest: Decimal, highest: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """A round step, and the round levels that all lies between."""
    span = max(highest - lowest, Decimal(1))
    step = next(step for step in STEPS if span / step <= MOST_LEVELS - 1)
    low, high = lowest // step * step, highest // step * step
    return step, low - (step if low > lowest else 0), high + (step if high < highest or high == low else 0)


def _steps(levels: Sequence[Decimal], x: Callable[[int], float], y: Callable[[Decimal], float]) -> str:
    """Level for the length of each interval: a mean is no slope."""
    return " ".join(f"{x(place)},{y(kw)} {x(place + 1)},{y(kw)}" for place, kw in enumerate(levels))


def _hours(intervals: Sequence[Interval], x: Callable[[int], float]) -> tuple[tuple[float, str], ...]:
    instants = [*(interval.starts_at for interval in intervals), intervals[-1].ends_at]
    every = -(-len(intervals) // MOST_HOURS)
    return tuple(
        (x(place), f"{at.astimezone(LONDON):%H:%M}") for place, at in enumerate(instants) if place % every == 0
    )
