"""The OpenAPI document tells the truth: it is valid, it holds every call, and the API answers as it says."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dispatch.operations import receive_trigger
from markets.models import WebhookCall
from markets.operations.webhooks import add_sellers_webhook
from markets.rules.confirmations import VERSION
from piclo_nged.dso.nged.triggers import read_trigger
from piclo_nged.wsgi import application

from .addresses import addresses
from .conftest import Machine, World, trigger_message

EXAMPLES = 12
WITHOUT_BODY = {"post /api/nged/v1/webhooks/{key}/secret"}
TABLE = {
    "put /api/nged/v1/competitions/{reference}",
    "post /api/nged/v1/competitions/import",
    "get /api/nged/v1/competitions/{reference}",
    "post /api/nged/v1/competitions/{reference}/approval",
    "post /api/nged/v1/competitions/{reference}/withdrawal",
    "get /api/nged/v1/assets",
    "post /api/nged/v1/qualifications",
    "get /api/nged/v1/bids",
    "post /api/nged/v1/bids/receipts",
    "post /api/nged/v1/results",
    "post /api/nged/v1/reconciliations",
    "post /api/nged/v1/dispatch/triggers",
    "get /api/nged/v1/dispatch/triggers/{reference}",
    "get /api/nged/v1/readings",
    "post /api/nged/v1/invoices",
    "get /api/nged/v1/webhooks",
    "post /api/nged/v1/webhooks",
    "delete /api/nged/v1/webhooks/{key}",
    "post /api/nged/v1/webhooks/{key}/secret",
    "post /api/nged/v1/sandbox/clock",
    "get /api/nged/v1/sandbox/faults",
    "post /api/nged/v1/sandbox/faults",
    "delete /api/nged/v1/sandbox/faults",
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = Client().get("/api/schema/?format=json")
    assert answer.status_code == 200
    return json.loads(answer.content)


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{method} {path}": told for path, calls in document["paths"].items() for method, told in calls.items()}


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    validate_schema(document)


def test_it_holds_every_call_of_the_table_and_of_the_url_conf(document: dict[str, Any]) -> None:
    told = operations(document)
    assert {call for call in told if "/nged/" in call} == TABLE
    assert len(told) == len(list(addresses()))


def test_it_tells_the_rules_and_follows_the_story(document: dict[str, Any]) -> None:
    assert document["info"]["description"].startswith("- **Token**")
    told = {tag for call in operations(document).values() for tag in call["tags"]}
    assert told == {tag["name"] for tag in document["tags"]}


def test_every_call_tells_its_token_its_errors_and_how_to_repeat_it(document: dict[str, Any]) -> None:
    for call, told in operations(document).items():
        assert told["security"] == [{"token": []}], call
        assert told["summary"], call
        assert told["description"], call
        for status in ("400", "401", "403", "404", "503"):
            assert list(told["responses"][status]["content"]) == ["application/problem+json"], (call, status)
        names = {parameter["name"] for parameter in told.get("parameters", [])}
        assert ("Idempotency-Key" in names) == (not call.startswith("get ")), call
        if not call.startswith(("get ", "delete ")) and call not in WITHOUT_BODY:
            assert told["requestBody"]["content"]["application/json"]["schema"], call


@pytest.mark.django_db
def test_a_call_to_a_seller_is_as_described(document: dict[str, Any], world: World) -> None:
    add_sellers_webhook(seller=world.seller, url="https://flex.example/hook", by="tests")
    raw = json.dumps(trigger_message(world.market.key, "TR-7")).encode()
    receive_trigger(operator=world.market.operator, token=None, raw=raw, read=read_trigger, by="tests")
    sent = WebhookCall.objects.get(event="instruction.created").body
    assert set(document["webhooks"]) == {"instruction.created", "webhook.test"}
    described = document["components"]["schemas"]
    assert set(sent) == set(described["InstructionCreated"]["required"])
    assert set(sent["data"]) == set(described["InstructionSignal"]["required"])
    listed = described["InstructionFields"]["required"]
    assert set(listed) - set(sent["data"]) == {"answer", "created_at"}


@pytest.mark.django_db
def test_every_example_is_as_described(document: dict[str, Any], world: World, nged: Machine, trader: Machine) -> None:
    """The bids and assets in it are not there, but nothing is wrong with its form; without references it succeeds."""
    succeeded = set()
    for call, told in operations(document).items():
        method, path = call.split()
        if method in ("get", "delete") or call in WITHOUT_BODY:
            continue
        [example] = told["requestBody"]["content"]["application/json"]["examples"].values()
        body = example["value"]
        if isinstance(body, dict) and "market" in body:
            body = {
                name: value.replace("TR-1", "TR-9") if name == "reference" else value for name, value in body.items()
            }
            body |= {"market": world.market.key}
        machine = nged if "/nged/" in path else trader
        reference = "T9A-0001-2027" if "/nged/" in path else world.bid.reference
        if "/instructions/" in path:
            reference = world.trigger.instructions.get().reference
        known = {parameter["name"] for parameter in told.get("parameters", [])}
        query = {"market": world.market.key, "confirms_rules": VERSION}
        query = {name: value for name, value in query.items() if name in known}
        answer = machine.call(method.upper(), f"{path.replace('{reference}', reference)}?{urlencode(query)}", body)
        assert answer.status_code in (200, 201, 202) or answer.json()["title"] == "Refused", (call, answer.content)
        if answer.status_code < 300:
            succeeded.add(call.split("/")[-1])
    assert succeeded == {"{reference}", "import", "reconciliations", "triggers", "invoices", "readings", "clock"} | {
        "answer",
        "approval",
        "assets",
        "withdrawal",
        "webhooks",
        "faults",
    }


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The application must not close the connection on which the test's transaction stands."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _as_served() -> Any:
    config = SchemathesisConfig()
    config.projects.default.phases.coverage.enabled = False  # hundreds of calls each; ours are bounded
    return schemathesis.openapi.from_wsgi("/api/schema/?format=json", application, config=config)


api = _as_served()


@pytest.mark.usefixtures("_one_connection")
@api.parametrize()
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_is_answered_as_documented(case: Any, world: World, nged: Machine, trader: Machine) -> None:
    """With the right token, and mostly for a market that is there, since all else is answered before it is read."""
    machine = nged if "/nged/" in case.path else trader
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {machine.token}"}
    if "market" in (case.query or {}) and len(str(case.query["market"])) % 4:
        case.query = {**case.query, "market": world.market.key}
    case.call_and_validate(
        checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "holds"), [("docs", "swagger-ui-bundle.js"), ("redoc", "redoc.standalone.js")])
def test_the_browsable_documents_load_nothing_from_elsewhere(path: str, holds: str) -> None:
    page = Client().get(f"/api/{path}/")
    text = page.content.decode()
    assert holds in text
    assert "https://" not in text
    assert "<script>" not in text
    policy = page["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'self'" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "unsafe-inline" not in Client().get("/api/")["Content-Security-Policy"]
