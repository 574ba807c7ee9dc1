"""[results-in] 30,000 results to contracts.

The reference makes the same contracts bare: a COPY to a temporary table, one UPDATE of the bids and one INSERT ... SELECT,
in tables of the same columns and indexes without guards, foreign keys or checks. Both are undone, so that both can be
measured several times on the same bids; ours is measured with its foreign keys checked.
"""

import time
from collections.abc import Callable
from statistics import median

from django.core.management import call_command
from django.db import connection, transaction

from markets.models import PRICES, Bid, Market
from markets.operations.results import Recorded, record_results
from markets.rules.notices import BidResult

from .measured import Measured
from .season import open_season

LIMIT = 2.5
BIDS, ROUNDS = 30_000, 5
MARKET = "bench-results"
COLUMNS = ", ".join(str(field.column) for field in Bid._meta.concrete_fields if not field.generated)
BARE_TABLES = f"""
    CREATE TABLE bare_bid (LIKE markets_bid INCLUDING ALL);
    INSERT INTO bare_bid ({COLUMNS}) OVERRIDING SYSTEM VALUE SELECT {COLUMNS} FROM markets_bid;
    CREATE TABLE bare_contract (LIKE markets_contract INCLUDING ALL);
    ANALYZE bare_bid
"""
BARE_ROWS = """
    CREATE TEMPORARY TABLE bare_result (bid text, accepted_kw numeric, availability numeric, utilisation numeric,
        sustain numeric, reason text) ON COMMIT DROP
"""
BARE_UPDATE = """
    UPDATE bare_bid SET status = 'accepted', result_reason = reason, decided_at = now()
    FROM bare_result WHERE reference = bare_result.bid
"""
BARE_INSERT = """
    INSERT INTO bare_contract (bid_id, seller_id, market_id, accepted_kw, availability_gbp_per_mw_h,
        utilisation_gbp_per_mwh, sustain_gbp_per_kw, awarded_at)
    SELECT id, seller_id, 1, bare_result.accepted_kw, availability, utilisation, sustain, now()
    FROM bare_bid JOIN bare_result ON bare_result.bid = reference
"""


def measure() -> list[Measured]:
    """Every bid is accepted: the most that a call of results can make."""
    call_command("prepare")
    season = open_season(MARKET)
    season.bid(BIDS)
    market = season.close()
    results = _results(market)
    with connection.cursor() as cursor:
        cursor.execute(BARE_TABLES)
        cursor.execute("ANALYZE")
    pairs = [(_undone(lambda: _ours(market, results)), _undone(lambda: _bare(results))) for _ in range(ROUNDS)]
    ours, bare = (median(seconds) for seconds in zip(*pairs, strict=True))
    return [Measured("results-in", ours, bare, LIMIT, "s", remark=f"{BIDS:,} contracts, median of {ROUNDS} rounds")]


def _results(market: Market) -> list[BidResult]:
    bids = Bid.objects.filter(competition__market=market).order_by("pk")
    return [BidResult(bid, True, *numbers) for bid, *numbers in bids.values_list("reference", "capacity_kw", *PRICES)]


def _undone(work: Callable[[], object]) -> float:
    """Seconds that the work takes; then it is as if it had not been."""
    with transaction.atomic():
        begun = time.perf_counter()
        work()
        seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM markets_bid, bare_bid, markets_contract, bare_contract")
    return seconds


def _ours(market: Market, results: list[BidResult]) -> None:
    recorded = record_results(market=market, results=results, by="bench")
    if recorded != Recorded(accepted=len(results), rejected=0, repeated=0, no_response=0):
        raise AssertionError(f"Not every bid became a contract: {recorded}")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would check


def _bare(results: list[BidResult]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE_ROWS)
        with cursor.copy("COPY bare_result FROM STDIN") as copy:
            for result in results:
                copy.write_row((result.bid, result.accepted_kw, *(getattr(result, p) for p in PRICES), result.reason))
        cursor.execute(BARE_UPDATE)
        cursor.execute(BARE_INSERT)
