"""Whom a trigger's calls reach: one look-up for all of them, decided by `dispatch.rules.addressee`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import connection

from markets.models import Market, Operator, Seller, SellerIdentity

from ..rules.addressee import Addressee, By, Found, Mailbox, addressee
from ..rules.notice import Call

# Written by hand: to compose it anew for each trigger would take longer than to run it.
LOOK_UP = """
    WITH named (rank, kind, word, seller_id) AS (
        SELECT 1, kind, lower(name), seller_id FROM markets_selleridentity
        WHERE operator_id = %(operator)s AND kind = 'company' AND lower(name) = ANY(%(sellers)s)
        UNION ALL
        SELECT 1, kind, lower(name), seller_id FROM markets_selleridentity
        WHERE operator_id = %(operator)s AND kind = 'account' AND lower(name) = ANY(%(accounts)s)
        UNION ALL
        SELECT 2, 'contract', reference, seller_id FROM markets_contract
        WHERE market_id = %(market)s AND reference = ANY(%(contracts)s)
        UNION ALL
        SELECT 2, 'contract', bid.reference, contract.seller_id FROM markets_bid bid JOIN markets_contract contract ON contract.bid_id = bid.id
        WHERE contract.market_id = %(market)s AND bid.reference = ANY(%(contracts)s)
        UNION ALL
        SELECT 3, 'company', lower(name), id FROM markets_seller WHERE name = ANY(%(names)s)
    )
    SELECT named.rank, named.kind, named.word, seller.id, seller.name, seller.phone, contact.id, contact.email, contact.verified_at IS NOT NULL
    FROM named JOIN markets_seller seller ON seller.id = named.seller_id
    LEFT JOIN markets_dispatchcontact contact ON contact.seller_id = seller.id AND contact.market_id = %(market)s
    ORDER BY contact.id
"""
type Word = tuple[str, str]
MOST_CANDIDATES = 6


def addressees(*, market: Market, zone: str, calls: Sequence[Call]) -> list[Addressee]:
    """One per call, in the calls' order. A second query only where a seller is not known: for the candidates."""
    found = _look_up(market, calls)
    by_call = [[entry for word in _words(call) for entry in found.get(word, ())] for call in calls]
    unknown = [call for call, entries in zip(calls, by_call, strict=True) if not entries]
    alike = _alike(market, zone, unknown) if unknown else {}
    return [
        addressee(call, entries, alike.get(_first_word(call), ()) if not entries else ())
        for call, entries in zip(calls, by_call, strict=True)
    ]


def oncall_addresses(*, market: Market | None, operator: Operator) -> list[str]:
    """Customer success on call: the market's address, else those of the operator's markets, else our own mailbox."""
    if market is not None and market.oncall_email:
        return [market.oncall_email]
    others = operator.markets.exclude(oncall_email="").values_list("oncall_email", flat=True)
    return sorted(set(others)) or [parseaddr(settings.DEFAULT_FROM_EMAIL)[1]]


def _words(call: Call) -> Iterable[Word]:
    words = (("company", call.seller.lower()), ("account", call.account.lower()), ("contract", call.contract.upper()))
    return [(kind, word) for kind, word in words if word]


def _look_up(market: Market, calls: Sequence[Call]) -> dict[Word, list[tuple[By, Found]]]:
    words = {word for call in calls for word in _words(call)}

    def of(wanted: str) -> list[str]:
        return [word for kind, word in words if kind == wanted]

    bounds: dict[str, Any] = {
        "operator": market.operator_id,
        "market": market.pk,
        "sellers": of("company"),
        "accounts": of("account"),
    }
    bounds |= {"contracts": of("contract"), "names": list({call.seller for call in calls if call.seller})}
    mailboxes: dict[tuple[int, Word, int, str, str], list[Mailbox]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, bounds)
        for rank, kind, word, seller_id, name, phone, contact_id, email, is_verified in cursor.fetchall():
            boxes = mailboxes[rank, (kind, word), seller_id, name, phone]
            if contact_id is not None:
                boxes.append(Mailbox(contact_id, email, is_verified))
    found: dict[Word, list[tuple[By, Found]]] = defaultdict(list)
    for (rank, word, seller_id, name, phone), boxes in mailboxes.items():
        found[word].append((By(rank), Found(seller_id, name, phone, tuple(boxes))))
    return found


def _first_word(call: Call) -> str:
    return call.seller.lower().partition(" ")[0]


def _alike(market: Market, zone: str, calls: Sequence[Call]) -> dict[str, list[str]]:
    """Candidates per first word of the name: sellers whose name at the operator begins alike, and those contracted in the zone."""
    in_zone = Seller.objects.filter(contracts__market=market, contracts__bid__competition__zone__code=zone)
    contracted = [
        f"{name}, contracted in {zone}" for name in in_zone.distinct().values_list("name", flat=True)[:MOST_CANDIDATES]
    ]
    names = list(SellerIdentity.objects.filter(operator=market.operator_id).values_list("name", "seller__name"))
    found = {}
    for word in {_first_word(call) for call in calls}:
        similar = [f"{ours} ('{theirs}')" for theirs, ours in names if word and theirs.lower().startswith(word)]
        found[word] = [*similar[:MOST_CANDIDATES], *contracted]
    return found
