"""A fair call of every address: the tests of who reaches what walk the URL conf and look each one up here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver
from rest_framework.views import APIView

from markets.models import Bid, Webhook
from markets.operations.bids import place_bids
from markets.rest.endpoints import UnknownAddress
from markets.rules.confirmations import VERSION
from markets.rules.notices import Offer
from piclo_nged import api_urls
from piclo_nged.api_docs import DocsView, RedocView, SchemaView

from ..conftest import mpan
from .conftest import Machine, World, trigger_message
from .test_nged_bidding import published

PUBLIC = (UnknownAddress, SchemaView, DocsView, RedocView)
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass
class Fair:
    """A call that succeeds with the right token. `address` and `body` are made of the world."""

    address: Callable[[World], str]
    body: Callable[[World], Any] = lambda world: None
    options: dict[str, Any] = field(default_factory=dict)

    def send(self, machine: Machine, method: str, world: World) -> HttpResponse:
        return machine.call(method.upper(), self.address(world), self.body(world), **self.options)


def nged(path: str, body: Callable[[World], Any] = lambda world: None, query: str = "", **options: Any) -> Fair:
    return Fair(lambda world: f"/api/nged/v1/{path}{_market(path, world)}{query}", body, options)


def _market(path: str, world: World) -> str:
    """The market in the query, at the addresses that are about one."""
    return "" if path.startswith(("webhooks", "sandbox/")) else f"?market={world.market.key}"


def seller(path: str, body: Callable[[World], Any] = lambda world: None, query: str = "", **options: Any) -> Fair:
    return Fair(lambda world: f"/api/v1/{path}{query}", body, options)


def listed_contract(world: World) -> dict[str, Any]:
    return {"bid": world.bid.reference, "accepted_kw": "50.5", "utilisation_gbp_per_mwh": "250"}


NGED = {
    ("competition", "put"): nged("competitions/NEW-1", lambda world: published()),
    ("competitions-import", "post"): nged("competitions/import", lambda world: [published(reference="NEW-2")]),
    ("competition", "get"): nged("competitions/OPEN-1"),
    ("approval", "post"): nged("competitions/OPEN-1/approval", lambda world: {}),
    ("withdrawal", "post"): nged("competitions/OPEN-1/withdrawal", lambda world: {"reason": "No need any more."}),
    ("assets", "get"): nged("assets"),
    ("qualifications", "post"): nged(
        "qualifications", lambda world: [{"asset": world.asset.pk, "status": "refused", "reason": "Too far."}]
    ),
    ("bids", "get"): nged("bids"),
    ("receipts", "post"): nged("bids/receipts", lambda world: [{"bid": world.bid.reference, "revision": 1}]),
    ("results", "post"): nged(
        "results", lambda world: {"results": [{"bid": world.bid.reference, "accepted": True, **award(world)}]}
    ),
    ("reconciliations", "post"): nged("reconciliations", lambda world: [listed_contract(world)]),
    ("triggers", "post"): nged("dispatch/triggers", lambda world: trigger_message(world.market.key, "TR-2")),
    ("trigger", "get"): nged("dispatch/triggers/TR-1"),
    ("readings", "get"): nged("readings"),
    ("invoices", "post"): nged(
        "invoices",
        lambda world: [
            {"reference": "INV-1", "month": "2026-12", "contract": world.contract.reference, "amount_gbp": "24.88"}
        ],
    ),
    ("webhooks", "get"): nged("webhooks"),
    ("webhooks", "post"): nged("webhooks", lambda world: {"url": "https://flex.example/piclo"}),
    ("webhook", "delete"): Fair(lambda world: f"/api/nged/v1/webhooks/{webhook_of(world)}"),
    ("webhook-secret", "post"): Fair(lambda world: f"/api/nged/v1/webhooks/{webhook_of(world)}/secret"),
    ("faults", "get"): nged("sandbox/faults"),
    ("faults", "post"): nged("sandbox/faults", lambda world: {"kind": "double"}),
    ("faults", "delete"): nged("sandbox/faults"),
    ("clock", "post"): nged("sandbox/clock", lambda world: {"market": world.market.key, "forward_seconds": 5}),
}


def webhook_of(world: World) -> int:
    """A webhook of NGED's sandbox."""
    made, _ = Webhook.objects.get_or_create(operator=world.market.operator, url="https://flex.example/there")
    return int(made.pk)


def award(world: World) -> dict[str, str]:
    names = ("accepted_kw", "availability_gbp_per_mw_h", "utilisation_gbp_per_mwh")
    return {name: str(getattr(world.contract, name)) for name in names}


def bid_of(world: World) -> str:
    """The address of a bid that can still be changed."""
    offer = Offer("OPEN-1", ("Evening",), Decimal(10), utilisation_gbp_per_mwh=Decimal(200), assets=(world.asset.ref,))
    standing = Bid.objects.filter(competition__reference="OPEN-1").first()
    [bid] = [standing] if standing else place_bids(seller=world.seller, market=world.market, offers=[offer], by="tests")
    return f"/api/v1/bids/{bid.reference}"


def charge_points(**more: Any) -> dict[str, Any]:
    """An asset as a seller registers it."""
    return {
        "ref": "EV-9",
        "name": "Yard",
        "technology": "EV charge point",
        "postcode": "NG1 1AB",
        "import_meter_id": mpan(99),
        "max_import_capacity_kw": "22",
    } | more


SELLER = {
    ("assets", "get"): seller("assets"),
    ("assets", "post"): seller("assets", lambda world: [charge_points()]),
    ("competitions", "get"): seller("competitions"),
    ("bids", "get"): seller("bids"),
    ("bids", "post"): Fair(
        lambda world: f"/api/v1/bids?market={world.market.key}&confirms_rules={VERSION}",
        lambda world: [
            {
                "competition": "OPEN-1",
                "windows": ["Evening"],
                "capacity_kw": 10,
                "utilisation_gbp_per_mwh": 200,
                "assets": [world.asset.ref],
            }
        ],
    ),
    ("bid", "get"): Fair(bid_of),
    ("bid", "put"): Fair(bid_of, lambda world: {"capacity_kw": 10, "utilisation_gbp_per_mwh": 200}),
    ("bid", "delete"): Fair(bid_of),
    ("results", "get"): seller("results"),
    ("rules", "get"): seller("rules"),
    ("contracts", "get"): seller("contracts"),
    ("instructions", "get"): seller("instructions"),
    ("answer", "post"): Fair(
        lambda world: f"/api/v1/instructions/{world.trigger.instructions.get().reference}/answer",
        lambda world: {"answer": "confirmed"},
    ),
    ("readings", "get"): seller("readings"),
    ("readings", "post"): seller(
        "readings", lambda world: [{"asset": world.asset.ref, "day": "2026-12-07", "watts": [1500] * 48}]
    ),
    ("statements", "get"): seller("statements"),
    ("statement", "get"): Fair(lambda world: f"/api/v1/statements/{world.statement.reference}"),
}


def addresses() -> Iterator[tuple[str, str, str, type[APIView]]]:
    """Every address with a token: namespace, name, method and view, from the URL conf itself."""
    for namespace, pattern in _patterns(api_urls.urlpatterns, ""):
        view = pattern.callback.cls  # type: ignore[union-attr]
        if view not in PUBLIC:
            for method in METHODS:
                if hasattr(view, method):
                    yield namespace, pattern.name or "", method, view


def _patterns(patterns: list[Any], namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, pattern.namespace or namespace)
        else:
            yield namespace, pattern
