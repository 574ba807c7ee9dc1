"""A seller's program is called with its instruction, beside the email: at once, signed, again until taken, never in its way."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from standardwebhooks import Webhook as Verifier

from dispatch.models import Instruction
from dispatch.worker import Worker
from markets.jobs import call_sellers, call_webhooks
from markets.models import Mail, Seller, Webhook, WebhookCall
from markets.operations import webhooks
from markets.problems import Refused
from markets.worker import Caller
from sops.steps.around import webhooks_failing
from tests.api.integrator import Integrator, listening

from .conftest import body, call
from .post_office import mailers, open_office, until

MORE_THAN_OVERDUE = timedelta(seconds=16)


@pytest.fixture
def program(settings: Any) -> Iterator[Integrator]:
    settings.DEBUG = True  # only in development is this machine called
    with listening() as program:
        yield program


@pytest.fixture
def secret(seller: Seller, program: Integrator) -> str:
    return webhooks.add_sellers_webhook(seller=seller, url=program.url, by="tests")[1]


def later(**passed: float) -> int:
    """Runs the sweep after some time."""
    with time_machine.travel(datetime.now(UTC) + timedelta(**passed)):
        return call_sellers()


@contextmanager
def calling() -> Iterator[None]:
    caller = Caller(at_once=6)
    thread = threading.Thread(target=caller.run)
    thread.start()
    try:
        yield
    finally:
        caller.stop()
        thread.join(30)
        assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_the_program_hears_within_about_a_second_what_the_email_says(
    receive: Any, secret: str, program: Integrator, seller: Seller
) -> None:
    with calling():
        receive(body(reference="T-0"))
        until(lambda: len(program.heard) == 1)
        receive(body())
        until(lambda: len(program.heard) == 2, seconds=1.5)
        until(lambda: not WebhookCall.objects.exclude(status="sent").exists())
    headers, said = program.heard[1]
    told = Verifier(secret).verify(said, headers)
    instruction = Instruction.objects.get(trigger__reference="T-1")
    assert (told["type"], headers["webhook-id"]) == ("instruction.created", f"msg_instruction_{instruction.reference}")
    assert told["data"].pop("url").endswith(f"/instructions/{instruction.reference}/")
    assert told["data"] == {
        "reference": instruction.reference,
        "trigger": "T-1",
        "revision": 1,
        "market": "nged-long-term-mock",
        "is_mock": True,
        "kind": "start",
        "product": "Dynamic",
        "zone": "CMZ_T9A_EM_0001",
        "contract": "",
        "asset": "",
        "capacity_kw": "50.5000",
        "starts_at": "2026-11-03T17:00:00Z",
        "ends_at": "2026-11-03T19:00:00Z",
    }


@pytest.mark.django_db(transaction=True)
def test_a_program_that_hangs_delays_no_email_and_no_other_program(
    receive: Any, secret: str, program: Integrator, seller: Seller, other_seller: Seller, settings: Any
) -> None:
    program.wait = 10
    with open_office() as (office, port), listening() as quick, calling():
        settings.MAILERS = mailers(port)
        webhooks.add_sellers_webhook(seller=other_seller, url=quick.url, by="tests")
        with sending():
            receive(body(reference="T-0"))
            until(lambda: len(office.accepted) == 1 and len(program.heard) == 1)
            for number in range(1, 6):
                receive(body(call(), call(company="Gridbeam Limited"), reference=f"T-{number}"))
                until(lambda number=number: len(office.accepted) == 1 + 2 * number, seconds=1)
                until(lambda number=number: len(quick.heard) == number, seconds=1.5)
        assert len(program.heard) == 2, "no more at once than two to one address"
        program.wait = 0


@contextmanager
def sending() -> Iterator[None]:
    worker = Worker(senders=2)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(15)


@pytest.mark.django_db
def test_only_its_own_seller_hears_and_a_seller_without_one_costs_no_question_more(
    receive: Any, seller: Seller, other_seller: Seller, program: Integrator
) -> None:
    with CaptureQueriesContext(connection) as without:
        receive(body())
    webhooks.add_sellers_webhook(seller=seller, url=program.url, by="tests")
    with CaptureQueriesContext(connection) as with_one:
        receive(body(reference="T-2"))
        receive(body(call(company="Gridbeam Limited"), reference="T-3"))
    assert len(with_one) == 2 * len(without)
    assert later(seconds=16) == 1
    assert [json.loads(said)["data"]["trigger"] for _, said in program.heard] == ["T-2"]


@pytest.mark.django_db
def test_a_repeat_is_not_told_and_a_revision_is(receive: Any, secret: str, program: Integrator) -> None:
    receive(body())
    receive(body())
    receive(body(call(capacity_kw=40), revision=2))
    later(seconds=16)
    assert [json.loads(said)["data"]["revision"] for _, said in program.heard] == [1, 2]


@pytest.mark.django_db
def test_what_is_not_taken_is_tried_soon_and_holds_nothing_up(receive: Any, secret: str, program: Integrator) -> None:
    program.answers = [500]
    receive(body())
    assert later(seconds=16) == 1
    receive(body(reference="T-2"))
    assert later(seconds=16) == 1, "the second does not wait behind the first"
    assert later(seconds=34) == 1
    assert program.ids[0] == program.ids[2] != program.ids[1]
    assert not Webhook.objects.get().failing_since


@pytest.mark.django_db
def test_given_up_it_is_a_case_and_the_emails_came(receive: Any, secret: str, program: Integrator) -> None:
    program.answers = [503] * 10
    receive(body())
    moment = timezone.now() + MORE_THAN_OVERDUE
    tries = 0
    while not WebhookCall.objects.filter(status="failed").exists():
        with time_machine.travel(moment):
            tries += call_sellers()
        moment += timedelta(hours=1)
    assert tries == 10
    assert Mail.objects.filter(notice__isnull=False).count() == 1
    Webhook.objects.update(failing_since=timezone.now() - timedelta(minutes=61))
    assert [str(webhook.owner) for webhook in webhooks_failing()] == ["Voltwise Energy Ltd"]


@pytest.mark.django_db
def test_an_operators_round_makes_no_call_of_a_seller(receive: Any, secret: str, program: Integrator) -> None:
    receive(body())
    assert call_webhooks() == 0
    assert program.heard == []


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["http://flex.example/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/"])
def test_an_address_of_our_own_network_is_none(seller: Seller, url: str) -> None:
    with pytest.raises(Refused):
        webhooks.add_sellers_webhook(seller=seller, url=url, by="tests")
    assert not Webhook.objects.exists()


@pytest.mark.django_db
def test_an_address_that_ends_while_a_trigger_comes_loses_no_instruction(receive: Any, secret: str) -> None:
    webhooks.remove_webhook(webhook=Webhook.objects.get(), by="tests")
    assert receive(body()).instructions
    assert not WebhookCall.objects.exists()
