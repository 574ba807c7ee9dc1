"""[readings-in] A month of minute readings of 1,000 assets, from files to the table: 44.6 million values.

Ours is all of `upload_readings`, file by file as sellers send them (20 MB at most): the shape recognised, every value
checked, days made, gaps looked for, what is held already compared, revisions stored under all guards, the journal written.
One half is files with a row per asset and day, the other files with a row per reading.

The reference is a bare COPY of the same arrays into the same table in PostgreSQL's binary form.

`BENCH_READINGS_ASSETS` (default 1000) makes it smaller for a quick run.
"""

import os
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import batched
from pathlib import Path

import numpy as np
from django.core.management import call_command
from django.db import connection, transaction
from numpy.typing import NDArray

from markets.models import Asset, Seller
from settlement.models import ReadingDay
from settlement.operations import upload_readings
from settlement.operations.copying_days import copy_days

from .measured import Measured

ASSETS = int(os.environ.get("BENCH_READINGS_ASSETS", "1000"))
MONTH, DAYS, MINUTES = date(2025, 1, 1), 31, 1440
BY_DAY_LIMIT, BY_READING_LIMIT, MEMORY_MB = 4.0, 10.0, 1000
ASSETS_A_FILE = {True: 50, False: 12}
"""By whether a row is a day: as many as 20 MB hold."""

type Table = NDArray[np.int32]


def measure() -> list[Measured]:
    """Both halves against the same COPY; and the most memory that either took."""
    call_command("prepare")
    seller = Seller.objects.create(name="Readings")
    assets = Asset.objects.bulk_create(
        [Asset(seller=seller, ref=f"EV-{n}", name="Depot", technology="EV charge point") for n in range(ASSETS)]
    )
    bare = _bare(assets)
    by_day, memory_by_day = _ours(seller, assets, by_day=True)
    by_reading, memory_by_reading = _ours(seller, assets, by_day=False)
    told = f"{ASSETS * DAYS * MINUTES / 1e6:.1f} million values"
    return [
        Measured("readings-in: a row per day", by_day, bare, BY_DAY_LIMIT, "s", remark=told),
        Measured("readings-in: a row per reading", by_reading, bare, BY_READING_LIMIT, "s", remark=told),
        Measured("readings-in: memory", max(memory_by_day, memory_by_reading), MEMORY_MB, 1, "MB"),
    ]


def _watts(place: int) -> Table:
    """A month of an asset: 31 days of 1,440 minutes, the same each time it is asked."""
    return np.random.default_rng(place).integers(-25_000, -15_000, (DAYS, MINUTES), dtype=np.int32)


def _days() -> list[date]:
    return [MONTH + timedelta(days=n) for n in range(DAYS)]


def _bare(assets: list[Asset]) -> float:
    """Seconds of nothing but COPY, a hundred assets at a time; nothing of it stays."""
    seconds = 0.0
    with transaction.atomic():
        for part in batched(enumerate(assets), 100):
            rows = [
                (asset.pk, day, 1, watts)
                for place, asset in part
                for day, watts in zip(_days(), _watts(place), strict=True)
            ]
            begun = time.perf_counter()
            copy_days(rows, ReadingDay.Source.UPLOAD, None)
            seconds += time.perf_counter() - begun
        transaction.set_rollback(True)
    return seconds


def _ours(seller: Seller, assets: list[Asset], *, by_day: bool) -> tuple[float, float]:
    """Seconds, and the most memory that this process had in MB; nothing of it stays."""
    seconds = 0.0
    write = _by_day if by_day else _by_reading
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    with transaction.atomic():
        for part in batched(enumerate(assets), ASSETS_A_FILE[by_day]):
            file = "".join(write(list(part))).encode()
            begun = time.perf_counter()
            stored = upload_readings(seller=seller, file=file, source=ReadingDay.Source.UPLOAD, by="bench")
            seconds += time.perf_counter() - begun
            if stored.new != len(part) * DAYS:
                raise AssertionError(f"{stored.new} days were stored of {len(part) * DAYS}")
        _compare(assets)
        transaction.set_rollback(True)
    [peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return seconds, int(peak.split()[1]) / 1024


def _by_day(part: list[tuple[int, Asset]]) -> Iterator[str]:
    yield "asset,date utc," + ",".join(f"{n // 60:02}:{n % 60:02} kW" for n in range(MINUTES)) + "\n"
    for place, asset in part:
        for day, watts in zip(_days(), _watts(place).tolist(), strict=True):
            yield f"{asset.ref},{day}," + ",".join(f"{power / 1000:.3f}" for power in watts) + "\n"


def _by_reading(part: list[tuple[int, Asset]]) -> Iterator[str]:
    first = datetime.combine(MONTH, datetime.min.time())
    stamps = [f"{first + timedelta(minutes=n):%Y-%m-%dT%H:%MZ}" for n in range(DAYS * MINUTES)]
    yield "asset,start_utc,kw\n"
    for place, asset in part:
        for stamp, power in zip(stamps, _watts(place).ravel().tolist(), strict=True):
            yield f"{asset.ref},{stamp},{power / 1000:.3f}\n"


def _compare(assets: list[Asset]) -> None:
    """Raises AssertionError where a day of the first or last asset is not what its file said."""
    for place in (0, len(assets) - 1):
        held = ReadingDay.objects.filter(asset=assets[place]).order_by("day").values_list("watts", flat=True)
        if not np.array_equal(np.array(list(held)), _watts(place)):
            raise AssertionError(f"{assets[place].ref} was not stored as its file said")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM settlement_readingday WHERE asset_id = ANY(%s)", [[a.pk for a in assets]])
        if cursor.fetchone() != (len(assets) * DAYS,):
            raise AssertionError("Days are missing")
