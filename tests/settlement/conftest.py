"""A month of settlement by hand: January 2025, one seller, one charging depot, one contract called once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dispatch.models import Instruction
from markets.models import Asset, Contract, Market, Product, Seller, Zone

from .world import at, instruct, make_contract, meter

LOADS_KW = {
    date(2024, 12, 31): 40,
    date(2025, 1, 2): 50,
    date(2025, 1, 3): 55,
    date(2025, 1, 6): 60,
    date(2025, 1, 7): 62,
    date(2025, 1, 8): 58,
    date(2025, 1, 9): 61,
    date(2025, 1, 10): 64,
    date(2025, 1, 13): 66,
    date(2025, 1, 14): 80,
    date(2025, 1, 15): 62,
}
EVENT = {at(15, 17): 30.0, at(15, 17, 30): 10.0, at(15, 18): 12.0, at(15, 18, 30): 0.0}


@pytest.fixture
def dynamic(
    market: Market, products: dict[str, Product], zone: Zone, seller: Seller, asset: Asset
) -> Callable[..., Contract]:
    """Makes a contract called by trigger: 50 kW at 100 GBP/MW/h and 250 GBP/MWh."""

    def make(**more: Any) -> Contract:
        values = {"availability_gbp_per_mw_h": "100", "utilisation_gbp_per_mwh": "250", "assets": [asset]} | more
        return make_contract(market=market, product=products["Dynamic"], zone=zone, seller=seller, **values)

    return make


@pytest.fixture
def sustain(
    market: Market, products: dict[str, Product], zone: Zone, seller: Seller, asset: Asset
) -> Callable[..., Contract]:
    """Makes a contract delivered by schedule: 2.74 kW at 22.48 GBP/kW for the season."""

    def make(**more: Any) -> Contract:
        values = {"kw": "2.74", "sustain_gbp_per_kw": "22.48", "assets": [asset]} | more
        return make_contract(market=market, product=products["Sustain"], zone=zone, seller=seller, **values)

    return make


@pytest.fixture
def january_contract(dynamic: Callable[..., Contract]) -> Contract:
    return dynamic()


@pytest.fixture
def instruction(market: Market, january_contract: Contract) -> Instruction:
    """Wednesday 15 January, 17:00 to 19:00, 50 kW."""
    return instruct(market, january_contract, at(15, 17), at(15, 19), capacity_kw=Decimal(50))


@pytest.fixture
def january(instruction: Instruction, asset: Asset) -> Instruction:
    """The instruction, and the readings that its settlement needs."""
    meter(asset, date(2024, 12, 31), date(2025, 1, 31), lambda day: LOADS_KW.get(day, 60), EVENT)
    return instruction
