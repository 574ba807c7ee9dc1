"""The canary goes the whole way: HTTP, database, worker, mail server; and health says so, or says what broke."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from dispatch import jobs
from dispatch.models import Instruction, Match, Notice, Trigger
from dispatch.operations import canary, forget_canaries, match_open, prepare_canary, receive_trigger
from markets.models import DispatchContact, JournalEntry, Mail, MailAttempt, Market, Operator, Seller, Token
from markets.operations import mail
from piclo_nged.dso.nged.triggers import read_trigger
from sops.steps.dispatch import instructions_not_sent, instructions_to_chase

from .conftest import alarms, body
from .post_office import PostOffice, mailers, open_office

LATE = timedelta(minutes=10)


@pytest.fixture
def office(settings: Any, operator: Operator) -> Iterator[PostOffice]:
    prepare_canary(by="tests")
    with open_office() as (office, port):
        settings.MAILERS = mailers(port)
        yield office


def flown(live_server: Any, settings: Any) -> str:
    """Sends one to the running site, as the job does."""
    settings.SITE_URL = live_server.url
    return jobs.send_canary()


def mailed() -> None:
    """What the worker does."""
    with mail.Line() as line:
        mail.send_due(lane="instruction", line=line, at_most=10)


def health(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/health/dispatch")
    return answer.status_code, answer.json()


@pytest.mark.django_db(transaction=True)
def test_it_goes_the_whole_way_and_health_knows(
    live_server: Any, settings: Any, office: PostOffice, client: Client
) -> None:
    assert health(client) == (200, health(client)[1])  # prepared a moment ago
    reference = flown(live_server, settings)
    assert health(client)[1]["unsent"]["mails"] == 1
    mailed()
    [message] = office.accepted
    assert (message["X-Piclo-Reference"], message["To"]) == (reference, settings.CANARY_MAILBOX)
    status, told = health(client)
    assert (status, told["status"], told["unsent"]["mails"]) == (200, "ok", 0)
    assert 0 < told["canary"]["seconds"] < 60


@pytest.mark.django_db(transaction=True)
def test_its_token_opens_nothing_else_and_no_other_opens_its_door(
    live_server: Any, settings: Any, office: PostOffice, market: Market, nged_token: str, monkeypatch: Any
) -> None:
    own = {"Authorization": f"Bearer {canary._whole_token()}"}
    for path in ("/api/nged/v1/dispatch/triggers", "/api/v1/instructions"):
        assert (
            httpx.request("POST" if "triggers" in path else "GET", live_server.url + path, headers=own).status_code
            == 403
        )
    door = live_server.url + "/api/canary/dispatch/triggers"
    theirs = {"Authorization": f"Bearer {nged_token}"}
    assert httpx.post(door, json=body(), headers=theirs).status_code == 403
    settings.SECRET_KEY = "another"
    assert "401" in flown(live_server, settings)
    prepare_canary(by="tests")  # as every start does
    flown(live_server, settings)
    assert Token.objects.filter(operator__key="canary", revoked_at=None).count() == 1


@pytest.fixture
def arrived(office: PostOffice, receive: Any) -> Instruction:
    """A canary that arrived, without the way over HTTP."""
    return _received("CANARY-1")


def _received(reference: str) -> Instruction:
    sent = body({"company": canary.NAME}, market="canary", reference=reference, kind="test")
    receipt = receive_trigger(
        operator=Operator.objects.get(key="canary"),
        token=None,
        raw=json.dumps(sent).encode(),
        read=read_trigger,
        by="t",
    )
    mailed()
    return receipt.instructions[0]


def aged(instruction: Instruction) -> None:
    Instruction.objects.filter(pk=instruction.pk).update(created_at=timezone.now() - LATE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        ("job", "No canary was received since"),
        ("worker", "no provider has accepted"),
        ("mailbox", "came back"),
        ("all", "No canary was ever received"),
    ],
)
def test_health_fails_when_any_part_of_the_way_is_broken(
    arrived: Instruction, client: Client, break_it: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert health(client)[0] == 200
    aged(arrived)
    if break_it == "worker":
        with monkeypatch.context() as broken:
            broken.setattr(mail, "claim", lambda **_: [])
            _received("CANARY-2")
    if break_it == "mailbox":
        _received("CANARY-2")
        Mail.objects.filter(headers__contains={"X-Piclo-Reference": "CANARY-2"}).update(bounced_at=timezone.now())
    if break_it == "all":
        Notice.objects.all().delete()
        Token.objects.update(created_at=timezone.now() - LATE)
    status, told = health(client)
    assert (status, told["status"]) == (503, "failing")
    assert says in told["problem"]


@pytest.mark.django_db
def test_health_fails_where_the_sweep_alone_sends(arrived: Instruction, client: Client) -> None:
    Mail.objects.update(sent_at=timezone.now() + timedelta(seconds=60))
    status, told = health(client)
    assert (status, "do the workers run" in told["problem"]) == (503, True)


@pytest.mark.django_db
def test_where_the_provider_tells_accepted_is_not_yet_arrived(
    arrived: Instruction, client: Client, settings: Any
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": "name:password"}
    settings.MAILERS = {"default": {"BACKEND": "anymail.backends.test.EmailBackend"}}
    aged(arrived)
    Token.objects.update(created_at=timezone.now() - LATE)
    status, told = health(client)
    assert (status, "is not delivered" in told["problem"]) == (503, True)
    Instruction.objects.update(created_at=timezone.now())
    Mail.objects.update(delivered_at=timezone.now())
    assert health(client)[0] == 200


@pytest.mark.django_db
def test_it_is_nobodys_figure_case_or_alarm(
    arrived: Instruction, client: Client, customer_success: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "claim", lambda **_: [])
    _received("CANARY-2")  # it stays unsent
    client.force_login(customer_success)
    Instruction.objects.update(created_at=timezone.now() - LATE)
    Mail.objects.update(created_at=timezone.now() - LATE)
    assert not instructions_not_sent().exists()
    assert not instructions_to_chase().exists()
    assert match_open(market=arrived.market, by="tests") == 0
    assert not Match.objects.exists()
    jobs.sweep_instructions()
    assert alarms() == []
    for page in ("dispatch/trigger", "dispatch/instruction", "dispatch/notice", "markets/mail"):
        shown = client.get(f"/console/{page}/").content.decode()
        assert "CANARY-1" not in shown
    assert client.get(f"/console/dispatch/instruction/{arrived.pk}/change/").status_code == 200


@pytest.mark.django_db
def test_old_ones_are_forgotten_and_nothing_else(arrived: Instruction, receive: Any, seller: Seller) -> None:
    real = receive(body()).trigger
    mailed()
    with canary.pgtrigger.ignore("dispatch.Trigger:append_only"):
        Trigger.objects.update(received_at=timezone.now() - timedelta(days=30))
    entries = JournalEntry.objects.count()
    assert forget_canaries(by="tests") == 1
    assert list(Trigger.objects.all()) == [real]
    assert (Mail.objects.filter(notice__isnull=False).count(), MailAttempt.objects.count()) == (1, 1)
    assert JournalEntry.objects.count() == entries  # its own entry went, that of forgetting came
    assert forget_canaries(by="tests") == 0


@pytest.mark.django_db
def test_preparing_again_changes_nothing_and_another_mailbox_takes_its_place(operator: Operator, settings: Any) -> None:
    first = prepare_canary(by="tests")
    before = JournalEntry.objects.count()
    assert prepare_canary(by="tests") == first
    assert JournalEntry.objects.count() == before
    settings.CANARY_MAILBOX = "sink@provider.example"
    prepare_canary(by="tests")
    assert DispatchContact.objects.get(market=first).email == "sink@provider.example"
    assert Seller.objects.get(name=canary.NAME).status == "suspended"
