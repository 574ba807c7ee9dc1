"""The short way of building a message says the same as the long one."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st

from markets.models import Mail
from markets.operations.letter import CALENDAR_FILE, letter

LONG_LINE = "x" * 1200
CALENDAR = "BEGIN:VCALENDAR\r\nSUMMARY:Kühl → 50 kW\r\nEND:VCALENDAR\r\n"


def mail(**changes: Any) -> Mail:
    values: dict[str, Any] = {
        "recipient": "night@sellers.example",
        "subject": "START | 50 kW",
        "text": "Deliver.\nFrom here.\n",
        "html": "<p>Deliver.</p>\n",
        "message_id": "<1@ours.example>",
        "headers": {"X-Piclo-Reference": "T-1"},
    }
    return Mail(**values | changes)


def read(raw: bytes) -> dict[str, Any]:
    """What a mail client sees."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    bodies = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    parts = {kind: content.replace("\r\n", "\n") for kind, content in bodies.items()}
    hidden = ("Date", "Content-Type", "MIME-Version", "Content-Transfer-Encoding")
    return {"parts": parts} | {name: str(value) for name, value in message.items() if name not in hidden}


def both(written: Mail) -> tuple[bytes, bytes]:
    """Our way, and Django's own."""
    ours = letter(written)
    theirs = EmailMultiAlternatives(written.subject, written.text, to=[written.recipient], headers=ours.extra_headers)
    if written.html:
        theirs.attach_alternative(written.html, "text/html")
    if written.calendar:
        theirs.attach(CALENDAR_FILE, written.calendar, "text/calendar")
    return ours.message(policy=SMTP).as_bytes(), theirs.message(policy=SMTP).as_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"subject": "Correction: START → 50 kW " * 8, "text": "Kühl – läuft\n", "html": "<p>→ Kühl</p>\n"},
        {"headers": {"X-Piclo-Reference": "Überlandwerk " * 12}},
        {"html": ""},
        {"recipient": "nacht@kühl.example"},
        {"text": LONG_LINE + "\n"},
        {"calendar": CALENDAR},
        {"calendar": CALENDAR, "subject": "Kühl"},
    ],
)
def test_a_client_sees_the_same_either_way(changes: dict[str, Any]) -> None:
    ours, theirs = both(mail(**changes))
    assert read(ours) == read(theirs)
    assert ours.count(b"\n") == ours.count(b"\r\n")


words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)


@given(words, words, words, words)
def test_whatever_is_written_arrives(subject: str, text: str, html: str, reference: str) -> None:
    written = mail(subject=subject, text=text + "\n", html=html + "\n", headers={"X-Piclo-Reference": reference})
    raw = letter(written).message(policy=SMTP).as_bytes()
    seen = read(raw)
    assert seen["parts"] == {"text/plain": written.text, "text/html": written.html}
    assert (seen["Subject"], seen["X-Piclo-Reference"]) == (subject, reference)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_a_calendar_goes_as_a_file_beside_both_bodies() -> None:
    message = message_from_bytes(letter(mail(calendar=CALENDAR)).message(policy=SMTP).as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    bodies, calendar = message.iter_parts()
    assert (message.get_content_type(), bodies.get_content_type()) == ("multipart/mixed", "multipart/alternative")
    assert (calendar.get_filename(), calendar.get_content_disposition()) == ("instruction.ics", "attachment")
    assert calendar["Content-Type"].params["method"] == "PUBLISH"
    assert calendar.get_payload(decode=True) == CALENDAR.encode()


def test_a_line_break_in_a_header_is_refused_not_sent() -> None:
    with pytest.raises(ValueError, match=r"newline|linefeed"):
        letter(mail(subject="x\nBcc: everyone@example.org")).message(policy=SMTP)
