"""Which readings a month still lacks, before it is settled."""

from collections.abc import Callable
from datetime import date

from dispatch.models import Instruction
from markets.models import Asset, Contract, Market
from settlement.operations import MissingDay, missing_readings, readings_needed

from .world import JANUARY, meter


def test_days_of_events_without_readings(market: Market, instruction: Instruction, asset: Asset) -> None:
    lacking = MissingDay(asset.seller_id, asset.pk, date(2025, 1, 15))
    assert missing_readings(market=market, month=JANUARY) == [lacking]
    meter(asset, date(2025, 1, 15), date(2025, 1, 15), lambda day: 1)
    assert missing_readings(market=market, month=JANUARY) == []


def test_a_window_that_only_had_to_be_kept_available_needs_none(market: Market, january_contract: Contract) -> None:
    assert missing_readings(market=market, month=JANUARY) == []


def test_like_days_of_baselines_are_needed_too(market: Market, sustain: Callable[..., Contract], asset: Asset) -> None:
    sustain(first_day=date(2024, 11, 4), last_day=date(2025, 2, 28))
    needed = readings_needed(market=market, month=JANUARY)[asset.pk]
    assert date(2024, 11, 1) in needed  # before the season: the latest working day without an event
    assert date(2025, 1, 31) in needed
    assert date(2025, 2, 3) not in needed
    assert date(2024, 11, 5) not in needed
