"""Which readings the settlement of a month looks at."""

from collections.abc import Callable
from datetime import date

from dispatch.models import Instruction
from markets.models import Asset, Contract, Market
from settlement.operations import readings_needed

from .world import JANUARY


def test_the_day_of_an_instruction_is_needed(market: Market, instruction: Instruction, asset: Asset) -> None:
    assert date(2025, 1, 15) in readings_needed(market=market, month=JANUARY)[asset.pk]


def test_a_window_that_only_had_to_be_kept_available_needs_none(market: Market, january_contract: Contract) -> None:
    assert readings_needed(market=market, month=JANUARY) == {}


def test_like_days_of_baselines_are_needed_too(market: Market, sustain: Callable[..., Contract], asset: Asset) -> None:
    sustain(first_day=date(2024, 11, 4), last_day=date(2025, 2, 28))
    needed = readings_needed(market=market, month=JANUARY)[asset.pk]
    assert date(2024, 11, 1) in needed  # before the season: the latest working day without an event
    assert date(2025, 1, 31) in needed
    assert date(2025, 2, 3) not in needed
    assert date(2024, 11, 5) not in needed
