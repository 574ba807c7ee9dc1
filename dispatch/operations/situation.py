"""What must be known to instruct: the market, earlier triggers of the reference, and whom the calls name. One round trip.

The statements are written by hand: to compose them anew for each trigger would take longer than to run them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from markets.models import Mail, Market

from ..models import Instruction, Trigger
from ..rules.addressee import By, Found, Mailbox
from ..rules.notice import Call, TriggerNotice
from ..rules.standing import asset_number
from .writing import KeyStock, new_keys

# Triggers of one reference go one after the other: of many copies at once the first is stored, the rest then see it.
TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%(turn)s, 0))"
# By what a seller may be named, the better evidence first. A part is asked for only where the trigger has such a name.
NAMED_BY = {
    "companies": """
        SELECT 1, 'company', lower(name), seller_id FROM markets_selleridentity
        WHERE operator_id = %(operator)s AND kind = 'company' AND lower(name) = ANY(%(companies)s)
        UNION ALL SELECT 3, 'company', lower(name), id FROM markets_seller WHERE name = ANY(%(names)s)""",
    "accounts": """
        SELECT 1, 'account', lower(name), seller_id FROM markets_selleridentity
        WHERE operator_id = %(operator)s AND kind = 'account' AND lower(name) = ANY(%(accounts)s)""",
    "contracts": """
        SELECT 2, 'contract', contract.reference, contract.seller_id FROM markets_contract contract JOIN market ON market.id = market_id
        WHERE contract.reference = ANY(%(contracts)s)
        UNION ALL
        SELECT 2, 'contract', bid.reference, contract.seller_id
        FROM markets_bid bid JOIN markets_contract contract ON contract.bid_id = bid.id JOIN market ON market.id = market_id
        WHERE bid.reference = ANY(%(contracts)s)""",
    "assets": """
        SELECT 2, 'asset', word, asset.seller_id
        FROM unnest(%(assets)s::text[]) word JOIN markets_asset asset ON upper(asset.ref) = upper(word)
        JOIN markets_qualification offer ON offer.asset_id = asset.id JOIN market ON market.id = market_id
        UNION ALL
        SELECT 2, 'asset', asset.id::text, asset.seller_id FROM markets_asset asset
        JOIN markets_qualification offer ON offer.asset_id = asset.id JOIN market ON market.id = market_id
        WHERE asset.id = ANY(%(asset_numbers)s::bigint[])""",
    "learned": """
        SELECT 4, kind, lower(word), seller_id FROM dispatch_alias
        WHERE operator_id = %(operator)s AND kind IN ('company', 'account') AND is_mock = (SELECT is_mock FROM market)
        AND lower(word) = ANY(%(learned)s) AND ended_at IS NULL""",
}
NOBODY_NAMED = "SELECT 0, '', '', NULL::bigint WHERE false"
SITUATION = """
    WITH market AS (
        SELECT * FROM markets_market WHERE operator_id = %(operator)s AND key = %(market)s AND is_mock = ANY(%(is_mock)s)
    ), known AS (
        SELECT known.id, known.revision, known.content_sha256, known.content, known.received_at
        FROM dispatch_trigger known JOIN market ON known.market_id = market.id
        WHERE known.reference = %(reference)s AND known.problem = ''
    ), named (rank, kind, word, seller_id) AS ({named})
    SELECT {market}, (SELECT jsonb_agg(known ORDER BY revision DESC) FROM known), (
        SELECT jsonb_agg(jsonb_build_array(named.rank, named.kind, named.word, seller.id, seller.name, seller.phone,
            contact.id, contact.email, contact.verified_at IS NOT NULL) ORDER BY contact.id)
        FROM named JOIN markets_seller seller ON seller.id = named.seller_id
        LEFT JOIN markets_dispatchcontact contact ON contact.seller_id = seller.id AND contact.market_id = market.id
    ), (
        SELECT jsonb_agg(jsonb_build_array(seller_id, id)) FROM (
            SELECT seller_id, id FROM markets_webhook
            WHERE seller_id IN (SELECT seller_id FROM named) AND stopped_at IS NULL
            FOR KEY SHARE SKIP LOCKED
        ) webhook
    ), {keys} FROM market
"""
KEYS = ", ".join([new_keys(Trigger, "triggers"), new_keys(Instruction, "instructions"), new_keys(Mail, "mails")])
MARKET_COLUMNS = ", ".join(f'market."{field.column}"' for field in Market._meta.concrete_fields)
type Word = tuple[str, str]
type Evidence = list[tuple[By, Found]]


@dataclass(frozen=True, slots=True)
class Known:
    """A trigger of the same reference that was accepted before."""

    trigger_id: int
    revision: int
    content_sha256: str
    content: dict[str, Any]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Situation:
    """`known`: the latest revision first. `webhooks`: by the key of the seller; until the end nobody can remove them."""

    market: Market
    known: tuple[Known, ...]
    evidence: dict[Word, Evidence]
    webhooks: dict[int, list[int]]
    trigger_keys: KeyStock
    instruction_keys: KeyStock
    mail_keys: KeyStock

    def about(self, call: Call) -> Evidence:
        """The sellers found under the words of a call."""
        return [entry for word in _words(call) for entry in self.evidence.get(word, ())]


def look_up(arrival: Trigger, notice: TriggerNotice) -> Situation | None:
    """Asks for all of it at once, and holds the turn of the reference until the transaction ends.

    None: the token reaches no such market.
    """
    bounds = _bounds(arrival, notice)
    named = " UNION ALL ".join(part for name, part in NAMED_BY.items() if bounds[name]) or NOBODY_NAMED
    with connection.cursor() as cursor:
        # Two statements, one message: the second begins when the turn has come, and so sees what was stored meanwhile.
        cursor.execute(f"{TURN}; {SITUATION.format(named=named, market=MARKET_COLUMNS, keys=KEYS)}", bounds)
        cursor.nextset()
        row = cursor.fetchone()
    if row is None:
        return None
    *columns, known, found, webhooks, triggers, instructions, mails = row
    market = Market.from_db(connection.alias, [field.attname for field in Market._meta.concrete_fields], columns)
    market.operator = arrival.operator
    return Situation(
        market=market,
        known=tuple(_known(**entry) for entry in json.loads(known or "[]")),
        evidence=_evidence(json.loads(found or "[]")),
        webhooks=_by_seller(json.loads(webhooks or "[]")),
        trigger_keys=KeyStock(Trigger, triggers),
        instruction_keys=KeyStock(Instruction, instructions),
        mail_keys=KeyStock(Mail, mails),
    )


def _known(*, id: int, received_at: str, **fields: Any) -> Known:
    return Known(trigger_id=id, received_at=datetime.fromisoformat(received_at), **fields)


def _by_seller(rows: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for seller, webhook in rows:
        found[seller].append(webhook)
    return found


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
        "assets": of("asset"),
        "asset_numbers": [number for word in of("asset") if (number := asset_number(word))],
        "learned": [*of("company"), *of("account")],
        "triggers": 1,
        "instructions": len(notice.calls),
        "mails": 2 * len(notice.calls),  # most sellers have one or two mailboxes
        "names": list({call.seller for call in notice.calls if call.seller}),
    }


def _words(call: Call) -> Iterable[Word]:
    words = {
        "company": call.seller.lower(),
        "account": call.account.lower(),
        "contract": call.contract.upper(),
        "asset": call.asset,
    }
    return [(kind, word) for kind, word in words.items() if word]


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
