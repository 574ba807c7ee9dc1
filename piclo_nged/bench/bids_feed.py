"""[bids-feed] 30,000 bids read by NGED page by page, over HTTP, from the first to the last after gate closure.

Ours begins with an unread season: places in the feed are given and competitions closed as it is read. The reference is
`bare_feed.py`, over a table of the same columns and indexes in which every change has its place already.
"""

import sys
import time
from statistics import median

import httpx
from django.db import connection

from markets.models import BidChange, Operator
from markets.operations.tokens import issue_token
from piclo_nged.dso.nged.rehearsal import API
from piclo_nged.processes.readiness import LOCAL, free_port, listens
from piclo_nged.story.stage import stage

from .dispatch_ground import conninfo
from .measured import Measured
from .season import COMPETITIONS, Season, open_season

LIMIT = 3.0
BIDS, PAGE, ROUNDS = 30_000, 1000, 3
COLUMNS = ", ".join(str(field.column) for field in BidChange._meta.concrete_fields)
BARE_TABLE = f"""
    CREATE TABLE bare_change (LIKE markets_bidchange INCLUDING ALL);
    INSERT INTO bare_change ({COLUMNS}) OVERRIDING SYSTEM VALUE
    SELECT {COLUMNS.replace("position", "row_number() OVER (ORDER BY id)")}
    FROM markets_bidchange WHERE market_id = %s;
    ANALYZE bare_change
"""


def measure() -> list[Measured]:
    """Reads a season of its own in each round, and the bare one of the last season after each."""
    with stage() as (site, _, processes):
        operator = Operator.objects.get(key="nged")
        token = issue_token(name="bench feed", operator=operator, is_sandbox=True, by="bench")[1]
        seasons = [_season(f"bench-feed-{number}") for number in range(ROUNDS)]
        _bare_table(seasons[0])
        for season in seasons:
            season.close()
        port = free_port()
        command = [sys.executable, "-m", "piclo_nged.bench.bare_feed", str(port), conninfo(connection.settings_dict)]
        processes.start("bare feed", command, ready=listens(port))
        ours = httpx.Client(base_url=site + API, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        bare = httpx.Client(base_url=f"http://{LOCAL}:{port}", timeout=60)
        pairs = [
            (_read(ours, f"/bids?market={season.market.key}&", COMPETITIONS), _read(bare, "/?", 0))
            for season in seasons
        ]
    mine, theirs = (median(seconds) for seconds in zip(*pairs, strict=True))
    remark = f"{BIDS:,} bids, {PAGE:,} a page, median of {ROUNDS} rounds"
    return [Measured("bids-feed", mine, theirs, LIMIT, "s", remark=remark)]


def _season(key: str) -> Season:
    season = open_season(key)
    season.bid(BIDS)
    return season


def _bare_table(season: Season) -> None:
    with connection.cursor() as cursor:
        for statement in BARE_TABLE.split(";"):
            cursor.execute(statement, [season.market.pk] if "%s" in statement else None)
        cursor.execute("ANALYZE")


def _read(client: httpx.Client, address: str, closures: int) -> float:
    """Seconds to read the whole feed; it must hold every bid, and `closures` entries of closure."""
    begun, after, count = time.perf_counter(), 0, 0
    while True:
        page = client.get(f"{address}after={after}&limit={PAGE}").raise_for_status().json()
        if not page["items"]:
            break
        after, count = page["next"], count + len(page["items"])
    if count != BIDS + closures:
        raise AssertionError(f"{count} entries were read, and {BIDS + closures} are there.")
    return time.perf_counter() - begun
