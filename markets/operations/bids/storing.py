"""Storing many bids at once: rows are written as text and sent by COPY, which costs a tenth of an INSERT each.

The keys of the bids are drawn first, so that lines, assets and history can refer to them. What the database guards
(states, keys, checks, what is append-only) it guards here too: COPY goes round nothing.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from django.db import connection

from ...models import Bid, BidChange, BidLine, Market, Seller
from ...rules.notices import Offer
from .checking import Checked
from .content import asset_content, bid_content, figure

ROWS_AT_ONCE = 500
NOTHING = r"\N"
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
BID = (
    *("id", "reference", "competition_id", "seller_id", "seller_ref", "status", "revision", "capacity_kw"),
    *("availability_gbp_per_mw_h", "utilisation_gbp_per_mwh", "sustain_gbp_per_kw", "max_runtime_minutes"),
    *("placed_at", "changed_at", "decided_at", "result_reason"),
)
CHANGE = ("market_id", "competition_id", "bid_id", "kind", "revision", "content", "changed_at")

type Placed = list[tuple[int, Offer]]
"""Offers with the keys of the bids that they become."""


def store(seller: Seller, market: Market, checked: Checked) -> Placed:
    """Stores the checked fresh offers as bids with lines, assets and history. Returns them with their keys, in order."""
    placed = list(zip(_draw_keys(Bid, len(checked.fresh)), checked.fresh, strict=True))
    windows = {(c.reference, w.name): w.pk for c in checked.competitions.values() for w in c.windows.all()}
    assets = checked.assets
    _copy(Bid, [name for name in BID if name != "reference"], _bids(placed, seller, checked))
    _copy(
        BidLine,
        ("bid_id", "window_id", "capacity_kw"),
        (
            f"{key}\t{windows[offer.competition, name]}\t{figure(offer.capacity_kw)}\n"
            for key, offer in placed
            for name in offer.windows
        ),
    )
    _copy(
        Bid.assets.through,
        ("bid_id", "asset_id"),
        (f"{key}\t{assets[ref].pk}\n" for key, offer in placed for ref in offer.assets),
    )
    _copy(BidChange, CHANGE, _changes(placed, seller, market, checked))
    return placed


def _draw_keys(model: Any, count: int) -> list[int]:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)",
            [table, count],
        )
        keys: list[int] = cursor.fetchone()[0]
        return keys


def _copy(model: Any, columns: Sequence[str], rows: Iterator[str]) -> None:
    statement = f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for some in batched(rows, ROWS_AT_ONCE):  # the server stores some while we write the next
            copy.write("".join(some))


def _bids(placed: Placed, seller: Seller, checked: Checked) -> Iterator[str]:
    keys = {reference: competition.pk for reference, competition in checked.competitions.items()}
    ends = f"\t{checked.now.isoformat()}\t{checked.now.isoformat()}\t{NOTHING}\t\n"
    for key, offer in placed:
        runtime = NOTHING if offer.max_runtime_minutes is None else offer.max_runtime_minutes
        yield (
            f"{key}\t{keys[offer.competition]}\t{seller.pk}\t{offer.seller_ref.translate(_ESCAPED)}\tplaced\t1"
            f"\t{figure(offer.capacity_kw)}\t{figure(offer.availability_gbp_per_mw_h)}"
            f"\t{figure(offer.utilisation_gbp_per_mwh)}\t{figure(offer.sustain_gbp_per_kw)}\t{runtime}{ends}"
        )


def _changes(placed: Placed, seller: Seller, market: Market, checked: Checked) -> Iterator[str]:
    assets = {ref: asset_content(asset) for ref, asset in checked.assets.items()}
    as_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
    ends = f"\t{checked.now.isoformat()}\n"
    for key, offer in placed:
        competition = checked.competitions[offer.competition]
        content = bid_content(
            bid=f"B-{key}",
            revision=1,
            competition=competition,
            company=seller.name,
            windows=offer.windows,
            terms=offer,
            assets=[assets[ref] for ref in offer.assets],
        )
        text = as_json(content).replace("\\", r"\\")
        yield f"{market.pk}\t{competition.pk}\t{key}\tplaced\t1\t{text}{ends}"


def bid_of(key: int, offer: Offer, seller: Seller, checked: Checked) -> Bid:
    """A bid as it was just stored, without reading it back."""
    prices = (offer.availability_gbp_per_mw_h, offer.utilisation_gbp_per_mwh, offer.sustain_gbp_per_kw)
    competition = checked.competitions[offer.competition]
    values = (
        *(key, f"B-{key}", competition.pk, seller.pk, offer.seller_ref, Bid.Status.PLACED, 1, offer.capacity_kw),
        *(*prices, offer.max_runtime_minutes, checked.now, checked.now, None, ""),
    )
    return Bid.from_db(connection.alias, BID, values)
