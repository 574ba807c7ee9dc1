"""[bids-in] Seconds from the bytes of a CSV of 30,000 bids until all of them stand, with lines, assets, feed and journal.

Ours is what placing a seller's upload does: the file is read, every row checked against windows, ceilings, assets and
duplicates under the lock of the gates, stored and committed, with keys, checks and triggers. The reference is the bare
COPY, in one transaction, of the very rows that this left behind in its four tables (bids, lines, assets behind bids, bid
changes) into copies of them: the same columns and indexes, no triggers and no foreign keys; the text to copy is made
beforehand. Both take turns in one run, each time in tables that are as empty as before.
"""

import resource
import time
from decimal import Decimal
from statistics import median

from django.core.management import call_command
from django.db import connection, transaction

from markets.models import Bid, BidChange, BidLine, Market, Seller
from markets.operations import assets
from markets.operations.bid_uploads import keep_upload, place_upload
from markets.rules.bids_file import BETWEEN, write_bids_file
from markets.rules.confirmations import VERSION
from markets.rules.mpan import check_digit
from markets.rules.notices import AssetEntry, QualificationDecision

from .measured import Measured
from .season import COMPETITIONS, WINDOWS, open_season

LIMIT = 4.0
MOST_MB = 1000
ROUNDS = 5
BIDS, ASSETS = 30_000, 300
MARKET = "bench-upload"
TABLES = [model._meta.db_table for model in (Bid, BidLine, Bid.assets.through, BidChange)]


def measure() -> list[Measured]:
    """The median of some rounds, whose `ok` carries the memory of this process too."""
    call_command("prepare")
    season = open_season(MARKET, sellers=1)
    [seller] = season.sellers
    _qualified_assets(season.market, seller)
    rounds = [_round(season.market, seller, number) for number in range(ROUNDS + 1)][1:]  # the first warms up both
    ours, theirs = (median(seconds) for seconds in zip(*rounds, strict=True))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    remark = f"{BIDS:,} bids, median of {ROUNDS} rounds; memory {peak_mb:.0f} MB, limit {MOST_MB}"
    return [Measured("bids-in", ours, theirs, LIMIT, "s", also_ok=peak_mb < MOST_MB, remark=remark)]


def _round(market: Market, seller: Seller, number: int) -> tuple[float, float]:
    """Seconds for ours and for the bare COPY of the same rows; what was stored is taken out again."""
    upload = keep_upload(seller=seller, market=market, filename="bids.csv", content=_file(number), by="bench")
    begun = time.perf_counter()
    placed = place_upload(upload=upload, by="bench", confirmed=VERSION, only_whole=True)
    ours = time.perf_counter() - begun
    if placed.placed_count != BIDS:
        raise AssertionError(f"Only {placed.placed_count} of {BIDS} bids were placed.")
    theirs = _bare_copy()
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    return ours, theirs


def _bare_copy() -> float:
    """Seconds to COPY all rows of the tables into bare copies of them, in one transaction."""
    texts = [(table, columns := _plain_columns(table), _rows_of(table, columns)) for table in TABLES]
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"CREATE TABLE bare_{table} (LIKE {table} "
                "INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING GENERATED INCLUDING INDEXES)"
            )
        begun = time.perf_counter()
        with transaction.atomic():
            for table, columns, text in texts:
                with cursor.copy(f"COPY bare_{table} ({columns}) FROM STDIN") as copy:
                    copy.write(text)
        seconds = time.perf_counter() - begun
        cursor.execute(f"DROP TABLE {', '.join(f'bare_{table}' for table in TABLES)}")
    return seconds


def _plain_columns(table: str) -> str:
    """Columns that are written, not generated."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) "
            "FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        return str(cursor.fetchone()[0])


def _rows_of(table: str, columns: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) TO STDOUT") as copy:
        return b"".join(map(bytes, copy))


def _file(number: int) -> bytes:
    """Bids of one window and asset each, every tenth of two; all with a reference of the seller's own."""
    rows = (
        {
            "competition": f"C-{bid % COMPETITIONS}",
            "windows": _some("Window ", bid // COMPETITIONS, WINDOWS),
            "capacity_kw": f"{bid % 50 + 10}.5",
            "availability_gbp_per_mw_h": "99.25",
            "utilisation_gbp_per_mwh": "250.5",
            "max_runtime_minutes": "120" if bid % 2 else "",
            "assets": _some("EV-", bid, ASSETS),
            "seller_ref": f"R{number}-{bid}",
        }
        for bid in range(BIDS)
    )
    return "".join(write_bids_file(rows)).encode()


def _some(name: str, bid: int, of: int) -> str:
    return BETWEEN.join(f"{name}{(bid + step) % of}" for step in range(1 if bid % 10 else 2))


def _qualified_assets(market: Market, seller: Seller) -> None:
    """Gives the seller its assets, qualified for the market."""
    numbers = [f"11{number + 10**9:010d}" for number in range(ASSETS)]
    entries = [
        AssetEntry(
            ref=f"EV-{number}",
            name=f"Depot {number}",
            technology="EV charge point",
            device_count=12,
            postcode="NG1 1AA",
            import_meter_id=f"{twelve}{check_digit(twelve)}",
            max_import_capacity_kw=Decimal(84),
            zones=("CMZ_T9A_EM_0001",),
        )
        for number, twelve in enumerate(numbers)
    ]
    made = assets.register_assets(seller=seller, entries=entries, by="bench")
    assets.offer_assets(market=market, assets=made, by="bench")
    decisions = [QualificationDecision(asset.pk, "qualified") for asset in made]
    assets.decide_qualifications(market=market, decisions=decisions, by="bench")
