"""The sentences on a line: how the baseline was drawn, what is missing, and why not more was paid."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from .baseline import Baseline
from .like_days import LeftOut
from .pay import Scale

NAMED_ONE_BY_ONE = 4


def no_readings(ref: str) -> str:
    """An asset whose event was not metered throughout."""
    return f"{ref}: readings are missing in this event, so it counts as having delivered nothing."


def no_baseline(ref: str, fewest: int) -> str:
    """An asset without enough like days."""
    return (
        f"{ref}: fewer than {fewest} like days have readings, so there is no baseline and it counts as having "
        "delivered nothing."
    )


def baseline_story(ref: str, baseline: Baseline) -> str:
    """Which days the baseline is the mean of, which were dropped or left out, and the adjustment; or whose week it is."""
    if baseline.from_month:
        since = f"in force from {baseline.from_month:%B %Y}"
        if baseline.method == "nominated":
            return f"{ref}: baseline as nominated, {since}."
        return f"{ref}: baseline is the reference profile of a device times {baseline.devices:,}, {since}."
    used, wanted = baseline.used, baseline.setting.wanted
    first, last = min((*used, *baseline.dropped)), max((*used, *baseline.dropped))
    days = len(used) + len(baseline.dropped)
    few = "" if days == wanted else f" (only {days} of {wanted} have readings)"
    parts = [
        f"{ref}: baseline is the mean of {len(used)} like days between {_day(first)} and {_day(last)}{few}"
        f"{_dropped(baseline)}",
        *_left_out(baseline.left_out),
    ]
    if baseline.adjustment_w:
        parts.append(f"adjusted by {power(-baseline.adjustment_w)} towards import")
    return "; ".join(parts) + "."


def _dropped(baseline: Baseline) -> str:
    lowest, highest = baseline.setting.lowest, baseline.setting.highest
    if (lowest, highest) == (1, 1):
        return f", without the two extremes {' and '.join(map(_day, baseline.dropped))}"
    groups = " and ".join(f"{count} {name}" for count, name in ((lowest, "lowest"), (highest, "highest")) if count)
    return f", without the {groups} ({', '.join(map(_day, baseline.dropped))})" if groups else ""


def scaled(what: str, share: Decimal, paid: Decimal, scale: Scale) -> str:
    """Why less than all of a pay is paid."""
    rule = f"{_percent(scale.grace)} may be missing, beyond that {scale.slope.normalize():f} % is lost per 1 %"
    return f"{what}: {_percent(share)} was delivered; {rule}: {_percent(paid)} is paid."


def part_of_season(minutes: int, season_minutes: int) -> str:
    """How a Sustain price is spread."""
    hours, season = (Decimal(m) / 60 for m in (minutes, season_minutes))
    return f"Sustain: {_number(hours)} of {_number(season)} contracted service hours of the season."


def available(called: bool) -> str:
    """A window of a product called by trigger."""
    return "Kept available; performance is that of its instructions." if called else "Kept available; not called."


def power(watts: int) -> str:
    """Watts as kW, without needless zeros."""
    return f"{_number(Decimal(watts) / 1000)} kW"


def _left_out(left_out: Sequence[LeftOut]) -> Iterator[str]:
    by_reason = sorted(left_out, key=lambda out: (out.reason, out.day))
    for reason, group in groupby(by_reason, key=lambda out: out.reason):
        days = [out.day for out in group]
        if len(days) <= NAMED_ONE_BY_ONE:
            named = ", ".join(map(_day, days))
        else:
            named = f"{len(days)} days from {_day(days[0])} to {_day(days[-1])}"
        yield f"left out ({reason}): {named}"


@lru_cache(maxsize=2048)
def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _percent(share: Decimal) -> str:
    return f"{_number(share * 100)} %"


def _number(amount: Decimal) -> str:
    rounded = round(amount, 3)
    return f"{rounded.normalize():f}" if rounded else "0"
