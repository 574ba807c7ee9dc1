"""Results as rows beside the bids they mean: one COPY, one look, one statement that decides, for one or 30,000."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from ...models import PRICES, Market
from ...rules.notices import BidResult
from ...rules.reconciliation import FOUR_PLACES, ListedContract

NAMED = 20
"""As many bids of an outcome are named to their seller; the others it finds on its page."""

# What a price may be awarded at most: its ceiling; or what the bid asks, where the ceiling was lowered after it.
AT_MOST = {
    price: f"greatest(competition.{ceiling}, bid.{price})"
    for price, ceiling in zip(
        PRICES,
        ("availability_ceiling_gbp_per_mw_h", "utilisation_ceiling_gbp_per_mwh", "sustain_ceiling_gbp_per_kw"),
        strict=True,
    )
}

TABLE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS result_row (
        place int, bid text, accepted boolean, accepted_kw numeric, availability_gbp_per_mw_h numeric,
        utilisation_gbp_per_mwh numeric, sustain_gbp_per_kw numeric, reason text) ON COMMIT DROP;
    TRUNCATE result_row
"""
# Locked in the order of their keys, then read: of the same sent twice at once the second is a repeat.
LOCK = """
    SELECT count(*) FROM (
        SELECT FROM markets_bid JOIN markets_competition ON markets_competition.id = competition_id
        WHERE market_id = %s AND markets_bid.reference IN (SELECT bid FROM result_row)
        ORDER BY markets_bid.id FOR NO KEY UPDATE OF markets_bid) AS locked
"""
NOT_PLAIN = f"""
    SELECT place, bid.status, bid.capacity_kw, competition.status, closes_at, contract.accepted_kw,
        contract.availability_gbp_per_mw_h, contract.utilisation_gbp_per_mwh, contract.sustain_gbp_per_kw,
        {", ".join(f"bid.{price}, {most}" for price, most in AT_MOST.items())}
    FROM result_row
    LEFT JOIN (markets_bid AS bid JOIN markets_competition AS competition
        ON competition.id = bid.competition_id AND competition.market_id = %(market)s) ON bid.reference = result_row.bid
    LEFT JOIN markets_contract AS contract ON contract.bid_id = bid.id
    WHERE bid.id IS NULL OR bid.status <> 'placed' OR closes_at > %(now)s
        OR result_row.accepted AND (competition.status = 'withdrawn'
            OR NOT (result_row.accepted_kw > 0 AND result_row.accepted_kw <= bid.capacity_kw)
            OR {" OR ".join(f"result_row.{p} NOT BETWEEN bid.{p} AND {most}" for p, most in AT_MOST.items())})
        OR least(result_row.availability_gbp_per_mw_h, result_row.utilisation_gbp_per_mwh,
            result_row.sustain_gbp_per_kw) < 0
    ORDER BY place
"""
DECIDE = f"""
    WITH decided AS (
        UPDATE markets_bid SET status = CASE WHEN accepted THEN 'accepted' ELSE 'rejected' END, result_reason = reason,
            decided_at = %(now)s
        FROM result_row WHERE markets_bid.reference = result_row.bid AND markets_bid.status = 'placed'
        RETURNING markets_bid.id, markets_bid.reference, seller_id, competition_id, result_row.*
    ), awarded AS (
        INSERT INTO markets_contract (bid_id, seller_id, market_id, accepted_kw, availability_gbp_per_mw_h,
            utilisation_gbp_per_mwh, sustain_gbp_per_kw, awarded_at)
        SELECT id, seller_id, %(market)s, accepted_kw, availability_gbp_per_mw_h,
            utilisation_gbp_per_mwh, sustain_gbp_per_kw, %(now)s
        FROM decided WHERE accepted ORDER BY id
    )
    SELECT seller_id, competition_id, accepted, reason, count(*), (array_agg(reference ORDER BY id))[1:{NAMED}]
    FROM decided GROUP BY seller_id, competition_id, accepted, reason
    ORDER BY seller_id, competition_id, accepted DESC, reason
"""


@dataclass(frozen=True)
class Standing:
    """A bid as it stands before a result: its status and its competition's, and its contract where it has one.

    `prices`: by name, what the bid asks and what may be awarded at most; both zero where there is no such price.
    """

    status: str
    capacity_kw: Decimal
    competition_status: str
    closes_at: datetime
    contract: ListedContract | None
    prices: Mapping[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True)
class Outcome:
    """Bids of one seller in one competition that were decided alike, for the same reason; the first ones named."""

    seller_id: int
    competition_id: int
    accepted: bool
    reason: str
    count: int
    named: list[str]


def spread(market: Market, results: Sequence[BidResult]) -> None:
    """Lays the results, one per bid, out in the transaction's own table, and locks the bids they mean."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        with cursor.copy("COPY result_row FROM STDIN") as copy:
            for place, result in enumerate(results):
                copy.write_row((place, result.bid, result.accepted, *_figures(result), result.reason))
        cursor.execute("ANALYZE result_row")
        cursor.execute(LOCK, [market.pk])


def _figures(result: BidResult) -> tuple[Decimal, ...]:
    return (
        result.accepted_kw.quantize(FOUR_PLACES),
        result.availability_gbp_per_mw_h.quantize(FOUR_PLACES),
        result.utilisation_gbp_per_mwh.quantize(FOUR_PLACES),
        result.sustain_gbp_per_kw.quantize(FOUR_PLACES),
    )


def not_plain(
    market: Market, results: Sequence[BidResult], now: datetime
) -> Iterator[tuple[BidResult, Standing | None]]:
    """The results that do not simply decide a bid that waits, each with how its bid stands; None: we do not know it."""
    with connection.cursor() as cursor:
        cursor.execute(NOT_PLAIN, {"market": market.pk, "now": now})
        for place, status, capacity_kw, competition_status, closes_at, *figures in cursor.fetchall():
            result, awarded, bounds = results[place], figures[:4], figures[4:]
            if status is None:
                yield result, None
                continue
            contract = None if awarded[0] is None else ListedContract(result.bid, *awarded)
            prices = dict(zip(PRICES, zip(bounds[::2], bounds[1::2], strict=True), strict=True))
            yield result, Standing(status, capacity_kw, competition_status, closes_at, contract, prices)


def decide(market: Market, now: datetime) -> list[Outcome]:
    """Decides the bids that wait, awards contracts for the accepted ones, and says what came of it."""
    with connection.cursor() as cursor:
        cursor.execute(DECIDE, {"market": market.pk, "now": now})
        return [Outcome(*row) for row in cursor.fetchall()]
