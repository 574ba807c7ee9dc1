"""Which baseline an asset has in a month: the terms' variant of the historical one, or a week of its own from then on."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from dispatch.models import Instruction
from markets.models import Asset, Contract, JournalEntry, Market
from markets.problems import Refused
from markets.rules.spans import next_month
from settlement.models import AssetBaseline, Terms
from settlement.operations import open_points, readings_needed, set_baseline, start_run, unfold

from .world import JANUARY, meter

LATE = "The seller's letter was lost"


def week(kw: str) -> bytes:
    rows = [f"{day},{hour:02}:{minute:02},{kw}" for day in range(1, 8) for hour in range(24) for minute in (0, 30)]
    return "\n".join(["day_of_week,local_time,power_kw", *rows]).encode()


def test_a_nominated_week_takes_the_place_of_history(market: Market, instruction: Instruction, asset: Asset) -> None:
    """40 kW nominated, 10 kW metered: 30 kW for two hours. No like day is needed, nor read."""
    set_baseline(asset=asset, from_month=JANUARY, method="nominated", file=week("-40"), by="tests", reason=LATE)
    assert readings_needed(market=market, month=JANUARY)[asset.pk] == {date(2025, 1, 15)}
    meter(asset, date(2025, 1, 15), date(2025, 1, 15), lambda day: 10)
    run = start_run(market=market, month=JANUARY, by="tests")
    line = run.lines.get(instruction=instruction)
    assert (line.baseline_kwh, line.delivered_kwh) == (-80, 60)
    assert line.explanation == "EV-1: baseline as nominated, in force from January 2025."
    assert unfold(line).is_as_stored
    assert unfold(line).assets[0].like_days == ()
    assert open_points(run) == []


def test_a_reference_profile_is_times_its_devices(market: Market, instruction: Instruction, asset: Asset) -> None:
    profile = {"method": "profile", "file": week("-0.35"), "devices": 100, "by": "tests", "reason": LATE}
    set_baseline(asset=asset, from_month=date(2024, 11, 15), **profile)
    meter(asset, date(2025, 1, 15), date(2025, 1, 15), lambda day: 10)
    line = start_run(market=market, month=JANUARY, by="tests").lines.get(instruction=instruction)
    assert (line.baseline_kwh, line.delivered_kwh) == (-70, 50)
    assert "a device times 100, in force from November 2024" in line.explanation


def test_the_latest_word_of_the_latest_month_counts_and_a_run_keeps_what_it_looked_at(
    market: Market, january: Instruction, asset: Asset
) -> None:
    def settled(reason: str) -> Decimal:
        run = start_run(market=market, month=JANUARY, by="tests", reason=reason)
        lines.append(run.lines.get(instruction=january))
        return lines[-1].baseline_kwh or Decimal(0)

    lines: list = []
    for month, kw in ((date(2025, 1, 1), "-40"), (date(2024, 12, 1), "-30"), (date(2025, 2, 1), "-20")):
        set_baseline(asset=asset, from_month=month, method="nominated", file=week(kw), by="tests", reason=LATE)
        assert settled("Once more") == -80
    set_baseline(asset=asset, from_month=JANUARY, method="nominated", file=week("-45"), by="tests", reason=LATE)
    assert settled("Corrected") == -90
    set_baseline(asset=asset, from_month=JANUARY, method="historical", by="tests", reason=LATE)
    assert settled("History again") == -124
    assert all(unfold(line).is_as_stored for line in lines)


def test_a_week_is_said_before_it_is_lived(asset: Asset) -> None:
    today = timezone.now().date()
    with pytest.raises(Refused, match="has begun: a baseline is said beforehand"):
        set_baseline(asset=asset, from_month=today, method="nominated", file=week("-1"), by="tests")
    with pytest.raises(Refused, match="Only a reference profile"):
        set_baseline(asset=asset, from_month=next_month(today), method="nominated", file=week("-1"), devices=2, by="t")
    with pytest.raises(Refused, match="336 rows need correcting") as refusal:
        set_baseline(asset=asset, from_month=next_month(today), method="nominated", file=week("x"), by="tests")
    assert len(refusal.value.rows) == 336
    assert not AssetBaseline.objects.exists()
    made = set_baseline(asset=asset, from_month=next_month(today), method="nominated", file=week("-1"), by="tests")
    assert (made.from_month.day, made.week_w) == (1, [-1000] * 336)
    assert JournalEntry.objects.get(verb="set_baseline").subject_id == asset.pk


def test_terms_choose_the_variant(market: Market, january: Instruction, sustain: Callable[..., Contract]) -> None:
    """All ten like days count: (476 + 40 + 80) / 10 = 59.6 kW; the adjustment to 62 kW is the same for both."""
    variant = {"lowest_dropped": 0, "highest_dropped": 0, "fewest_like_days": 10, "same_day_adjustment": False}
    Terms.objects.create(market=market, from_month=date(2024, 12, 1), **variant)
    line = start_run(market=market, month=JANUARY, by="tests").lines.get(instruction=january)
    assert line.baseline_kwh == Decimal("-119.2")
    assert "mean of 10 like days" in line.explanation
