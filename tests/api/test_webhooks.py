"""An operator is called: what is new is told once, signed, again and again until it is taken, and only where it may be."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from markets.jobs import call_webhooks
from markets.models import Bid, Competition, JournalEntry, Market, Operator, Webhook, WebhookCall
from markets.operations import bids, posting, webhooks
from sops.steps.around import webhooks_failing
from tests.conftest import close, offer

from .conftest import Machine, problem_of
from .integrator import Integrator

pytestmark = pytest.mark.django_db
V1 = "/api/nged/v1"


def later(**passed: float) -> int:
    """Runs the job after some time."""
    with time_machine.travel(datetime.now(UTC) + timedelta(**passed)):
        return call_webhooks()


def test_new_bids_and_a_closed_competition_are_told_once_and_signed(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid
) -> None:
    assert call_webhooks() == 0  # sealed: before gate closure there is nothing to read, and nothing to tell
    close(market, competition)
    assert call_webhooks() == 2
    assert call_webhooks() == 0
    told = [Verifier(secret).verify(body, headers) for headers, body in program.heard]
    assert [(event["type"], event["data"]) for event in told] == [
        ("bids.changed", {"market": market.key, "after": 0, "position": 2}),
        ("competition.closed", {"market": market.key, "competition": competition.reference, "position": 2}),
    ]
    assert len(set(program.ids)) == 2
    headers, body = program.heard[0]
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(body.replace("bids", "bidz"), headers)


def test_nothing_of_a_bid_is_in_a_call(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid
) -> None:
    close(market, competition)
    call_webhooks()
    said = "".join(body for _, body in program.heard)
    assert [
        word for word in (bid.reference, bid.seller.name, "50.5", "250", "kw", "gbp", "sha256") if word in said
    ] == []


def test_only_what_is_new_is_told(
    program: Integrator, market: Market, competition: Competition, bid: Bid, nged: Machine
):
    close(market, competition)
    nged.get(f"{V1}/bids?market={market.key}")
    nged.post(f"{V1}/webhooks", {"url": program.url})
    assert call_webhooks() == 0


def test_events_that_nobody_asked_for_are_not_told(
    program: Integrator, market: Market, competition: Competition, bid: Bid, nged: Machine
) -> None:
    nged.post(f"{V1}/webhooks", {"url": program.url, "events": ["competition.closed"]})
    close(market, competition)
    assert call_webhooks() == 1
    assert json.loads(program.heard[0][1])["type"] == "competition.closed"


def test_a_sandbox_hears_of_mock_markets_alone_and_a_live_webhook_of_real_ones(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid
) -> None:
    Webhook.objects.update(is_sandbox=False, url="https://flex.example/live")
    close(market, competition)
    assert webhooks.note_news() == 0
    Webhook.objects.update(is_sandbox=True)
    assert webhooks.note_news() == 2


@pytest.mark.parametrize("status", [500, 404, 302, 429])
def test_what_is_not_taken_comes_again_under_the_same_id_in_the_order_of_events(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid, status: int
) -> None:
    close(market, competition)
    program.answers, program.headers = [status], {"Location": program.url}
    assert call_webhooks() == 1  # what follows waits behind it
    assert Webhook.objects.get().failing_since
    assert later(seconds=4) == 0
    assert later(seconds=6) == 2
    assert program.ids[0] == program.ids[1] != program.ids[2]
    [first] = {headers["webhook-signature"] for headers, _ in program.heard[:1]}
    assert first != program.heard[1][0]["webhook-signature"], "each try is signed with its own time"
    assert not Webhook.objects.get().failing_since
    assert set(WebhookCall.objects.values_list("status", flat=True)) == {"sent"}


def test_a_pause_that_the_other_side_asks_for_is_kept(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid
) -> None:
    close(market, competition)
    program.answers, program.headers = [503], {"Retry-After": "600"}
    call_webhooks()
    program.headers = {}
    assert later(seconds=500) == 0
    assert later(seconds=601) == 2


def test_who_is_down_for_days_is_given_up_becomes_a_case_and_can_be_called_again(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid
) -> None:
    close(market, competition)
    program.answers = [500] * 11  # the next event is tried at once when this one is given up
    tried, moment = 0, datetime.now(UTC)
    while WebhookCall.objects.filter(status="failed").count() == 0:
        with time_machine.travel(moment):
            tried += call_webhooks()
        moment += timedelta(hours=1)
    assert tried == 11
    assert timedelta(hours=70) < moment - datetime.now(UTC) < timedelta(hours=90)
    [given_up] = WebhookCall.objects.filter(status="failed")
    assert given_up.answer == "500"
    assert not webhooks_failing().exists()
    Webhook.objects.update(failing_since=timezone.now() - timedelta(minutes=61))
    assert webhooks_failing().exists()
    webhooks.resend_call(call=given_up, by="tests")
    with time_machine.travel(moment):
        assert call_webhooks() == 2
    assert program.ids[-1] != program.ids[0]
    assert given_up.event_id in program.ids[11:]
    assert not webhooks_failing().exists()


def test_nobody_there_and_a_slow_answer_are_failures_too(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid, monkeypatch: Any
) -> None:
    close(market, competition)
    monkeypatch.setattr(posting, "TIMEOUT", httpx.Timeout(0.2))
    program.wait = 0.5
    call_webhooks()
    assert "ReadTimeout" in WebhookCall.objects.earliest("pk").answer
    Webhook.objects.update(url=f"http://127.0.0.1:{free_port()}/")
    later(seconds=6)
    assert "ConnectError" in WebhookCall.objects.earliest("pk").answer


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_worker_that_dies_in_a_call_leaves_it_to_the_next(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid, monkeypatch: Any
) -> None:
    close(market, competition)
    with monkeypatch.context() as patch:
        patch.setattr("markets.operations.calls._record", killed)
        with pytest.raises(KeyboardInterrupt):
            call_webhooks()
    assert later(seconds=60) == 0
    assert later(minutes=6) == 2
    assert program.ids[0] == program.ids[1]


def killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_an_address_that_is_gone_is_called_no_more_until_a_person_says_so(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid
) -> None:
    close(market, competition)
    program.answers = [410]
    assert call_webhooks() == 1
    assert later(days=1) == 0
    assert webhooks_failing().exists()
    webhooks.start_webhook(webhook=Webhook.objects.get(), by="tests")
    assert later(days=1) == 1
    assert json.loads(program.heard[-1][1])["type"] == "competition.closed"


def test_while_one_waits_more_news_makes_no_second_call(
    secret: str, program: Integrator, market: Market, make_competition: Any, asset: Any, seller: Any
) -> None:
    Market.objects.update(feed_is_live=True)
    competition = make_competition()
    for _ in range(3):
        bids.place_bids(seller=seller, market=market, offers=[offer(competition.reference)], by="tests")
        webhooks.note_news()
    [call] = WebhookCall.objects.all()
    assert call.body["data"]["after"] == 0
    program.answers = [500]
    call_webhooks()  # it may have been heard after all: so what comes now is told by a call of its own
    bids.place_bids(seller=seller, market=market, offers=[offer(competition.reference)], by="tests")
    webhooks.note_news()
    webhooks.note_news()
    assert WebhookCall.objects.count() == 2


def test_both_secrets_sign_for_a_day_after_a_change(
    secret: str, program: Integrator, market: Market, competition: Competition, bid: Bid, nged: Machine
) -> None:
    fresh = nged.post(f"{V1}/webhooks/{Webhook.objects.get().pk}/secret").json()["secret"]
    close(market, competition)
    webhooks.note_news()
    program.answers = [204, 500]
    call_webhooks()
    for one in (secret, fresh):
        Verifier(one).verify(*reversed(program.heard[0]))
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        call_webhooks()
        Verifier(fresh).verify(*reversed(program.heard[-1]))
        with pytest.raises(WebhookVerificationError):
            Verifier(secret).verify(*reversed(program.heard[-1]))


def test_webhooks_are_listed_without_secret_and_removed(
    nged: Machine, token_of: Callable[..., Machine], market: Market
):
    url = "https://flex.example/piclo"
    made = nged.post(f"{V1}/webhooks", {"url": url}).json()
    problem_of(nged.post(f"{V1}/webhooks", {"url": url}), 409)
    [listed] = nged.get(f"{V1}/webhooks").json()["items"]
    assert made == listed | {"secret": made["secret"]}
    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in "".join(map(str, JournalEntry.objects.values_list("details", "subject", "actor")))
    other = Operator.objects.create(key="other", name="Another DSO", short_name="Other")
    for stranger in (token_of(operator=market.operator), token_of(operator=other, is_sandbox=True)):
        assert stranger.call("DELETE", f"{V1}/webhooks/{made['id']}").status_code in (403, 404)
        assert made["secret"] not in stranger.get(f"{V1}/webhooks").content.decode()
    assert nged.call("DELETE", f"{V1}/webhooks/{made['id']}").json() == {"removed": made["id"]}
    assert nged.get(f"{V1}/webhooks").json() == {"items": []}
    problem_of(nged.call("DELETE", f"{V1}/webhooks/{made['id']}"), 404)
    problem_of(nged.call("DELETE", f"{V1}/webhooks/{'9' * 30}"), 404)
