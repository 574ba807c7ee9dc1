"""The worker, as a thread and as a process, against a real mail server: nothing lost, whatever breaks in between."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from dispatch.worker import Worker
from markets.models import Mail, MailAttempt, Market, Seller
from markets.operations import mail

from .conftest import body, call
from .post_office import HANG, PostOffice, mailers, open_office, until

pytestmark = pytest.mark.django_db(transaction=True)
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with open_office() as (office, port):
        settings.MAILERS = mailers(port)
        office.port = port  # type: ignore[attr-defined]
        yield office


@contextmanager
def running(senders: int = 2) -> Iterator[Worker]:
    worker = Worker(senders=senders)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(15)
        assert not thread.is_alive()


@contextmanager
def process(office: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py instructions`, as it is run for real."""
    database = connection.settings_dict
    host = str(database["HOST"]).replace("/", "%2F")
    place = f"{database['USER']}:{database['PASSWORD']}@{host}:{database['PORT'] or 5432}/{database['NAME']}"
    options = {"host": "127.0.0.1", "port": office.port, "timeout": 5}
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{place}",
        "MAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "MAIL_OPTIONS": json.dumps(options),
    }
    command = [sys.executable, "-m", "django", "instructions", "--senders", "1", "--settings", "piclo_nged.settings"]
    started = subprocess.Popen(command, env=environment, cwd=PROJECT)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.kill()
        started.wait(10)


def all_sent() -> bool:
    return not Mail.objects.filter(lane="instruction").exclude(status="sent").exists()


def test_an_instruction_arrives_well_within_a_second(receive: Any, seller: Seller, office: PostOffice) -> None:
    with running():
        receive(body(reference="T-0"))
        until(lambda: len(office.accepted) == 1)
        receive(body())
        until(lambda: len(office.accepted) == 2, seconds=1)
        until(all_sent)
    message = office.accepted[1]
    assert message["X-Piclo-Reference"] == "T-1"
    assert message["To"] == "dispatch+owner@voltwise.example"
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert message["Message-ID"] == Mail.objects.get(headers__contains={"X-Piclo-Reference": "T-1"}).message_id


def test_many_sellers_are_told_once_each_by_two_workers_at_once(
    receive: Any, make_seller: Any, office: PostOffice
) -> None:
    for number in range(30):
        make_seller(f"Seller {number}", f"s{number}@sellers.example")
    with running(), running():
        receive(body(*[call(company=f"Seller {number}") for number in range(30)]))
        until(lambda: len(office.accepted) >= 30)
        until(all_sent)
    assert sorted(m["To"] for m in office.accepted) == sorted(f"dispatch+s{n}@sellers.example" for n in range(30))
    assert MailAttempt.objects.count() == 30


def test_put_off_twice_it_arrives_in_the_end(
    receive: Any, seller: Seller, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PAUSES", [0])
    office.script = ["421 too busy", "451 later"]
    with running():
        receive(body())
        until(lambda: len(office.accepted) == 1)
        until(all_sent)
    assert list(MailAttempt.objects.values_list("outcome", flat=True)) == ["deferred", "deferred", "accepted"]


def test_a_worker_killed_while_sending_loses_nothing(receive: Any, seller: Seller, office: PostOffice) -> None:
    office.script = [HANG]
    receive(body())
    with process(office) as first:
        assert office.arrived.wait(20)
        first.kill()
        first.wait()
    left = Mail.objects.get(lane="instruction")
    assert (left.status, left.attempts.count()) == ("ready", 0)
    assert left.claimed_until is not None
    Mail.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))  # the claim runs out
    with process(office):
        until(lambda: len(office.accepted) == 1)
        until(all_sent)
    assert office.accepted[0]["Message-ID"] == left.message_id


def test_told_to_stop_it_ends_what_it_began_and_goes(receive: Any, seller: Seller, office: PostOffice) -> None:
    with process(office) as worker:
        receive(body())
        until(all_sent)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0


def test_it_goes_on_when_the_database_drops_its_connections(
    receive: Any, market: Market, seller: Seller, office: PostOffice
) -> None:
    with running():
        receive(body())
        until(all_sent)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            assert cursor.fetchone()[0] >= 2  # the listener, and a sender at least
        receive(body(reference="T-2"))
        until(lambda: len(office.accepted) == 2)
        until(all_sent)
    assert [m["X-Piclo-Reference"] for m in office.accepted] == ["T-1", "T-2"]


def test_what_was_accepted_is_recorded_even_if_the_database_is_away_for_a_moment(
    receive: Any, seller: Seller, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, failures = mail.record_attempt, [OperationalError("away"), OperationalError("away")]

    def flaky(attempt: MailAttempt) -> None:
        if failures:
            raise failures.pop()
        record(attempt)

    monkeypatch.setattr(mail, "record_attempt", flaky)
    with running():
        receive(body())
        until(all_sent)
    assert len(office.accepted) == 1
    assert MailAttempt.objects.get().outcome == "accepted"
