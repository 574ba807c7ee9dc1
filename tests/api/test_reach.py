"""Who reaches what, on every address: a token its own markets or its own seller's rows, and nothing else at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection

from markets.models import Asset, Market, Operator, Seller, Token
from markets.operations.tokens import revoke_token

from .addresses import NGED, SELLER, addresses
from .conftest import Machine, World, problem_of

pytestmark = pytest.mark.django_db
WALKED = list(addresses())
NO_MARKETS = {"webhooks", "webhook", "webhook-secret", "faults"}  # of the operator and its sandbox: see their own tests
NGED_CALLS = [(name, method) for namespace, name, method, _ in WALKED if namespace == "nged-api"]
SELLER_CALLS = [(name, method) for namespace, name, method, _ in WALKED if namespace == "seller-api"]
UNTOUCHED = [
    m for label in ("markets", "dispatch", "settlement", "sops") for m in apps.get_app_config(label).get_models()
]


@pytest.fixture
def world(world: World, make_competition: Any) -> World:
    """With a further competition that is open in market time."""
    now = world.market.now()
    make_competition("OPEN-1", opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=1))
    return world


def counts() -> dict[str, int]:
    """Rows of every table of ours, and the state of what can change."""
    rows = {model._meta.label: model.objects.count() for model in UNTOUCHED}
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(status || reason, ',' ORDER BY id) FROM markets_qualification")
        rows["decided"] = cursor.fetchone()[0]
    return rows


def test_every_address_has_its_case() -> None:
    assert {(name, method) for name, method in NGED_CALLS} == set(NGED)
    assert {(name, method) for name, method in SELLER_CALLS} == set(SELLER)


@pytest.mark.parametrize(("name", "method"), NGED_CALLS)
def test_the_right_token_of_nged_is_answered(name: str, method: str, nged: Machine, world: World) -> None:
    answer = NGED[name, method].send(nged, method, world)
    assert answer.status_code in (200, 201, 202), answer.content


@pytest.mark.parametrize(("name", "method"), SELLER_CALLS)
def test_the_right_token_of_a_seller_is_answered(name: str, method: str, trader: Machine, world: World) -> None:
    answer = SELLER[name, method].send(trader, method, world)
    assert answer.status_code in (200, 201), answer.content


@pytest.mark.parametrize(("name", "method"), NGED_CALLS)
def test_nobody_but_nged_is_let_in(
    name: str, method: str, world: World, trader: Machine, nged: Machine, token_of: Callable[..., Machine]
) -> None:
    case = NGED[name, method]
    case.address(world)  # what it is about is there before anything is counted
    other = Operator.objects.create(key="other", name="Another DSO", short_name="Other")
    revoked = token_of(operator=world.market.operator, is_sandbox=True)
    revoke_token(token=Token.objects.latest("pk"), by="tests", reason="lost")
    refused = [
        (Machine(), 401),
        (Machine("piclo_made-up"), 401),
        (revoked, 401),
        (trader, 403),
        (token_of(operator=other), 403),
        (token_of(operator=other, is_sandbox=True), 403),
    ]
    before = counts()
    for machine, status in refused:
        answer = case.send(machine, method, world)
        problem_of(answer, status)
        assert ("WWW-Authenticate" in answer) == (status == 401)
    assert counts() == before


@pytest.mark.parametrize(
    "whose", ["live token, mock market", "sandbox token, live market", "another operator's market"]
)
@pytest.mark.parametrize(("name", "method"), [call for call in NGED_CALLS if call[0] not in NO_MARKETS])
def test_markets_out_of_reach_are_not_there(
    name: str, method: str, whose: str, world: World, nged: Machine, token_of: Callable[..., Machine]
) -> None:
    if whose == "live token, mock market":
        nged = token_of(operator=world.market.operator)
    elif whose == "sandbox token, live market":
        with pgtrigger.ignore("markets.Market:mock_or_real_for_ever"):
            Market.objects.update(is_mock=False, clock_offset=timedelta())
    else:
        with pgtrigger.ignore("markets.Market:mock_or_real_for_ever"):
            Market.objects.update(operator=Operator.objects.create(key="other", name="Another DSO", short_name="Other"))
    before = counts()
    answer = NGED[name, method].send(nged, method, world)
    if name == "triggers":  # kept and alarmed, never dropped: but nobody is instructed
        problem_of(answer, 422)
        assert counts()["dispatch.Instruction"] == before["dispatch.Instruction"]
        return
    if name == "clock" and whose == "live token, mock market":
        problem_of(answer, 403)
    else:
        assert "for this token" in problem_of(answer, 404)["detail"]
    assert counts() == before
    assert not any(secret in answer.content.decode() for secret in world.secrets)


@pytest.mark.parametrize(("name", "method"), SELLER_CALLS)
def test_nobody_but_sellers_is_let_in(
    name: str, method: str, world: World, nged: Machine, trader: Machine, token_of: Callable[..., Machine]
) -> None:
    case = SELLER[name, method]
    case.address(world)
    revoked = token_of(seller=world.seller)
    revoke_token(token=Token.objects.latest("pk"), by="tests", reason="lost")
    before = counts()
    for machine, status in [(Machine(), 401), (revoked, 401), (nged, 403)]:
        problem_of(case.send(machine, method, world), status)
    Seller.objects.update(status=Seller.Status.SUSPENDED)
    problem_of(case.send(trader, method, world), 403)
    assert counts() == before


@pytest.mark.parametrize(("name", "method"), SELLER_CALLS)
def test_a_seller_sees_and_changes_its_own_rows_only(
    name: str, method: str, world: World, other_seller: Seller, token_of: Callable[..., Machine]
) -> None:
    stranger = token_of(seller=other_seller)
    SELLER[name, method].address(world)  # what it is about is there before anything is counted
    before = counts()
    answer = SELLER[name, method].send(stranger, method, world)
    assert not any(secret in answer.content.decode() for secret in world.secrets)
    if (name, method) == ("assets", "post"):  # whoever sends it registers an asset of its own
        assert Asset.objects.latest("pk").seller == other_seller
        return
    assert counts() == before
    if name in ("statement", "bid", "answer"):
        problem_of(answer, 404)
    elif method != "get":
        problem_of(answer, 422)
    elif name == "rules":
        assert answer.status_code == 200
    elif name == "competitions":
        assert [item["reference"] for item in answer.json()["items"]] == ["OPEN-1"]
    else:
        assert answer.json() == {"items": [], "next": None}


def test_the_secrets_are_what_the_owner_reads(world: World, trader: Machine, nged: Machine) -> None:
    """So that the search for them above can fail."""
    told = b"".join(SELLER[name, "get"].send(trader, "get", world).content for name in ("assets", "bids", "contracts"))
    told += SELLER["statement", "get"].send(trader, "get", world).content
    told += NGED["assets", "get"].send(nged, "get", world).content
    assert [secret for secret in world.secrets if secret not in told.decode()] == []


def test_an_unknown_market_is_answered_with_those_of_the_token_alone(nged: Machine, market: Market) -> None:
    """Whoever has nothing but a sandbox token learns where to begin, and nothing of the real markets."""
    real = Market.objects.create(operator=market.operator, key="nged-real", name="NGED real")
    detail = problem_of(nged.get(f"/api/nged/v1/assets?market={real.key}"), 404)["detail"]
    assert detail == f"There is no market 'nged-real' for this token. Its markets are: {market.key}."
