"""A sandbox plays the faults that its holder asks for; a live token neither sees them nor pays for them."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from markets.jobs import call_webhooks
from markets.models import Bid, Competition, Market, SandboxFault
from piclo_nged.dso.nged.api import urls
from piclo_nged.dso.nged.api.faults import CALLS
from tests.conftest import close

from .conftest import Machine, problem_of
from .integrator import listening
from .test_nged_bidding import published

pytestmark = pytest.mark.django_db
V1 = "/api/nged/v1"
OWN = {"webhooks", "webhook", "webhook-secret", "clock", "faults"}


@pytest.fixture
def ask(nged: Machine) -> Callable[..., Any]:
    def asked(**fault: Any) -> Any:
        answer = nged.post(f"{V1}/sandbox/faults", fault)
        assert answer.status_code == 201, answer.content
        return answer.json()

    return asked


def test_a_late_answer_hides_work_that_was_done_and_the_key_brings_its_answer(
    ask: Any, nged: Machine, market: Market
) -> None:
    ask(kind="late", call="competition")
    address, body = f"{V1}/competitions/K-1?market={market.key}", published()
    assert "Send the same again" in problem_of(nged.put(address, body, HTTP_IDEMPOTENCY_KEY="k"), 504)["detail"]
    assert Competition.objects.get().reference == "K-1"
    again = nged.put(address, body, HTTP_IDEMPOTENCY_KEY="k")
    assert (again.status_code, again.json()["created"], again["Idempotency-Replayed"]) == (201, ["K-1"], "true")


def test_a_slow_answer_takes_its_time_and_only_of_the_call_it_was_asked_of(
    ask: Any, nged: Machine, market: Market
) -> None:
    ask(kind="slow", call="bids", seconds=1)
    began = monotonic()
    nged.get(f"{V1}/assets?market={market.key}")
    assert monotonic() - began < 1
    assert nged.get(f"{V1}/bids?market={market.key}").json()["items"] == []
    assert monotonic() - began >= 1
    assert nged.get(f"{V1}/sandbox/faults").json() == {"items": []}


def test_a_double_page_repeats_what_the_page_before_ended_with(
    ask: Any, nged: Machine, market: Market, competition: Competition, bid: Bid
) -> None:
    close(market, competition)
    feed = f"{V1}/bids?market={market.key}"
    first = nged.get(f"{feed}&limit=1").json()
    ask(kind="double")
    doubled = nged.get(f"{feed}&after={first['next']}&limit=1").json()
    assert [item["position"] for item in doubled["items"]] == [1, 2]
    assert doubled["items"][0] == first["items"][0]
    assert doubled["next"] == 2
    assert [item["position"] for item in nged.get(f"{feed}&after=1").json()["items"]] == [2]


def test_a_contradictory_proof_is_wrong_once(
    ask: Any, nged: Machine, market: Market, competition: Competition, bid: Bid
) -> None:
    ask(kind="contradictory")
    feed = f"{V1}/bids?market={market.key}"
    assert nged.get(feed).json()["items"] == []
    close(market, competition)
    wrong = nged.get(feed).json()["items"]
    right = nged.get(feed).json()["items"]
    assert wrong[0] == right[0]
    assert wrong[1]["sha256"] != right[1]["sha256"]
    assert wrong[1] | {"sha256": ""} == right[1] | {"sha256": ""}


def test_a_webhook_is_called_twice_under_one_id(
    ask: Any, nged: Machine, market: Market, competition: Competition, bid: Bid, settings: Any
) -> None:
    settings.DEBUG = True
    ask(kind="double", call="events")
    with listening() as program:
        nged.post(f"{V1}/webhooks", {"url": program.url})
        close(market, competition)
        call_webhooks()
    first, second, third = program.ids
    assert first == second != third


def test_faults_are_counted_down_listed_and_forgotten(ask: Any, nged: Machine, market: Market) -> None:
    assert ask(kind="late", call="assets", times=2) == {"kind": "late", "call": "assets", "seconds": 0, "times": 2}
    problem_of(nged.get(f"{V1}/assets?market={market.key}"), 504)
    assert nged.get(f"{V1}/sandbox/faults").json()["items"][0]["times"] == 1
    assert nged.call("DELETE", f"{V1}/sandbox/faults").json() == {"forgotten": 1}
    assert nged.get(f"{V1}/assets?market={market.key}").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"kind": "odd"}, "kind"),
        ({"kind": "slow"}, "seconds"),
        ({"kind": "slow", "seconds": 11}, "seconds"),
        ({"kind": "double", "call": "triggers"}, "call"),
        ({"kind": "contradictory", "call": "events"}, "call"),
        ({"kind": "late", "call": "events"}, "call"),
        ({"kind": "late", "call": "nothing"}, "call"),
        ({"kind": "late", "times": 101}, "times"),
    ],
)
def test_faults_that_nothing_can_show(nged: Machine, wrong: dict[str, Any], column: str) -> None:
    [error] = problem_of(nged.post(f"{V1}/sandbox/faults", wrong), 422)["errors"]
    assert error["column"] == column
    assert not SandboxFault.objects.exists()


def test_not_without_end(ask: Any, nged: Machine) -> None:
    for _ in range(20):
        ask(kind="late")
    assert "DELETE sandbox/faults" in problem_of(nged.post(f"{V1}/sandbox/faults", {"kind": "late"}), 422)["detail"]


def test_every_address_of_the_operator_can_be_asked_for_one() -> None:
    assert sorted(CALLS) == sorted(str(pattern.name) for pattern in urls.urlpatterns if pattern.name not in OWN)


def test_a_live_token_neither_sees_a_fault_nor_asks_for_one(
    ask: Any, market: Market, token_of: Callable[..., Machine]
) -> None:
    live = token_of(operator=market.operator)
    problem_of(live.post(f"{V1}/sandbox/faults", {"kind": "late"}), 403)
    ask(kind="late", times=100)
    with pgtrigger.ignore("markets.Market:mock_or_real_for_ever"):
        Market.objects.update(is_mock=False, clock_offset=timedelta())
    address = f"{V1}/assets?market={market.key}"
    assert live.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        live.get(address)
    assert captured.captured_queries
    assert '"markets_sandboxfault"' not in str(captured.captured_queries)
