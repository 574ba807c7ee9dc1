"""[settlement-run] A month of minute readings, from the database to statement lines.

In it: 1,000 assets of 50 sellers behind 200 contracts, 31 days of minute readings and the 31 days before them (89 million
values, of which the days of events and their like days are read), every contract called on 20 days for two hours: 20,000
baselines, 4,000 lines of what was asked and 4,600 of windows kept available. Ours is all of `start_run`: matches locked,
the book of contracts opened, readings as they stood at one moment, lines with their explanations stored under all guards.

The reference is a bare program for this very month: it reads the same arrays once, and does the same arithmetic in numpy
for all assets at a time. Both must deliver the same kWh, line by line.
"""

import time
from datetime import date
from itertools import batched
from pathlib import Path
from statistics import median

import numpy as np
from django.core.management import call_command
from django.db import connection
from numpy.typing import NDArray
from psycopg import Cursor
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format

from settlement.models import SettlementLine
from settlement.operations import start_run
from settlement.rules.delivery import kwh
from settlement.rules.like_days import holidays_of_england_and_wales, is_working_day

from .measured import Measured
from .settlement_ground import CALLED, DAY, KW, MONTH, SettlementGround, hour_of, metered_assets, settlement_ground

LIMIT, DOUBLING, MEMORY_MB, FLAT = 2.0, 2.3, 1000, 1.25
SIZES, ROUNDS = (500, 1000, 2000), 3
CONTRACTS_AT_ONCE = 20
LOOKED_AT, LIKE_DAYS = 20, 10
READ = "SELECT watts FROM settlement_readingday WHERE asset_id = ANY(%s) AND day = ANY(%s) ORDER BY asset_id, day"

type Whole = NDArray[np.int64]
type Delivered = dict[tuple[int, int], int]
"""By contract and day of January: tenths of watt-minutes."""


def measure() -> list[Measured]:
    """Three sizes; the ratio is that of 1,000 assets."""
    call_command("prepare")
    assets = metered_assets(max(SIZES))
    ours, bare, peaks = {}, {}, {}
    for size in SIZES:
        ground = settlement_ground(f"bench-settlement-{size}", assets[:size])
        rounds = [(_ours(ground), _bare(ground)) for _ in range(ROUNDS)]
        (ours[size], peaks[size]), bare[size] = (
            tuple(median(figures) for figures in zip(*(one for one, _ in rounds), strict=True)),
            median(seconds for _, seconds in rounds),
        )
    told = f"median of {ROUNDS}; " + ", ".join(f"{size:,}: {ours[size] / bare[size]:.2f}" for size in SIZES)
    memory = ", ".join(f"{size:,}: {peaks[size]:.0f} MB" for size in SIZES)
    small, middle, large = SIZES
    return [
        Measured("settlement-run", ours[middle], bare[middle], LIMIT, "s", remark=f"1,000 assets, {told}"),
        Measured(
            "settlement-run: twice the assets",
            ours[large],
            ours[middle],
            DOUBLING,
            "s",
            also_ok=ours[middle] <= DOUBLING * ours[small],
            remark=f"500 to 1,000: {ours[middle] / ours[small]:.2f}",
        ),
        Measured(
            "settlement-run: memory",
            peaks[large],
            MEMORY_MB,
            1,
            "MB",
            also_ok=peaks[large] <= FLAT * peaks[small],
            remark=f"at most {memory}: flat to {FLAT:g}",
        ),
    ]


def _ours(ground: SettlementGround) -> tuple[float, float]:
    """Seconds, and the most memory that this process had meanwhile in MB."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    begun = time.perf_counter()
    start_run(market=ground.market, month=MONTH, by="bench", reason="Once more")
    seconds = time.perf_counter() - begun
    [peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return seconds, int(peak.split()[1]) / 1024


def _bare(ground: SettlementGround) -> float:
    """Seconds of the bare program. Raises AssertionError where a line of ours delivers anything else."""
    begun = time.perf_counter()
    delivered: Delivered = {}
    for part in batched(enumerate(ground.contracts.items()), CONTRACTS_AT_ONCE):
        delivered |= _arithmetic(
            [(place, key) for place, (key, _) in part], _read([a for _, (_, of) in part for a in of])
        )
    seconds = time.perf_counter() - begun
    lines = SettlementLine.objects.filter(run__market=ground.market, instruction__isnull=False)
    for contract, starts_at, ours in lines.values_list("contract", "starts_at", "delivered_kwh"):
        if ours != kwh(delivered[contract, starts_at.day]):
            raise AssertionError(
                f"C-{contract} on {starts_at}: ours delivers {ours} kWh, the bare program another figure"
            )
    return seconds


def _like_days() -> list[date]:
    """The latest working days without an event: those of December, for every event of the month."""
    holidays = holidays_of_england_and_wales(2024, 2025)
    before = (MONTH - n * DAY for n in range(1, 40))
    return sorted([day for day in before if is_working_day(day, holidays)][:LOOKED_AT])


class _Bytes(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


def _read(assets: list[int]) -> Whole:
    """Watts by asset, day (twenty like days, then those of events) and minute."""
    days = [*_like_days(), *(MONTH.replace(day=day) for day in CALLED)]
    with Cursor(connection.connection) as cursor:
        cursor.adapters.register_loader(1007, _Bytes)
        rows = b"".join(row for [row] in cursor.execute(READ, [assets, days], binary=True))
    words = np.frombuffer(rows, ">i4").reshape(len(assets), len(days), 5 + 2 * 1440)
    return words[:, :, 6::2].astype(np.int64)


def _arithmetic(contracts: list[tuple[int, int]], watts: Whole) -> Delivered:
    """Mid 8 of 10 with the adjustment, delivery capped half-hour by half-hour, for all contracts called at one hour."""
    by_contract = watts.reshape(len(contracts), -1, *watts.shape[1:])
    delivered: Delivered = {}
    for column, day in enumerate(CALLED, start=LOOKED_AT):
        for hour in sorted({hour_of(place, day) for place, _ in contracts}):
            called = [n for n, (place, _) in enumerate(contracts) if hour_of(place, day) == hour]
            found = _event(by_contract[called], column, hour * 60)
            delivered |= {(contracts[n][1], day): int(dwmin) for n, dwmin in zip(called, found, strict=True)}
    return delivered


def _event(watts: Whole, column: int, first: int) -> Whole:
    """By contract. `watts`: contract, asset, day, minute; `column`: the day of the event."""
    like = watts[:, :, LOOKED_AT - LIKE_DAYS : LOOKED_AT]
    energy = like[..., first : first + 120].reshape(*like.shape[:3], 4, 30).sum(axis=-1)
    middle = np.argsort(energy.sum(axis=-1), axis=-1, kind="stable")[..., 1:-1]
    mean = _nearest(np.take_along_axis(energy, middle[..., None], axis=2).sum(axis=2), 8 * 30)
    before = np.take_along_axis(like[..., first - 120 : first - 60].sum(axis=-1), middle, axis=2).sum(axis=2)
    event = watts[:, :, column]
    metered_before = _nearest(event[..., first - 120 : first - 60].sum(axis=-1), 60)
    mean = mean + np.minimum(0, metered_before - _nearest(before, 8 * 60))[..., None]
    metered = event[..., first : first + 120].reshape(*event.shape[:2], 4, 30).sum(axis=-1)
    difference = (metered - mean * 30).sum(axis=1) * 10
    return difference.clip(0, int(KW * 10_000) * 30).sum(axis=-1)


def _nearest(amount: Whole, parts: int) -> Whole:
    return (2 * amount + parts) // (2 * parts)
