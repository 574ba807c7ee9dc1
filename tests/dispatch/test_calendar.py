"""The entry of a calendar that goes with an instruction: read as a calendar reads it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from dispatch.rules.ics import MOST_OCTETS, Entry, calendar
from markets.models import Mail, Seller

from .conftest import body, call, instruction_mails


def event_of(mail: Mail) -> Event:
    [event] = Calendar.from_ical(mail.calendar).walk("VEVENT")
    return event


@pytest.mark.django_db
def test_one_entry_goes_through_call_correction_and_cancellation(receive: Any, seller: Seller) -> None:
    receive(body())
    receive(body(call(capacity_kw=40, ends_at=None), revision=2))
    receive(body(kind="cancel", revision=3))
    called, corrected, cancelled = map(event_of, instruction_mails())
    assert called["SUMMARY"] == "MOCK: Deliver 50.5 kW (NGED T-1)"
    assert called.start == datetime(2026, 11, 3, 17, tzinfo=UTC)
    assert called.end == datetime(2026, 11, 3, 19, tzinfo=UTC)
    assert called["STATUS"] == "CONFIRMED"
    assert len(called.walk("VALARM")) == 1
    assert corrected["SUMMARY"] == "MOCK: Deliver 40 kW until a stop, end not known (NGED T-1)"
    assert "DTEND" not in corrected
    assert (cancelled["STATUS"], cancelled.walk("VALARM")) == ("CANCELLED", [])
    assert called["UID"] == corrected["UID"] == cancelled["UID"]
    assert [event["SEQUENCE"] for event in (called, corrected, cancelled)] == [1, 2, 3]


@pytest.mark.django_db
def test_a_stop_at_a_known_time_takes_the_place_and_one_at_once_takes_it_out(receive: Any, seller: Seller) -> None:
    receive(body())
    receive(body(kind="stop", revision=2))
    receive(body({"company": seller.name}, kind="stop", revision=3))
    _, known, at_once = map(event_of, instruction_mails())
    assert known["SUMMARY"] == "MOCK: STOP delivering (NGED T-1)"
    assert known.start == datetime(2026, 11, 3, 19, tzinfo=UTC)
    assert at_once["STATUS"] == "CANCELLED"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["emergency_stop", "test"])
def test_what_must_be_done_now_or_not_at_all_is_no_entry(receive: Any, seller: Seller, kind: str) -> None:
    receive(body(kind=kind))
    [mail] = instruction_mails()
    assert mail.calendar == ""


@pytest.mark.django_db
def test_whoever_shares_the_calendar_gives_away_no_link(receive: Any, seller: Seller) -> None:
    receive(body())
    [mail] = instruction_mails()
    assert "http" not in mail.calendar.replace("\r\n ", "")


@given(
    summary=st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" ,;:\\"), max_size=200),
    description=st.lists(st.text(st.characters(exclude_categories=("C", "Z")), max_size=90), max_size=4).map("\n".join),
)
def test_every_text_is_read_back_as_it_was(summary: str, description: str) -> None:
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    written = calendar(Entry("u@ours.example", 1, at, at, None, summary, description, "CMZ_1", "flex@ours.example"))
    assert all(len(line.encode()) <= MOST_OCTETS for line in written.split("\r\n"))
    [read] = Calendar.from_ical(written).walk("VEVENT")
    assert (str(read["SUMMARY"]), str(read["DESCRIPTION"])) == (summary, description)
    assert read.start == at
