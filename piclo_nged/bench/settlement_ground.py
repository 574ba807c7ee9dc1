"""What the benchmark of settlement stands on: contracts that were called on twenty days, and a meter a minute behind them.

Rows are made in bulk, past the operations: what is measured is the settlement of a month, not how it came about.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from dispatch.models import Instruction, Match, Trigger
from markets.models import Asset, Bid, BidLine, Competition, Contract, Market, Operator, Product, Seller, Zone
from markets.operations.markets import open_market

MONTH = date(2025, 1, 1)
FIRST_DAY = date(2024, 12, 1)  # like days of the month's first events lie in the month before
DAYS = 62
CALLED = tuple(day for day in range(2, 30) if date(2025, 1, day).isoweekday() <= 5)
HOURS = (15, 16, 17, 18)  # a call begins at one of these, and lasts two hours
ASSETS_A_CONTRACT, CONTRACTS_A_SELLER = 5, 4
KW, AVAILABILITY, UTILISATION = Decimal(40), Decimal(100), Decimal(250)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class SettlementGround:
    """A mock market; its contracts in order, with the keys of the assets behind each."""

    market: Market
    contracts: dict[int, list[int]]


def hour_of(place: int, day: int) -> int:
    """The hour (UTC, which is London's in January) at which the contract at that place is called on a day of January."""
    return HOURS[(place + day) % len(HOURS)]


def metered_assets(count: int) -> list[Asset]:
    """Registers them, a seller per twenty, and stores 62 days of minute readings of each. No reading is missing."""
    a_seller = ASSETS_A_CONTRACT * CONTRACTS_A_SELLER
    sellers = Seller.objects.bulk_create([Seller(name=f"Settled {n}") for n in range(count // a_seller)])
    assets = Asset.objects.bulk_create(
        [
            Asset(seller=sellers[n // a_seller], ref=f"EV-{n}", name="Depot", technology="EV charge point")
            for n in range(count)
        ]
    )
    _store(assets)
    return assets


def settlement_ground(key: str, assets: list[Asset]) -> SettlementGround:
    """Opens a market with a contract per five assets, each called on twenty working days for two hours."""
    operator = Operator.objects.get(key="nged")
    market = open_market(operator=operator, key=key, name=f"Month {key}", is_mock=True, stage="open", by="bench")
    competition = _competition(market)
    bids = _bids(competition, assets)
    contracts = Contract.objects.bulk_create(
        [
            Contract(
                bid=bid,
                seller_id=bid.seller_id,
                market=market,
                accepted_kw=KW,
                availability_gbp_per_mw_h=AVAILABILITY,
                utilisation_gbp_per_mwh=UTILISATION,
                awarded_at=competition.closes_at,
            )
            for bid in bids
        ]
    )
    _call(market, contracts)
    groups = [assets[n : n + ASSETS_A_CONTRACT] for n in range(0, len(assets), ASSETS_A_CONTRACT)]
    behind = {contract.pk: [a.pk for a in group] for contract, group in zip(contracts, groups, strict=True)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return SettlementGround(market, behind)


def _competition(market: Market) -> Competition:
    zone, _ = Zone.objects.get_or_create(
        operator=market.operator, code="CMZ_T9A_EM_0002", defaults={"name": "Testbridge", "licence_area": "EM"}
    )
    opens_at = datetime(2024, 11, 1, tzinfo=UTC)
    competition = Competition.objects.create(
        market=market,
        reference="C-1",
        name="Afternoons",
        product=Product.objects.get(operator=market.operator, name="Dynamic"),
        zone=zone,
        opens_at=opens_at,
        closes_at=opens_at + DAY,
        first_day=MONTH,
        last_day=MONTH + 30 * DAY,
        required_kw=Decimal(500),
    )
    competition.windows.create(
        name="Afternoon",
        first_day=MONTH,
        last_day=MONTH + 30 * DAY,
        weekdays=[1, 2, 3, 4, 5],
        local_start=time(15),
        local_end=time(20),
        required_kw=Decimal(500),
    )
    return competition


def _bids(competition: Competition, assets: list[Asset]) -> list[Bid]:
    at = competition.opens_at
    bids = Bid.objects.bulk_create(
        [
            Bid(competition=competition, seller_id=asset.seller_id, capacity_kw=KW, placed_at=at, changed_at=at)
            for asset in assets[::ASSETS_A_CONTRACT]
        ]
    )
    window = competition.windows.get()
    BidLine.objects.bulk_create([BidLine(bid=bid, window=window, capacity_kw=KW) for bid in bids])
    behind = Bid.assets.through
    behind.objects.bulk_create(
        [behind(bid_id=bids[n // ASSETS_A_CONTRACT].pk, asset_id=asset.pk) for n, asset in enumerate(assets)]
    )
    Bid.objects.filter(competition=competition).update(status=Bid.Status.ACCEPTED)
    return bids


def _call(market: Market, contracts: list[Contract]) -> None:
    for day in CALLED:
        starts_at = {hour: datetime(2025, 1, day, hour, tzinfo=UTC) for hour in HOURS}
        triggers = {
            hour: Trigger.objects.create(
                operator=market.operator,
                market=market,
                reference=f"T-{day}-{hour}",
                kind="start",
                raw=b"{}",
                content_sha256=f"{day}-{hour}",
                received_at=starts_at[hour],
            )
            for hour in HOURS
        }
        told = Instruction.objects.bulk_create(
            [
                Instruction(
                    trigger=triggers[hour_of(place, day)],
                    market=market,
                    seller_id=contract.seller_id,
                    kind="start",
                    starts_at=starts_at[hour_of(place, day)],
                    ends_at=starts_at[hour_of(place, day)] + timedelta(hours=2),
                    capacity_kw=KW,
                )
                for place, contract in enumerate(contracts)
            ]
        )
        matches = Match.objects.bulk_create([Match(instruction=instruction) for instruction in told])
        for match, contract in zip(matches, contracts, strict=True):
            match.status, match.contract = Match.Status.MATCHED, contract
        Match.objects.bulk_update(matches, ["status", "contract"], batch_size=500)


def _store(assets: list[Asset]) -> None:
    """Straight into the table, in binary: charging that rises and falls over the day, and differs by day and asset."""
    chance = np.random.default_rng(2025)
    statement = "COPY settlement_readingday (asset_id, day, revision, watts, source) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for asset in assets:
            for row in _rows(asset.pk, chance):
                copy.write(row)
        copy.write(struct.pack(">h", -1))


def _rows(asset_id: int, chance: np.random.Generator) -> Iterator[bytes]:
    minutes = np.arange(1440)
    level = chance.integers(15_000, 25_000)
    fields = struct.Struct(">hiqiiii")
    for day in range(DAYS):
        is_called = (FIRST_DAY + day * DAY).month == MONTH.month and (FIRST_DAY + day * DAY).day in CALLED
        watts = -level * (1 + np.sin(minutes / 229) / 3) + chance.integers(-3000, 3000, 1440)
        if is_called:
            watts[900:1200] /= chance.integers(1, 9)
        payload = _array(watts.astype(np.int32))
        number = (FIRST_DAY - date(2000, 1, 1)).days + day
        yield (
            fields.pack(5, 8, asset_id, 4, number, 4, 1)
            + struct.pack(">i", len(payload))
            + payload
            + struct.pack(">i", 6)
            + b"upload"
        )


def _array(watts: NDArray[np.int32]) -> bytes:
    words = np.empty((len(watts), 2), ">i4")
    words[:, 0], words[:, 1] = 4, watts
    return struct.pack(">iiIii", 1, 0, 23, len(watts), 1) + words.tobytes()
