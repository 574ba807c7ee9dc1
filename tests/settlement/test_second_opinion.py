"""Months that nobody thought of, settled twice: by our rules, and by a second implementation in plain SQL. Not a penny apart."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from holidays import country_holidays

from dispatch.models import Instruction, Match, Trigger
from markets.models import Asset, Contract, Market, Product, Seller, Zone
from settlement.models import SettlementLine, SettlementRun, Terms
from settlement.operations import DayOfReadings, start_run, store_readings

from .world import make_contract

pytestmark = pytest.mark.django_db

SQL = (Path(__file__).parent / "second_opinion.sql").read_text()
COLUMNS = (
    *("contract_id", "window_id", "instruction_id", "starts_at", "ends_at", "instructed_kw", "delivered_share"),
    *("delivered_kwh", "baseline_kwh", "metered_kwh", "availability_gbp", "utilisation_gbp", "sustain_gbp"),
    "assets_without_readings",
)
MONTHS = (date(2025, 1, 1), date(2024, 10, 1), date(2025, 3, 1), date(2024, 12, 1), date(2025, 5, 1), date(2024, 7, 1))
"""With holidays, and with both changes of the clocks."""
DAY = timedelta(days=1)


def second_opinion(run: SettlementRun) -> list[tuple[Any, ...]]:
    holidays = sorted(country_holidays("GB", subdiv="ENG", years=range(run.month.year - 1, run.month.year + 1)))
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"run": run.pk, "holidays": holidays})
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM opinion")
        return sorted(cursor.fetchall(), key=repr)


def ours(run: SettlementRun) -> list[tuple[Any, ...]]:
    return sorted(run.lines.values_list(*COLUMNS), key=repr)


class Month:
    """A month made by chance: terms, contracts of three assets, calls of every kind, and readings with gaps."""

    def __init__(self, seed: int, market: Market, products: dict[str, Product], zone: Zone, assets: list[Asset]):
        self.chance = random.Random(seed)
        self.first = MONTHS[seed % len(MONTHS)]
        self.market, self.zone, self.assets = market, zone, assets
        self._terms()
        contracts = [self._contract(products[name]) for name in ("Dynamic", "Secure", "Sustain", "Dynamic")]
        for contract in contracts[:2] + contracts[3:]:
            for _ in range(self.chance.randint(2, 8)):
                self._call(contract)
        for asset in assets:
            self._readings(asset)

    def _terms(self) -> None:
        chance = self.chance
        lowest, highest = chance.randint(0, 2), chance.randint(0, 2)
        fewest = lowest + highest + chance.randint(1, 3)
        Terms.objects.create(
            market=self.market,
            from_month=date(2024, 1, 1),
            interval_minutes=chance.choice([5, 15, 30, 60]),
            grace=chance.choice(["0", "0.05", "0.1"]),
            slope=chance.choice(["0.5", "1", "1.5"]),
            floor=chance.choice(["0", "0.25"]),
            like_days=fewest + chance.randint(0, 5),
            lowest_dropped=lowest,
            highest_dropped=highest,
            fewest_like_days=fewest,
            same_day_adjustment=chance.random() < 0.7,
            sustain_is_scaled=chance.random() < 0.5,
        )

    def _contract(self, product: Product) -> Contract:
        chance = self.chance
        prices = {
            "availability_gbp_per_mw_h": f"{chance.randint(0, 1500) / 10}" if product.pays_availability else "0",
            "utilisation_gbp_per_mwh": f"{chance.randint(0, 60000) / 100}" if product.pays_utilisation else "0",
            "sustain_gbp_per_kw": f"{chance.randint(1, 3000) / 100}" if product.pays_sustain else "0",
        }
        start = chance.choice([time(0, 30), time(1), time(7), time(16, 30), time(22)])
        return make_contract(
            market=self.market,
            product=product,
            zone=self.zone,
            seller=self.assets[0].seller,
            assets=chance.sample(self.assets, chance.randint(1, 3)),
            first_day=self.first - chance.randint(0, 20) * DAY,
            last_day=self.first + chance.randint(20, 50) * DAY,
            kw=f"{chance.randint(1, 600000) / 10000}",
            hours=(start, time((start.hour + chance.randint(2, 6)) % 24, chance.choice([0, 30]))),
            weekdays=sorted(chance.sample(range(1, 8), chance.randint(3, 7))),
            **prices,
        )

    def _call(self, contract: Contract) -> None:
        chance = self.chance
        at = datetime.combine(self.first, time(), UTC) + timedelta(minutes=10 * chance.randint(-200, 31 * 144))
        lasts = timedelta(minutes=10 * chance.randint(1, 40))
        reference, kinds = f"T-{chance.random()}", chance.choice([["start"], ["start", "change"], ["start", "cancel"]])
        for revision, kind in enumerate(kinds, 1):
            moved = at + timedelta(minutes=30 * chance.randint(0, revision - 1))
            ends_at = moved + lasts if chance.random() < 0.7 else None
            self._told(contract, kind, reference, revision, moved, ends_at)
        if chance.random() < 0.5:
            stop = chance.choice(["stop", "emergency_stop"])
            self._told(contract, stop, f"{reference} over", 1, at + chance.choice([-1, 1]) * lasts / 2, None)

    def _told(
        self, contract: Contract, kind: str, reference: str, revision: int, at: datetime, ends_at: datetime | None
    ) -> None:
        asks = kind in ("start", "change")
        trigger = Trigger.objects.create(
            operator=self.market.operator,
            market=self.market,
            reference=reference,
            revision=revision,
            kind=kind,
            raw=b"{}",
            content={"issued_at": at.isoformat()},
            content_sha256=f"{reference} {revision}",
            received_at=at,
        )
        told = Instruction.objects.create(
            trigger=trigger,
            market=self.market,
            seller=contract.seller,
            kind=kind,
            starts_at=at,
            ends_at=ends_at if asks else None,
            capacity_kw=Decimal(self.chance.randint(1, 500000)) / 10000
            if asks and self.chance.random() < 0.8
            else None,
        )
        match = Match.objects.create(instruction=told)
        window = contract.bid.lines.get().window
        Match.objects.filter(pk=match.pk).update(status=Match.Status.MATCHED, contract=contract, window=window)

    def _readings(self, asset: Asset) -> None:
        """Half-hours, or minutes; here and there a gap; some days are corrected."""
        chance = self.chance
        length = chance.choice([48, 48, 1440])
        level = chance.randint(-80000, 80000)
        for share in (1.0, 0.1):
            days = [
                DayOfReadings(asset, self.first + back * DAY, list(self._watts(length, level)))
                for back in range(-100, 35)
                if chance.random() < share
            ]
            store_readings(days=days, source="upload", by="tests")

    def _watts(self, length: int, level: int) -> Iterator[int | None]:
        silent = range(0)
        if self.chance.random() < 0.15:
            first = self.chance.randrange(length)
            silent = range(first, first + length // 10)
        for place in range(length):
            yield None if place in silent else level + self.chance.randint(-30000, 30000)


@pytest.fixture
def assets(make_asset: Any, seller: Seller) -> list[Asset]:
    assets = [make_asset(seller, ref) for ref in ("EV-1", "BAT-1", "EV-2")]
    Asset.objects.filter(pk=assets[1].pk).update(technology="Battery, lithium")
    return assets


@pytest.mark.parametrize(
    "seed", [0, 1, 2, 40, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(100, 200))]
)
def test_a_second_implementation_agrees_to_the_penny(
    market: Market, products: dict[str, Product], zone: Zone, assets: list[Asset], seed: int
) -> None:
    month = Month(seed, market, products, zone, assets)
    run = start_run(market=market, month=month.first, by="tests")
    lines, opinion = ours(run), second_opinion(run)
    assert lines == opinion
    paid = [line for line in run.lines.all() if line.delivered_kwh or line.availability_gbp or line.sustain_gbp]
    assert paid, "a month in which nothing is paid proves nothing"


def test_a_penny_too_much_would_be_seen(
    market: Market, products: dict[str, Product], zone: Zone, assets: list[Asset]
) -> None:
    month = Month(0, market, products, zone, assets)
    run = start_run(market=market, month=month.first, by="tests")
    one = run.lines.last()
    assert one is not None
    fields = {name: getattr(one, name) for name in (*COLUMNS, "seller_id", "run_id")}
    one.delete()
    SettlementLine.objects.create(**fields | {"utilisation_gbp": one.utilisation_gbp + Decimal("0.01")})
    assert ours(run) != second_opinion(run)
