"""Where an operator may be called: on the open internet, said when the address is given and judged again at each call."""

import socket
from typing import Any

import pytest

from markets.jobs import call_webhooks
from markets.models import Bid, Competition, Market, Webhook, WebhookCall
from markets.operations.webhooks import add_webhook
from markets.problems import Refused
from tests.conftest import close

from .conftest import Machine, problem_of

pytestmark = pytest.mark.django_db
V1 = "/api/nged/v1"


@pytest.mark.parametrize(
    "url",
    [
        "http://flex.example/",
        "https://user:word@flex.example/",
        "https://flex.example/#part",
        "http://127.0.0.1:8000/",
        "ftp://flex.example/",
        "https://flex.example:99999/",
        "flex",
    ],
)
def test_addresses_that_are_not_taken(url: str, nged: Machine) -> None:
    problem_of(nged.post(f"{V1}/webhooks", {"url": url}), 422)
    assert not Webhook.objects.exists()


INNER = [
    *("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "[::1]", "[::ffff:10.0.0.1]", "100.64.0.1", "0.0.0.0"),
    *("127.1", "2130706433", "0x7f.1", "localhost", "LOCALHOST.", "any.localhost"),
]


@pytest.mark.parametrize("place", INNER)
def test_an_address_on_our_own_network_is_refused_when_it_is_given(place: str, market: Market) -> None:
    with pytest.raises(Refused, match=r"not on the open internet.* Send one that can be reached from outside"):
        add_webhook(operator=market.operator, is_sandbox=True, url=f"https://{place}/", by="tests")


def test_the_integrator_is_told_so(nged: Machine) -> None:
    told = problem_of(nged.post(f"{V1}/webhooks", {"url": "https://10.0.0.1/piclo"}), 422)["detail"]
    assert told.startswith("10.0.0.1 is not on the open internet: it is not called.")


@pytest.mark.parametrize("place", ["127.0.0.1", "[::ffff:10.0.0.1]"])
def test_no_call_reaches_our_own_network_either(place: str, market: Market, competition: Competition, bid: Bid) -> None:
    add_webhook(operator=market.operator, is_sandbox=True, url="https://flex.example/", by="tests")
    Webhook.objects.update(url=f"https://{place}/")
    close(market, competition)
    call_webhooks()
    assert "not on the open internet" in WebhookCall.objects.earliest("pk").answer


def test_a_name_that_leads_home_is_not_called(
    market: Market, competition: Competition, bid: Bid, monkeypatch: Any
) -> None:
    add_webhook(operator=market.operator, is_sandbox=True, url="https://flex.example/", by="tests")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.1.2.3", 443))])
    close(market, competition)
    call_webhooks()
    assert "10.1.2.3" in WebhookCall.objects.earliest("pk").answer


def test_a_real_markets_webhook_never_calls_this_machine(settings: Any, market: Market) -> None:
    settings.DEBUG = True
    with pytest.raises(Refused):
        add_webhook(operator=market.operator, is_sandbox=False, url="http://127.0.0.1:9/", by="tests")
