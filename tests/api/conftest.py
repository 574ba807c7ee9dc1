"""A world in which every address of the API has something to answer, and a client that speaks as a machine."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from dispatch.models import Trigger
from dispatch.operations import receive_trigger
from markets.models import Asset, Bid, Competition, Contract, Market, Seller, Token, User, Zone
from markets.operations import tokens
from markets.operations.feeds import read_bid_changes, read_qualifications
from piclo_nged.dso.nged.triggers import read_trigger
from settlement.models import Statement
from settlement.operations import DayOfReadings, store_readings
from tests.settled import approved_run

from .integrator import Integrator, listening


@dataclass
class World:
    """One of each noun, all of one market and one seller."""

    market: Market
    seller: Seller
    asset: Asset
    competition: Competition
    bid: Bid
    contract: Contract
    trigger: Trigger
    statement: Statement

    @property
    def secrets(self) -> list[str]:
        """What nobody else may read."""
        return [
            f'"{self.bid.reference}"',
            f'"{self.contract.reference}"',
            f'"{self.statement.reference}"',
            self.seller.name,
            self.asset.name,
            self.asset.import_meter_id,
        ]


@dataclass
class Machine:
    """Calls the API with a token."""

    token: str = ""

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> HttpResponse:
        if self.token:
            options["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        options.setdefault("content_type", "application/json")
        content = body if isinstance(body, bytes | str) else json.dumps(body) if body is not None else ""
        return Client().generic(method, path, content, **options)

    def get(self, path: str, **options: Any) -> HttpResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> HttpResponse:
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> HttpResponse:
        return self.call("PUT", path, body, **options)


def trigger_message(market: str, reference: str = "TR-1", **more: Any) -> dict[str, Any]:
    """A start in NGED's dialect."""
    call = {
        "company": "Voltwise Energy Ltd",
        "capacity_kw": "50.5",
        "starts_at": "2027-01-11T16:15:00Z",
        "ends_at": "2027-01-11T18:15:00Z",
    }
    return {
        "market": market,
        "reference": reference,
        "revision": 1,
        "kind": "start",
        "product": "Dynamic",
        "zone": "CMZ_T9A_EM_0001",
        "issued_at": "2027-01-11T16:00:00Z",
        "calls": [call],
    } | more


@pytest.fixture
def statement(market: Market, contract: Contract, approver: User) -> Statement:
    run = approved_run(contract, approver)
    return Statement.objects.create(run=run, seller=contract.seller, total_gbp="24.88")


@pytest.fixture
def world(
    market: Market, seller: Seller, zone: Zone, asset: Asset, contract: Contract, statement: Statement, nged: Machine
) -> World:
    market.refresh_from_db()
    read_bid_changes(market=market, after=0, limit=10)
    read_qualifications(market=market, after=0, limit=10)
    raw = json.dumps(trigger_message(market.key)).encode()
    token = Token.objects.get(name="NGED sandbox")
    receipt = receive_trigger(operator=market.operator, token=token, raw=raw, read=read_trigger, by=token)
    store_readings(days=[DayOfReadings(asset, date(2026, 12, 8), [-6543] * 48)], source="api", by="tests")
    bid = contract.bid
    return World(market, seller, asset, bid.competition, bid, contract, receipt.trigger, statement)


@pytest.fixture
def nged(nged_token: str) -> Machine:
    return Machine(nged_token)


@pytest.fixture
def trader(seller_token: str) -> Machine:
    return Machine(seller_token)


@pytest.fixture
def token_of() -> Callable[..., Machine]:
    """A further token: of an operator, its sandbox, or a seller."""

    def issue(**whose: Any) -> Machine:
        return Machine(tokens.issue_token(name="further", by="tests", **whose)[1])

    return issue


def problem_of(answer: HttpResponse, status: int) -> dict[str, Any]:
    """The problem in an answer that must be one."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


@pytest.fixture
def program(settings: Any) -> Iterator[Integrator]:
    settings.DEBUG = True  # only in development is this machine called
    with listening() as program:
        yield program


@pytest.fixture
def secret(nged: Machine, program: Integrator, market: Market) -> str:
    """The webhook's; with it the program is called."""
    return nged.post("/api/nged/v1/webhooks", {"url": program.url}).json()["secret"]
