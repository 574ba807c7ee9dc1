"""What NGED's integrator is told works as it is told: every call of the README is sent, against a small season."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import piclo_nged.dso.nged
from markets.models import Asset, Bid, Market, Seller
from markets.operations.bids import place_bids
from markets.rules.notices import Offer
from tests.conftest import close

from .conftest import Machine
from .test_schema import TABLE

README = (Path(piclo_nged.dso.nged.__file__).parent / "README.md").read_text()
CALL = re.compile(r'^nged (?:-X (?P<method>\w+) )?"\$SITE(?P<address>[^"]+)"(?: -d \'(?P<body>.*?)\')?$', re.M | re.S)


def calls() -> list[tuple[str, str, str]]:
    return [(found["method"] or "GET", found["address"], found["body"] or "") for found in CALL.finditer(README)]


def test_it_shows_every_call() -> None:
    shown = {f"{method.lower()} {address.partition('?')[0]}" for method, address, _ in calls()}
    shown |= {f"post {path.partition('?')[0]}" for path in re.findall(r'^ +"\$SITE([^"]+)"$', README, re.M)}
    for call in TABLE:
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(call))
        assert any(re.fullmatch(pattern, told) for told in shown), call


@pytest.mark.django_db
def test_every_call_is_answered_as_a_success(
    nged: Machine, market: Market, seller: Seller, make_asset: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = [make_asset(seller, "EV-1"), make_asset(seller, "EV-2")]  # type: ignore[operator]
    bids: list[Bid] = []
    called = 0
    for method, address, body in calls():
        path = address.replace("$MARKET", market.key)
        told = body.replace("'$MARKET'", market.key).replace('"asset": 17', f'"asset": {assets[0].pk}')
        told = told.replace('"asset": 18', f'"asset": {assets[1].pk}').replace("Example Flex Ltd", seller.name)
        for name, bid in zip(("B-12", "B-13"), bids, strict=False):
            told = told.replace(name, bid.reference)
        if method == "PUT":
            next_year = told.replace('"2024-', f'"{datetime.now(UTC).year + 1}-')
            told = json.dumps(json.loads(next_year) | _open_now())
        if "/sandbox/clock" in path:
            told = re.sub(r"2\d{3}-[^\"]+", (market.now() + timedelta(days=400)).isoformat(), told)
        if "/bids?" in path:
            bids = _bid_and_close(market, seller, assets)
        answer = nged.call(method, path.replace("/webhooks/7", f"/webhooks/{called}"), told)
        assert answer.status_code < 300, (method, path, answer.content)
        called = answer.json()["id"] if path.endswith("/webhooks") and method == "POST" else called
    assert [bid.status for bid in Bid.objects.order_by("pk")] == ["accepted", "rejected"]


def _open_now() -> dict[str, str]:
    now = datetime.now(UTC)
    return {"opens_at": (now - timedelta(days=1)).isoformat(), "closes_at": (now + timedelta(days=1)).isoformat()}


def _bid_and_close(market: Market, seller: Seller, assets: list[Asset]) -> list[Bid]:
    """Two bids in the README's competition, as its results have them, and then gate closure."""
    competition = market.competitions.get(status="published")
    offer = Offer(
        competition.reference, ("April 2024",), Decimal("1.37"), Decimal(5), Decimal(300), assets=(assets[0].ref,)
    )
    bids = place_bids(seller=seller, market=market, offers=[offer, offer], by="tests")
    close(market, competition)
    return bids
