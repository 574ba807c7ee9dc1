"""On-call hears of it, by mail and by a call to their address: what was not sent in a minute, and what came back."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from standardwebhooks import Webhook as Signer

from dispatch.jobs import sweep_instructions
from dispatch.models import Instruction
from markets.jobs import call_oncall, call_webhooks
from markets.models import DispatchContact, JournalEntry, Mail, MailAttempt, MailEvent, Market, Seller, WebhookCall
from markets.operations import calls, mail
from markets.operations.alarm_calls import remove_alarm_address, set_alarm_address
from markets.operations.posting import Answer
from markets.problems import Refused
from sops.steps.dispatch import instructions_not_sent, mailboxes_that_bounce

from .conftest import alarms, body, instruction_mails
from .post_office import PostOffice, mailers, open_office

pytestmark = pytest.mark.django_db
PAGER = "https://pager.example/flex"
SECRET = "provider:long-and-random"


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with open_office() as (office, port):
        settings.MAILERS = mailers(port)
        yield office


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was posted; every address answers 200."""
    posted: list[dict[str, Any]] = []

    def post(**call: Any) -> Answer:
        posted.append(call)
        return Answer(200, "", None)

    monkeypatch.setattr(calls, "post", post)
    return posted


@pytest.fixture
def secret(market: Market, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("markets.operations.webhooks.refuse_inner", lambda *_, **__: None)  # no name is looked up
    return set_alarm_address(market=market, url=PAGER, by="tests")


def age(seconds: int) -> None:
    """Makes all mail so much older."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE markets_mail SET created_at = now() - make_interval(secs => %s)", [seconds])


def all_workers_dead_and_nothing_is_lost(receive: Any, office: PostOffice) -> None:
    """Many triggers, no worker at all: after 15 s the sweep alone has them all sent, each once."""
    for number in range(25):
        receive(body(reference=f"T-{number}"))
    age(16)
    sweep_instructions()
    assert sorted(m["X-Piclo-Reference"] for m in office.accepted) == sorted(f"T-{n}" for n in range(25))
    assert not Mail.objects.filter(notice__isnull=False).exclude(status="sent").exists()
    assert MailAttempt.objects.count() == 25


def test_the_sweep_alone_sends_everything(receive: Any, seller: Seller, office: PostOffice) -> None:
    all_workers_dead_and_nothing_is_lost(receive, office)


def test_the_same_test_fails_when_the_sweep_is_broken(
    receive: Any, seller: Seller, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.jobs.OVERDUE_SECONDS", 3600)
    with pytest.raises(AssertionError):
        all_workers_dead_and_nothing_is_lost(receive, office)


def test_unsent_after_a_minute_is_mailed_by_the_second_provider_and_called(
    receive: Any, seller: Seller, office: PostOffice, called: list[Any], secret: str, market: Market
) -> None:
    office.script = ["451 later"] * 3
    receive(body())
    age(61)
    sweep_instructions()
    [alarm] = alarms()
    assert (alarm.recipient, alarm.first_provider) == (market.oncall_email, "second")
    [call] = called
    assert call["url"] == PAGER
    told = Signer(secret).verify(call["content"], call["headers"])
    assert told["type"] == "dispatch.alarm"
    assert f"instruction {Instruction.objects.get()} did not reach" in told["data"]["headline"]
    assert any("451" in sentence for sentence in told["data"]["sentences"])
    age(61)
    sweep_instructions()
    assert (len(alarms()), len(called), WebhookCall.objects.count()) == (1, 1, 1)


def test_an_unreadable_trigger_calls_too_and_at_once(
    receive: Any, called: list[Any], secret: str, market: Market
) -> None:
    with pytest.raises(Refused):
        receive(b"{}")
    assert OrmQ.objects.count() == 1  # the job cluster is woken by the commit
    assert call_webhooks() == 0  # the operators' round leaves it alone
    assert call_oncall() == 1
    assert "unreadable" in json.loads(called[0]["content"])["data"]["headline"]


def test_an_address_on_our_own_network_is_refused(market: Market, settings: Any) -> None:
    settings.DEBUG = False
    for url in ("https://127.0.0.1/x", "https://10.0.0.8/x", "http://pager.example/x", "http://127.0.0.1:9/x"):
        with pytest.raises(Refused):
            set_alarm_address(market=market, url=url, by="tests")
    settings.DEBUG = True
    set_alarm_address(market=market, url="http://127.0.0.1:9/x", by="tests")  # a mock market, in development
    remove_alarm_address(market=market, by="tests")
    assert not JournalEntry.objects.filter(details__icontains="whsec_").exists()


def test_the_operator_neither_sees_nor_hears_it(
    client: Client, market: Market, nged_token: str, secret: str, called: list[Any], bid: Any
) -> None:
    told = client.get("/api/nged/v1/webhooks", headers={"Authorization": f"Bearer {nged_token}"})
    assert told.json() == {"items": []}
    assert (call_webhooks(), call_oncall(), called) == (0, 0, [])


# What providers tell


@pytest.fixture
def told(client: Client, settings: Any) -> Any:
    """Posts an event as Postmark does."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}

    def tell(kind: str, letter: Mail, secret: str = SECRET, **more: Any) -> int:
        event = {
            "RecordType": kind,
            "MessageID": f"pm-{letter.pk}",
            "Metadata": {"mail": str(letter.pk)},
            "DeliveredAt": "2026-11-03T17:00:00Z",
            "ReceivedAt": "2026-11-03T17:00:05Z",
            "BouncedAt": "2026-11-03T17:00:09Z",
        }
        event |= {"Recipient": letter.recipient, "Email": letter.recipient, "Type": "HardBounce", "ID": 7}
        auth = base64.b64encode(secret.encode()).decode()
        answer = client.post(
            "/mail-events/postmark/tracking/",
            json.dumps(event | more),
            content_type="application/json",
            headers={"Authorization": f"Basic {auth}"},
        )
        return answer.status_code

    return tell


@pytest.fixture
def sent(receive: Any, seller: Seller) -> Mail:
    """An instruction's mail that a provider accepted, under a key of its own."""
    receive(body())
    [letter] = instruction_mails()
    now = timezone.now()
    mail.record_attempt(
        MailAttempt(mail=letter, started_at=now, finished_at=now, outcome="accepted", provider_key=f"pm-{letter.pk}")
    )
    return letter


def test_the_mail_shows_how_far_it_came(told: Any, sent: Mail) -> None:
    assert [told(kind, sent) for kind in ("Delivery", "Delivery", "Open")] == [200] * 3
    sent.refresh_from_db()
    assert f"{sent.delivered_at:%H:%M:%S}" == "17:00:00"
    assert sent.opened_at is not None
    assert list(sent.events.values_list("kind", flat=True)) == ["delivered", "opened"]
    assert (sent.status, alarms()) == ("sent", [])


def test_a_bounce_alarms_at_once_by_mail_and_call_and_is_a_case(
    told: Any, sent: Mail, called: list[Any], secret: str, market: Market, client: Client, customer_success: Any
) -> None:
    assert told("Bounce", sent, Details="smtp; 550 5.1.1 no such user") == 200
    assert told("Bounce", sent) == 200  # told twice
    [alarm] = alarms()
    assert "no such user" in alarm.text
    assert call_oncall() == 1
    assert "came back" in json.loads(called[0]["content"])["data"]["sentences"][1]
    contact = DispatchContact.objects.get()
    DispatchContact.objects.update(verified_at="2026-01-01T00:00Z")
    assert list(mailboxes_that_bounce()) == [contact]
    Instruction.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert instructions_not_sent().count() == 1
    client.force_login(customer_success)
    assert "Came back" in client.get("/console/markets/mail/").content.decode()


def test_a_mended_mailbox_is_no_case_any_more(told: Any, sent: Mail, receive: Any) -> None:
    DispatchContact.objects.update(verified_at="2026-01-01T00:00Z")
    told("Bounce", sent)
    receive(body(reference="T-2"))
    later = instruction_mails()[-1]
    told("Delivery", later, DeliveredAt="2026-11-03T18:00:00Z")  # known by our own key: no attempt is recorded yet
    later.refresh_from_db()
    assert later.delivered_at is not None
    assert not mailboxes_that_bounce().exists()


def test_nothing_is_taken_without_the_secret(told: Any, sent: Mail, settings: Any) -> None:
    assert told("Bounce", sent, secret="provider:guessed") == 400
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert told("Bounce", sent) == 404
    assert not MailEvent.objects.exists()


def test_a_mail_of_another_site_on_the_same_account_is_not_ours(told: Any, sent: Mail) -> None:
    assert (
        told("Bounce", sent, MessageID="pm-elsewhere", Recipient="x@elsewhere.example", Email="x@elsewhere.example")
        == 200
    )
    assert told("Bounce", sent, MessageID="pm-elsewhere", Metadata={}) == 200
    assert not MailEvent.objects.exists()
