"""What must be known to instruct: the market, earlier triggers of the reference, and whom the calls name. One round trip.

The statements are written by hand: to compose them anew for each trigger would take longer than to run them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from markets.models import Market

from ..models import Trigger
from ..rules.addressee import By, Found, Mailbox
from ..rules.notice import Call, TriggerNotice
from .together import together


def _columns(model: type[models.Model], table: str) -> str:
    """In the order in which the model takes them."""
    return ", ".join(f'{table}."{field.column}"' for field in model._meta.concrete_fields)


# Triggers of one reference go one after the other: of many copies at once the first is stored, the rest then see it.
TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%(turn)s, 0))"
KEY = "SELECT nextval(pg_get_serial_sequence('dispatch_trigger', 'id'))"
MARKET = f"""
    SELECT {_columns(Market, "market")} FROM markets_market market
    WHERE operator_id = %(operator)s AND key = %(market)s AND is_mock = ANY(%(is_mock)s)
"""
KNOWN = f"""
    SELECT {_columns(Trigger, "known")} FROM dispatch_trigger known JOIN ({MARKET}) market ON known.market_id = market.id
    WHERE known.reference = %(reference)s AND known.problem = '' ORDER BY known.revision DESC
"""
NAMED = f"""
    WITH market AS ({MARKET}), named (rank, kind, word, seller_id) AS (
        SELECT 1, kind, lower(name), seller_id FROM markets_selleridentity
        WHERE operator_id = %(operator)s AND kind = 'company' AND lower(name) = ANY(%(companies)s)
        UNION ALL
        SELECT 1, kind, lower(name), seller_id FROM markets_selleridentity
        WHERE operator_id = %(operator)s AND kind = 'account' AND lower(name) = ANY(%(accounts)s)
        UNION ALL
        SELECT 2, 'contract', reference, seller_id FROM markets_contract
        WHERE market_id = (SELECT id FROM market) AND reference = ANY(%(contracts)s)
        UNION ALL
        SELECT 2, 'contract', bid.reference, contract.seller_id
        FROM markets_bid bid JOIN markets_contract contract ON contract.bid_id = bid.id
        WHERE contract.market_id = (SELECT id FROM market) AND bid.reference = ANY(%(contracts)s)
        UNION ALL
        SELECT 3, 'company', lower(name), id FROM markets_seller WHERE name = ANY(%(names)s)
    )
    SELECT named.rank, named.kind, named.word, seller.id, seller.name, seller.phone,
        contact.id, contact.email, contact.verified_at IS NOT NULL
    FROM named JOIN markets_seller seller ON seller.id = named.seller_id
    LEFT JOIN markets_dispatchcontact contact ON contact.seller_id = seller.id AND contact.market_id = (SELECT id FROM market)
    ORDER BY contact.id
"""
type Word = tuple[str, str]
type Evidence = list[tuple[By, Found]]


@dataclass(frozen=True, slots=True)
class Situation:
    """`known`: read triggers of the same reference, latest revision first. `trigger_id`: a key kept free for the new one."""

    market: Market | None
    trigger_id: int
    known: tuple[Trigger, ...]
    evidence: dict[Word, Evidence]

    def about(self, call: Call) -> Evidence:
        """The sellers found under the words of a call."""
        return [entry for word in _words(call) for entry in self.evidence.get(word, ())]


def look_up(arrival: Trigger, notice: TriggerNotice) -> Situation:
    """Asks for all of it at once, and holds the turn of the reference until the transaction ends."""
    bounds = _bounds(arrival, notice)
    with together():
        _, key, markets, known, named = (_asked(statement, bounds) for statement in (TURN, KEY, MARKET, KNOWN, NAMED))
        market = next(iter(_rows(markets, Market)), None)
        if market is not None:
            market.operator = arrival.operator
        triggers = _rows(known, Trigger)
        for trigger in triggers:
            trigger.content = json.loads(trigger.content)
        return Situation(market, key.fetchone()[0], tuple(triggers), _evidence(named.fetchall()))


def _asked(statement: str, bounds: dict[str, Any]) -> CursorWrapper:
    cursor = connection.cursor()
    cursor.execute(statement, bounds)
    return cursor


def _bounds(arrival: Trigger, notice: TriggerNotice) -> dict[str, Any]:
    words = {word for call in notice.calls for word in _words(call)}

    def of(wanted: str) -> list[str]:
        return [word for kind, word in words if kind == wanted]

    return {
        "operator": arrival.operator_id,
        "market": notice.market,
        # A sandbox token reaches mock markets, another one live markets.
        "is_mock": [True, False] if arrival.token is None else [arrival.token.is_sandbox],
        "reference": notice.reference,
        "turn": f"trigger {arrival.operator_id} {notice.market} {notice.reference}",
        "companies": of("company"),
        "accounts": of("account"),
        "contracts": of("contract"),
        "names": list({call.seller for call in notice.calls if call.seller}),
    }


def _words(call: Call) -> Iterable[Word]:
    words = (("company", call.seller.lower()), ("account", call.account.lower()), ("contract", call.contract.upper()))
    return [(kind, word) for kind, word in words if word]


def _rows[M: models.Model](cursor: CursorWrapper, model: type[M]) -> list[M]:
    names = [field.attname for field in model._meta.concrete_fields]
    return [model.from_db(connection.alias, names, row) for row in cursor.fetchall()]


def _evidence(rows: Sequence[tuple[Any, ...]]) -> dict[Word, Evidence]:
    mailboxes: dict[tuple[int, Word, int, str, str], list[Mailbox]] = defaultdict(list)
    for rank, kind, word, seller_id, name, phone, contact_id, email, is_verified in rows:
        boxes = mailboxes[rank, (kind, word), seller_id, name, phone]
        if contact_id is not None:
            boxes.append(Mailbox(contact_id, email, is_verified))
    evidence: dict[Word, Evidence] = defaultdict(list)
    for (rank, word, seller_id, name, phone), boxes in mailboxes.items():
        evidence[word].append((By(rank), Found(seller_id, name, phone, tuple(boxes))))
    return evidence
