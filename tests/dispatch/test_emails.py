"""What stands in a seller's mailbox: text and HTML of every kind."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from dispatch.models import Kind
from dispatch.operations.alarms import alarm_unsent
from markets.models import Mail, Seller

from .conftest import alarms, body, call, instruction_mails

pytestmark = pytest.mark.django_db

FROM = "Tuesday 3 November 2026, 17:00 GMT (17:00 UTC)"
UNTIL = "Tuesday 3 November 2026, 19:00 GMT (19:00 UTC)"
SAID = {
    "start": ["deliver 50.5 kW", "If that time has passed, start at once."],
    "change": ["to 50.5 kW", "Change your delivery to 50.5 kW from then on."],
    "stop": ["stop delivering", "If you have not started, do not start."],
    "emergency_stop": ["stop delivering NOW", "Whatever was instructed before, stop now."],
    "cancel": ["do not deliver", "NGED has cancelled this call."],
    "test": ["nothing to deliver", "Do nothing with your assets."],
}
"""What a kind says whatever else it says. Headlines are compared without their capitals: text shouts, HTML is large."""
TIMES = {"start": (FROM, UNTIL), "change": (FROM, UNTIL), "cancel": (FROM, UNTIL), "stop": (UNTIL,)}


class Words(HTMLParser):
    """The words that a page shows, its links, and whether each tag that was opened is closed again."""

    VOID = ("meta", "br")
    UNSEEN = ("style", "title")

    def __init__(self, html: str):
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in self.UNSEEN:
            self.found.append(data)

    def __str__(self) -> str:
        return one_line(" ".join(self.found))


def one_line(text: str) -> str:
    """As a person reads it, whose eye takes a line's end for a space."""
    return re.sub(r"\s+([.,])", r"\1", " ".join(text.split()))


@pytest.mark.parametrize("kind", Kind.values)
def test_each_kind_says_in_text_and_html_what_to_do_when_and_where(receive: Any, seller: Seller, kind: str) -> None:
    receive(body(kind=kind))
    [mail] = instruction_mails()
    words = Words(mail.html)
    assert words.open == []
    text, page = one_line(mail.text), str(words)
    for said in [*SAID[kind], "CMZ_T9A_EM_0001", "NGED T-1", "NGED long-term (mock)", "+44 20 7946 0000", seller.name]:
        assert said.lower() in text.lower()
        assert said.lower() in page.lower()
    for at in TIMES.get(kind, ()):
        day, clock, utc = re.fullmatch(r"(.+), (.+) \((.+)\)", at).groups()
        assert at in text
        assert f"{clock} {day} {utc}" in page
    link, *further = words.links
    assert link in mail.text.splitlines()
    assert further == ["tel:+442079460000"]
    assert "MOCK MARKET, a rehearsal: nothing of it is real." in text
    assert "Mock market, a rehearsal: nothing of it is real." in page
    if kind != "test":
        assert "We are still matching it to your contract" in text
        assert "act on this message now." in page


@pytest.mark.parametrize("kind", Kind.values)
def test_nothing_is_left_blank_where_the_trigger_says_little(receive: Any, seller: Seller, kind: str) -> None:
    little = call() | {"ends_at": None} if kind in ("start", "change") else {"company": seller.name}
    receive(body({name: value for name, value in little.items() if value}, kind=kind))
    [mail] = instruction_mails()
    assert "None" not in mail.text + mail.html + mail.subject
    assert "\n\n\n" not in mail.text.rstrip("\n")
    if kind in ("start", "change"):
        assert "Until:      you receive a stop" in mail.text
    if kind == "stop":
        assert "STOP delivering at once" in mail.text


def test_nothing_of_the_contract_stands_in_it(receive: Any, contract: Any) -> None:
    receive(body(call(contract=contract.reference)))
    [mail] = instruction_mails()
    assert contract.reference not in mail.text + mail.html
    assert "250" not in mail.text  # its price


def test_machines_find_what_they_need_in_the_headers(receive: Any, seller: Seller) -> None:
    [instruction] = receive(body()).instructions
    [mail] = instruction_mails()
    assert mail.headers == {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Reply-To": "oncall@piclo.example",
        "X-Piclo-Capacity-kW": "50.5000",
        "X-Piclo-Ends": "2026-11-03T19:00:00Z",
        "X-Piclo-Instruction": instruction.reference,
        "X-Piclo-Kind": "start",
        "X-Piclo-Market": "nged-long-term-mock",
        "X-Piclo-Mock": "yes",
        "X-Piclo-Reference": "T-1",
        "X-Piclo-Revision": "1",
        "X-Piclo-Starts": "2026-11-03T17:00:00Z",
        "X-Piclo-Zone": "CMZ_T9A_EM_0001",
        "X-Priority": "1",
        "Importance": "high",
    }
    receive(body(kind="test", reference="T-2"))
    assert "X-Priority" not in instruction_mails()[1].headers


def test_what_follows_hangs_below_the_first_message_in_each_mailbox(
    receive: Any, seller: Seller, other_seller: Seller
) -> None:
    receive(body(call(), call(company=other_seller.name)))
    receive(body(call(capacity_kw=40), revision=2))  # it leaves the other one out
    first, others, corrected, cancelled = instruction_mails()
    for mail in (first, others):
        assert not {"In-Reply-To", "References"} & mail.headers.keys()
    assert corrected.headers["In-Reply-To"] == corrected.headers["References"] == first.message_id
    assert cancelled.headers["References"] == others.message_id
    assert len({mail.message_id for mail in (first, others, corrected, cancelled)}) == 4


def test_names_from_outside_cannot_become_markup(receive: Any, seller: Seller) -> None:
    receive(body(call(account="<b>&"), zone="<script>alert(1)</script>"))
    [mail] = instruction_mails()
    assert "<script>" not in mail.html
    assert "Where:      <script>alert(1)</script>" in mail.text
    assert "account <b>&" in str(Words(mail.html))


def test_the_subject_alone_says_what_to_do(receive: Any, seller: Seller) -> None:
    receive(body(call(starts_at="2026-07-03T17:00:00Z", ends_at=None)))
    receive(body(kind="emergency_stop", reference="T-2", zone=None))
    start, emergency = [mail.subject for mail in instruction_mails()]
    assert start == "MOCK | START | 50.5 kW | CMZ_T9A_EM_0001 | Fri 3 Jul 18:00 BST | NGED T-1"
    assert emergency == "MOCK | EMERGENCY STOP | NGED T-2"


def test_an_unsent_instruction_alarms_on_call_once_with_what_the_server_said(receive: Any, seller: Seller) -> None:
    receive(body())
    assert alarm_unsent(by="tests") == 0  # it has only just been queued
    [mail] = instruction_mails()
    Mail.objects.filter(pk=mail.pk).update(status="failed")
    mail.attempts.create(
        started_at=mail.created_at, finished_at=mail.created_at, outcome="refused", answer="550 no mailbox"
    )
    assert alarm_unsent(by="tests") == 1
    assert alarm_unsent(by="tests") == 0
    [alarm] = alarms()
    assert "did not reach dispatch+owner@voltwise.example" in alarm.subject
    assert "550 no mailbox" in alarm.text
    assert "START: deliver 50.5 kW" in str(Words(alarm.html))
