"""Any write may carry a key: the same again is answered as before, another request under it is refused."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from markets.models import Asset, Bid, Competition, IdempotentCall, Market, Operator, Token
from markets.operations.tokens import forget_idempotent_calls, issue_token
from markets.rules.confirmations import VERSION

from .addresses import addresses
from .conftest import Machine, problem_of
from .test_nged_bidding import V1, published

WRITES = [(view, method) for _, _, method, view in addresses() if method != "get"]


@pytest.mark.parametrize(("view", "method"), WRITES)
def test_every_write_may_carry_a_key(view: type, method: str) -> None:
    """The decorators leave the written function behind the method that Django calls."""
    wrapped = getattr(view, method)
    names = set()
    while wrapped is not None:
        names.add(wrapped.__code__.co_qualname)
        wrapped = getattr(wrapped, "__wrapped__", None)
    assert "_decorated.<locals>.call" in names


@pytest.mark.django_db
def test_the_same_again_gets_the_first_answer(trader: Machine, market: Market, competition: Any, asset: Asset) -> None:
    body = [{"competition": competition.reference, "windows": ["Evening"], "capacity_kw": 5, "assets": [asset.ref]}]
    address = f"/api/v1/bids?market={market.key}&confirms_rules={VERSION}"
    first = trader.post(address, body, HTTP_IDEMPOTENCY_KEY="abc")
    again = trader.post(address, body, HTTP_IDEMPOTENCY_KEY="abc")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again["Idempotency-Replayed"], again["Content-Type"]) == ("true", "application/json")
    assert Bid.objects.count() == 1
    assert trader.post(address, body, HTTP_IDEMPOTENCY_KEY="abd").json() != first.json()
    assert Bid.objects.count() == 2


@pytest.mark.django_db
def test_another_request_under_the_key_is_refused(nged: Machine, market: Market) -> None:
    address = f"{V1}/competitions/K-1?market={market.key}"
    body = published()
    assert nged.put(address, body, HTTP_IDEMPOTENCY_KEY="abc").status_code == 201
    other_body = nged.put(address, body | {"name": "Other"}, HTTP_IDEMPOTENCY_KEY="abc")
    assert problem_of(other_body, 422)["title"] == "Idempotency-Key used before"
    problem_of(nged.put(address.replace("K-1", "K-2"), body, HTTP_IDEMPOTENCY_KEY="abc"), 422)
    assert Competition.objects.get().name == "Winter evenings"


@pytest.mark.django_db
def test_keys_of_two_tokens_are_two_keys(nged: Machine, market: Market, token_of: Callable[..., Machine]) -> None:
    second = token_of(operator=market.operator, is_sandbox=True)
    for machine, reference in [(nged, "K-1"), (second, "K-2")]:
        address = f"{V1}/competitions/{reference}?market={market.key}"
        assert machine.put(address, published(), HTTP_IDEMPOTENCY_KEY="abc").status_code == 201


@pytest.mark.django_db
def test_a_refusal_is_kept_too_and_leaves_nothing_else(nged: Machine, market: Market) -> None:
    address = f"{V1}/competitions/K-1?market={market.key}"
    body = published(product="Dynamo")
    first = nged.put(address, body, HTTP_IDEMPOTENCY_KEY="abc")
    again = nged.put(address, body, HTTP_IDEMPOTENCY_KEY="abc")
    assert problem_of(first, 422) == problem_of(again, 422)
    assert again["Idempotency-Replayed"] == "true"
    assert not Competition.objects.exists()


@pytest.mark.django_db
def test_a_fault_of_ours_is_not_kept(nged: Machine, market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"{V1}/competitions/K-1?market={market.key}"
    body = published()

    def broken(**_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("piclo_nged.dso.nged.api.competitions.publish_competitions", broken)
        with pytest.raises(ZeroDivisionError):
            nged.put(address, body, HTTP_IDEMPOTENCY_KEY="abc")
    assert not IdempotentCall.objects.exists()
    assert nged.put(address, body, HTTP_IDEMPOTENCY_KEY="abc").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_keys_that_cannot_be_kept(nged: Machine, market: Market, key: str) -> None:
    answer = nged.put(f"{V1}/competitions/K-1?market={market.key}", published(), HTTP_IDEMPOTENCY_KEY=key)
    assert "Idempotency-Key" in problem_of(answer, 422)["detail"]


@pytest.mark.django_db
def test_a_key_is_forgotten_after_a_month(nged: Machine, market: Market) -> None:
    address = f"{V1}/competitions/K-1?market={market.key}"
    nged.put(address, published(), HTTP_IDEMPOTENCY_KEY="abc")
    assert forget_idempotent_calls(by="tests") == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        assert forget_idempotent_calls(by="tests") == 1
    assert nged.put(address, published(name="Other"), HTTP_IDEMPOTENCY_KEY="abc").json()["revised"] == ["K-1"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_one_write(market: Market) -> None:
    """Ten times the same receipt of triggers and of competitions, really at once: one row, ten equal answers."""
    operator = Operator.objects.get(key="nged")
    machine = Machine(issue_token(name="t", operator=operator, is_sandbox=True, by="tests")[1])
    body = json.dumps(published())
    address = f"{V1}/competitions/K-1?market={market.key}"
    answers: list[Any] = []
    barrier = threading.Barrier(10)

    def send() -> None:
        barrier.wait()
        try:
            answers.append(machine.put(address, body, HTTP_IDEMPOTENCY_KEY="abc"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers if "Idempotency-Replayed" in answer}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 9
    assert IdempotentCall.objects.filter(token=Token.objects.get()).count() == 1
