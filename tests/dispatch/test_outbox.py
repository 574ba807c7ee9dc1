"""The outbox against a real mail server: what is claimed, sent, refused, tried again, and recorded."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dispatch.jobs import sweep_instructions
from markets.jobs import send_ordinary_mail
from markets.models import Mail, MailAttempt
from markets.operations import mail

from .post_office import DROP, PostOffice, free_port, mailers, open_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with open_office() as (office, port):
        settings.MAILERS = mailers(port)
        yield office


def queued(number: int = 1, lane: str = "ordinary") -> list[Mail]:
    return mail.queue(
        [
            Mail(
                lane=lane,
                recipient=f"r{n}@sellers.example",
                subject="Straße",
                text="Hello – text",
                html="<p>Hello – html</p>",
            )
            for n in range(number)
        ]
    )


def due_now() -> None:
    """Ends all pauses and claims."""
    Mail.objects.update(not_before=timezone.now() - timedelta(seconds=1), claimed_until=None)


def test_ordinary_mail_leaves_in_both_forms_over_one_connection(office: PostOffice) -> None:
    mails = queued(3)
    assert send_ordinary_mail() == 3
    assert office.connections == 1
    message = office.accepted[0]
    assert (message["To"], message["Subject"], message["Message-ID"]) == (
        "r0@sellers.example",
        "Straße",
        mails[0].message_id,
    )
    assert [part.get_content().strip() for part in message.iter_parts()] == ["Hello – text", "<p>Hello – html</p>"]  # type: ignore[attr-defined]
    assert {m.status for m in Mail.objects.all()} == {"sent"}
    assert [(a.outcome, a.finished_at >= a.started_at) for a in MailAttempt.objects.all()] == [("accepted", True)] * 3
    assert send_ordinary_mail() == 0


def test_a_message_that_is_put_off_is_tried_again_after_a_growing_pause(office: PostOffice) -> None:
    [sent] = queued()
    office.script = ["451 later", "451 later", "250 ok"]
    pauses = []
    for _ in range(3):
        due_now()
        send_ordinary_mail()
        sent.refresh_from_db()
        pauses.append((sent.not_before - sent.attempts.last().finished_at).total_seconds())
    assert pauses[:2] == [1, 2]
    assert [a.outcome for a in sent.attempts.all()] == ["deferred", "deferred", "accepted"]
    assert sent.attempts.first().answer.startswith("SMTPDataError: (451")
    assert (sent.status, len(office.accepted)) == ("sent", 1)
    assert office.accepted[0]["Message-ID"] == sent.message_id


def test_a_message_refused_for_good_is_given_up(office: PostOffice) -> None:
    [refused, other] = queued(2)
    office.script = ["554 no such mailbox"]
    send_ordinary_mail()
    refused.refresh_from_db()
    other.refresh_from_db()
    assert (refused.status, refused.attempts.get().outcome) == ("failed", "refused")
    assert other.status == "sent"


def test_a_connection_closed_in_mid_message_is_opened_again(office: PostOffice) -> None:
    queued(2)
    office.script = [DROP]
    send_ordinary_mail()
    assert (len(office.accepted), office.connections) == (1, 2)
    due_now()
    send_ordinary_mail()
    assert {m.status for m in Mail.objects.all()} == {"sent"}


def test_a_kept_connection_that_died_while_idle_costs_no_attempt(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(mail, "IDLE_SECONDS", -1)
    port = free_port()
    settings.MAILERS = mailers(port)
    with mail.Line() as line:
        for _ in range(2):
            with open_office(port) as (office, _port):
                [one] = queued()
                mail.send_all([one], line)
                assert len(office.accepted) == 1
    assert {a.outcome for a in MailAttempt.objects.all()} == {"accepted"}


def test_no_mail_server_at_all_only_defers(settings: Any) -> None:
    settings.MAILERS = mailers(free_port())
    queued(2)
    send_ordinary_mail()
    assert {m.status for m in Mail.objects.all()} == {"ready"}
    assert all("ConnectionRefusedError" in a.answer for a in MailAttempt.objects.all())


def test_a_claimed_mail_is_nobody_elses_until_the_claim_runs_out(office: PostOffice) -> None:
    queued(2)
    assert len(mail.claim(lane="ordinary", at_most=1)) == 1
    assert len(mail.claim(lane="ordinary", at_most=10)) == 1
    assert mail.claim(lane="ordinary", at_most=10) == []
    Mail.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert len(mail.claim(lane="ordinary", at_most=10)) == 2
    assert mail.claim(lane="instruction", at_most=10) == []


def test_the_oldest_due_is_claimed_first() -> None:
    first, _, third = queued(3)
    Mail.objects.filter(pk=third.pk).update(not_before=first.not_before - timedelta(minutes=1))
    assert [m.pk for m in mail.claim(lane="ordinary", at_most=2)] == [third.pk, first.pk]


def test_a_second_delivery_of_the_same_mail_is_counted(office: PostOffice) -> None:
    """Two workers sent it, since the first one's claim ran out."""
    [sent] = queued()
    with mail.Line() as line:
        for attempt in [line.send(sent), line.send(sent)]:
            mail.record_attempt(attempt)
    sent.refresh_from_db()
    assert sent.status == "sent"
    assert sent.attempts.filter(outcome="accepted").count() == 2


def test_a_late_failure_does_not_undo_that_another_sent_it(office: PostOffice) -> None:
    [sent] = queued()
    office.script = ["451 later"]
    with mail.Line() as line:
        deferred, accepted = line.send(sent), line.send(sent)
        mail.record_attempt(accepted)
        mail.record_attempt(deferred)
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_nothing_is_begun_when_the_claim_is_nearly_over(office: PostOffice, monkeypatch: Any) -> None:
    monkeypatch.setattr(mail, "LATEST_START", timedelta(seconds=-1))
    queued(2)
    send_ordinary_mail()
    assert office.tried == 0
    assert Mail.objects.filter(status="ready", claimed_until__gt=timezone.now()).count() == 2


def test_the_sweep_sends_what_the_worker_left_and_nothing_younger(office: PostOffice) -> None:
    old, young = queued(2, lane="instruction")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE markets_mail SET created_at = now() - interval '20 seconds' WHERE id = %s", [old.pk])
    assert sweep_instructions() == 1
    assert [m["To"] for m in office.accepted] == [old.recipient]
    young.refresh_from_db()
    assert young.status == "ready"


def test_a_mail_queued_once_stands_once() -> None:
    def alarm() -> Mail:
        return Mail(
            lane="instruction", recipient="a@b.example", subject="x", text="y", message_id="<alarm-1@b.example>"
        )

    mail.queue([alarm()], once=True)
    mail.queue([alarm()], once=True)
    assert Mail.objects.count() == 1


def test_to_record_an_attempt_again_adds_nothing(office: PostOffice) -> None:
    [sent] = queued()
    with mail.Line() as line:
        attempt = line.send(sent)
    mail.record_attempt(attempt)
    mail.record_attempt(attempt)
    assert sent.attempts.count() == 1


def test_after_the_database_was_away_only_claims_that_it_still_knows_are_sent(office: PostOffice) -> None:
    first, kept, lost, taken = queued(4)

    def record(attempt: MailAttempt) -> bool:
        """The database comes back without one claim, and another worker has taken a third mail."""
        mail.record_attempt(attempt)
        Mail.objects.filter(pk=lost.pk).update(claimed_until=None)
        Mail.objects.filter(pk=taken.pk).update(claimed_until=timezone.now() + timedelta(seconds=9))
        return attempt.mail_id == first.pk

    with mail.Line() as line:
        mail.send_all(mail.claim(lane="ordinary", at_most=4), line, record=record)
    assert [message["Message-ID"] for message in office.accepted] == [first.message_id, kept.message_id]
