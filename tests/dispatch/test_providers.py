"""Two mail providers: no instruction waits for the first alone, and none is sent on where that is no use."""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from markets.models import Mail
from markets.operations import mail, providers

from .post_office import HANG, PostOffice, free_port, mailers, open_office

pytestmark = pytest.mark.django_db
type Offices = tuple[PostOffice, PostOffice]


@pytest.fixture
def offices(settings: Any) -> Iterator[Offices]:
    """The first provider, and the second."""
    with open_office() as (first, port), open_office() as (second, other_port):
        settings.MAILERS = mailers(port, timeout=0.5) | {"second": mailers(other_port)["default"]}
        yield first, second


def queued(**more: Any) -> Mail:
    values = {"lane": "instruction", "recipient": "r@sellers.example", "subject": "START", "text": "t", "html": "<p>"}
    return mail.queue([Mail(**values | more)])[0]


@pytest.fixture
def tried() -> Iterator[Callable[[Mail], list[tuple[str, str]]]]:
    """Makes a sender try a mail until it is sent or given up; gives the provider and outcome of each attempt."""
    with mail.Line() as line:

        def tried(letter: Mail) -> list[tuple[str, str]]:
            for _ in range(8):
                Mail.objects.update(not_before=timezone.now())
                if not mail.send_due(lane="instruction", line=line, at_most=1):
                    break
            return list(letter.attempts.values_list("provider", "outcome"))

        yield tried


def test_after_two_failures_the_second_provider_has_its_turn(offices: Offices, tried: Any) -> None:
    first, second = offices
    first.script = ["451 later"] * 9
    assert tried(queued()) == [("default", "deferred"), ("default", "deferred"), ("second", "accepted")]
    assert (first.tried, len(second.accepted)) == (2, 1)


def test_both_failing_take_turns(offices: Offices, tried: Any) -> None:
    first, second = offices
    first.script, second.script = ["451 later"] * 2, ["451 later"] * 2
    assert [name for name, _ in tried(queued())] == ["default", "default", "second", "second", "default"]
    assert len(first.accepted) == 1


def test_a_provider_that_hangs_is_passed_over_by_the_next_mail(
    offices: Offices, tried: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "FAILING_SECONDS", 0.4)
    first, second = offices
    first.script = [HANG]
    hanging, later = queued(), queued(recipient="later@sellers.example")
    began = monotonic()
    assert tried(hanging) == [("default", "deferred"), ("second", "accepted")]
    assert list(later.attempts.values_list("provider", "outcome")) == [("second", "accepted")]
    assert monotonic() - began < 3
    monkeypatch.setattr(providers, "ASKED_AGAIN_SECONDS", 0)
    assert tried(queued()) == [("default", "accepted")]
    assert len(second.accepted) == 2


@pytest.mark.parametrize(
    ("refusal", "outcome", "asked"),
    [
        ("550 5.1.1 no such user", "failed", 0),  # true wherever it is sent from
        ("554 5.7.1 we do not like your sender", "sent", 1),
        ("554 looks like spam", "sent", 1),
    ],
)
def test_a_refusal_for_good_goes_on_only_where_it_may_be_about_us(
    offices: Offices, tried: Any, refusal: str, outcome: str, asked: int
) -> None:
    first, second = offices
    first.script = [refusal]
    letter = queued()
    tried(letter)
    letter.refresh_from_db()
    assert (letter.status, second.tried, letter.attempts.first().outcome) == (outcome, asked, "refused")


def test_refused_by_both_it_is_given_up_and_may_be_sent_again(
    offices: Offices, tried: Any, customer_success: Any
) -> None:
    for office in offices:
        office.script = ["554 looks like spam"]
    letter = queued()
    assert tried(letter) == [("default", "refused"), ("second", "refused")]
    letter.refresh_from_db()
    assert letter.status == "failed"
    mail.resend(mail=letter, by=customer_success)
    assert tried(letter)[2:] == [("default", "accepted")]


def test_an_alarm_asks_the_second_provider_first(offices: Offices, tried: Any, settings: Any) -> None:
    _first, second = offices
    assert tried(queued(first_provider="second")) == [("second", "accepted")]
    second.script = ["451 later"] * 2
    assert tried(queued(first_provider="second"))[-1] == ("default", "accepted")
    del settings.MAILERS["second"]
    assert tried(queued(first_provider="second")) == [("default", "accepted")]


def test_a_server_that_answers_a_little_at_a_time_does_not_outlast_the_claim(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("markets.operations.smtp.WHOLE_SECONDS", 0.6)
    with open_office() as (office, port):
        settings.MAILERS = mailers(port, timeout=5)
        office.script = [HANG]
        began = monotonic()
        with mail.Line() as line:
            attempt = line.send(queued())
        assert (attempt.outcome, monotonic() - began < 2) == ("deferred", True)


def test_nobody_listens_at_the_first(settings: Any, tried: Any) -> None:
    with open_office() as (second, port):
        settings.MAILERS = mailers(free_port()) | {"second": mailers(port)["default"]}
        assert tried(queued())[-1] == ("second", "accepted")
        assert len(second.accepted) == 1
