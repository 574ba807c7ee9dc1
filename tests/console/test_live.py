"""Dispatch live: what became of each trigger, newest first, troubles in words, at the same cost for one seller and for 500."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import expect

from dispatch.models import Instruction, Match, Notice, Trigger
from dispatch.operations import Receipt, UnreadableTrigger, answer_instruction
from dispatch.rules.watched import seconds
from markets.models import DispatchContact, Mail, Market, Seller, User
from tests.browser.conftest import CHROMIUM, DESKTOP, Visit, browser_type_launch_args, visit  # noqa: F401
from tests.dispatch.conftest import body, call, receive  # noqa: F401

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10
ADDRESS = "/console/live/"
POLL = {"HX-Request": "true"}


def burst(market: Market, count: int, reference: str = "T-BURST") -> Trigger:
    """One trigger for so many sellers, each told, and every fifth silent for half an hour."""
    now = timezone.now()
    trigger = Trigger.objects.create(
        operator=market.operator,
        market=market,
        reference=reference,
        kind="start",
        raw=b"{}",
        content_sha256="",
        received_at=now,
    )
    sellers = Seller.objects.bulk_create(Seller(name=f"{reference} {i}") for i in range(count))
    contacts = DispatchContact.objects.bulk_create(
        DispatchContact(seller=seller, market=market, email=f"{seller.pk}@crowd.example") for seller in sellers
    )
    told = Instruction.objects.bulk_create(
        Instruction(
            trigger=trigger,
            market=market,
            seller=seller,
            kind="start",
        )
        for seller in sellers
    )
    mails = Mail.objects.bulk_create(
        Mail(recipient=contact.email, subject="START", text="-", lane="instruction", message_id=f"<{contact.pk}@x>")
        for contact in contacts
    )
    Notice.objects.bulk_create(
        Notice(instruction=instruction, mail=mail, contact=contact)
        for instruction, mail, contact in zip(told, mails, contacts, strict=True)
    )
    silent = [mail.pk for mail in mails[::5]]
    for keys, sent_at in ((silent, now - timedelta(minutes=30)), ([mail.pk for mail in mails], now)):
        Mail.objects.filter(pk__in=keys, status="ready").update(status="sent", sent_at=sent_at)
    Match.objects.bulk_create(Match(instruction=instruction) for instruction in told)
    return trigger


def asked(console: Client, address: str = ADDRESS, **headers: str) -> Any:
    return console.get(address, headers=headers)


def queries(console: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert asked(console, address).status_code == 200
    return len(captured)


def test_a_trigger_is_followed_from_its_receipt_to_its_match(console: Client, receive: Callable[..., Receipt], seller):  # noqa: F811
    receipt = receive(body())
    [told] = receipt.instructions
    at = receipt.trigger.received_at
    mails = Mail.objects.filter(notice__instruction=told)
    mails.update(status="sent", sent_at=at + timedelta(milliseconds=420), delivered_at=at + timedelta(seconds=2.5))
    answer_instruction(instruction=told, answer="confirmed", given_by="night@voltwise.example", by="tests")
    response = asked(console)
    page = response.content.decode()
    for said in ("T-1", "Voltwise Energy Ltd", "after 0.42 s", "after 2.50 s", "Median to sent"):
        assert said in page, said
    [row] = response.context["page_obj"]
    assert (row.sent.done, row.delivered.done, row.confirmed.done, row.matched.done) == (1, 1, 1, 0)
    assert row.troubles == ()
    assert dict(response.context["figures"]) == {
        "Mails sent today": "1",
        "Median to sent": "0.42 s",
        "Worst to sent": "0.42 s",
        "Unsent now": "0",
    }


def test_the_newest_come_first_and_troubles_in_words(console: Client, receive: Callable[..., Receipt], seller: Seller):  # noqa: F811
    declined = receive(body(reference="T-DECLINED")).instructions[0]
    answer_instruction(instruction=declined, answer="declined", reason="No power", given_by="a@b.example", by="tests")
    receive(body(call(company="Nobody we know"), reference="T-UNKNOWN"))
    back = receive(body(reference="T-BACK")).instructions[0]
    late = receive(body(reference="T-LATE")).instructions[0]
    given_up = receive(body(reference="T-FAILED")).instructions[0]
    Match.objects.create(instruction=receive(body(reference="T-OPEN")).instructions[0])
    now = timezone.now()
    Mail.objects.filter(notice__instruction=given_up).update(status="failed")
    Mail.objects.filter(notice__instruction=late).update(created_at=now - timedelta(seconds=6))
    Mail.objects.exclude(notice__instruction__in=[late, given_up]).update(status="sent", sent_at=now)
    Mail.objects.filter(notice__instruction=back).update(bounced_at=now)
    with pytest.raises(UnreadableTrigger):
        receive(b"{")
    receive(body(reference="T-FINE"))
    shown = [(row.reference, row.troubles) for row in asked(console, f"{ADDRESS}?troubles=1").context["page_obj"]]
    assert shown == [
        ("", ("Could not be read: nobody was instructed",)),
        ("T-OPEN", ("Not matched",)),
        ("T-FAILED", ("Mail given up",)),
        ("T-LATE", ("Mail unsent",)),
        ("T-BACK", ("Mail came back",)),
        ("T-UNKNOWN", ("Seller unknown",)),
        ("T-DECLINED", ("Declined",)),
    ]
    everything = asked(console)
    told = [row.reference for row in everything.context["page_obj"]]
    assert told == ["T-FINE", "", "T-OPEN", "T-FAILED", "T-LATE", "T-BACK", "T-UNKNOWN", "T-DECLINED"]
    assert "?troubles=1" in everything.content.decode(), "how many have trouble leads to them"
    assert "Mail came back" in everything.content.decode()


def test_a_burst_is_one_line_that_unfolds_into_pages_those_with_trouble_first(console: Client, market: Market):
    trigger = burst(market, 60)
    page = asked(console)
    [row] = page.context["page_obj"]
    assert row.troubles == ("12 without an answer in time", "60 not matched")
    assert "60 of 60" in page.content.decode()
    first = asked(console, f"{ADDRESS}?open={trigger.pk}")
    assert len(first.context["unfolded"]) == 50
    assert [instruction.is_overdue for instruction in first.context["unfolded"]][:13] == [True] * 12 + [False]
    assert "No answer in time" in first.content.decode()
    second = asked(console, f"{ADDRESS}?open={trigger.pk}&of=2")
    assert len(second.context["unfolded"]) == 10


def test_the_page_costs_the_same_for_ten_and_for_five_hundred_instructions(console: Client, market: Market):
    few = burst(market, 10, "T-FEW")
    at_ten = queries(console, f"{ADDRESS}?open={few.pk}")
    many = burst(market, 500, "T-MANY")
    assert queries(console, f"{ADDRESS}?open={many.pk}") == at_ten <= MOST_QUERIES


def test_the_page_costs_the_same_for_ten_and_for_a_thousand_triggers(
    console: Client,
    receive: Callable[..., Receipt],  # noqa: F811
    seller: Seller,
):
    def called(count: int) -> int:
        told = receive(body(reference=f"T-{count}")).instructions[0]
        rows = Trigger.objects.bulk_create(
            Trigger(
                **{name: getattr(told.trigger, name) for name in ("operator", "market", "kind", "raw", "received_at")},
                reference=f"T-{count}-{number}",
                content_sha256="-",
            )
            for number in range(count)
        )
        Instruction.objects.bulk_create(
            Instruction(trigger=row, market=told.market, seller=seller, kind="start") for row in rows
        )
        return queries(console, ADDRESS)

    at_ten = called(10)
    assert called(1000) == at_ten <= MOST_QUERIES


def test_what_has_not_changed_is_not_sent_again(console: Client, market: Market):
    trigger = burst(market, 2)
    address = f"{ADDRESS}?open={trigger.pk}"
    whole = asked(console, address)
    fragment = asked(console, address, **POLL)
    assert (fragment.status_code, fragment.headers["Vary"].count("HX-Request")) == (200, 1)
    assert "<html" in whole.content.decode()
    assert "<html" not in fragment.content.decode()
    seen = {"If-None-Match": fragment.headers["ETag"]}
    assert whole.context["version"] == fragment.context["version"], "the page itself is asked on from, not sent twice"
    again = asked(console, address, **POLL, **seen)
    assert (again.status_code, again.content) == (304, b"")
    told = trigger.instructions.order_by("-pk")[0]
    answer_instruction(instruction=told, answer="confirmed", given_by="a@b.example", by="tests")
    assert "Confirmed" in asked(console, address, **POLL, **seen).content.decode()


def test_tests_and_other_markets_are_left_out_as_asked(console: Client, receive: Any, seller: Seller, market: Market):  # noqa: F811
    receive(body(reference="T-REAL"))
    receive(body(reference="T-TEST", kind="test"))
    shown = {
        query: [row.reference for row in asked(console, ADDRESS + query).context["page_obj"]]
        for query in ("", "?tests=1", f"?market={market.key}", "?market=none", "?period=x&page=x&open=x&of=x&market=")
    }
    assert shown == {
        "": ["T-REAL"],
        "?tests=1": ["T-TEST", "T-REAL"],
        f"?market={market.key}": ["T-REAL"],
        "?market=none": [],
        "?period=x&page=x&open=x&of=x&market=": ["T-REAL"],
    }
    later = timezone.now() + timedelta(hours=2)
    with time_machine.travel(later):
        assert len(asked(console, f"{ADDRESS}?period=hour").context["page_obj"]) == 0
        assert len(asked(console, f"{ADDRESS}?period=day").context["page_obj"]) == 1


def test_only_customer_success_sees_it_and_finds_it_from_home(client: Client, console: Client, member: User):
    home = console.get("/console/").content.decode()
    assert home.count(f'href="{ADDRESS}"') >= 2, "on the page and in the sidebar"
    stranger = Client()
    assert stranger.get(ADDRESS).status_code == 302
    stranger.force_login(member)
    assert stranger.get(ADDRESS).status_code in (302, 403)


@pytest.mark.parametrize(
    ("took", "said"),
    [(0.4249, "0.42 s"), (14.06, "14.1 s"), (185, "3 min 5 s"), (7440, "2 h 4 min"), (3599.7, "1 h 0 min")],
)
def test_a_length_of_time_is_as_exact_as_matters(took: float, said: str):
    assert seconds(timedelta(seconds=took)) == said


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (apt-get install chromium)")
def test_the_page_shows_a_new_trigger_and_its_answer_by_itself(
    visit: Callable[..., Visit],  # noqa: F811
    colleague: User,
    receive: Callable[..., Receipt],  # noqa: F811
    seller: Seller,
):
    here = visit(DESKTOP)
    here.go(ADDRESS)
    here.page.get_by_label("Email").fill(colleague.email)
    here.page.get_by_label("Password").fill("a-long-password")
    here.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(here.page.get_by_text("No trigger came")).to_be_visible()
    told = receive(body(reference="T-NEW")).instructions[0]
    link = here.page.get_by_role("link", name="T-NEW", exact=True)
    expect(link).to_be_visible()
    expect(here.page.get_by_text("Live: it updates by itself")).to_be_visible()
    link.focus()
    answer_instruction(instruction=told, answer="declined", reason="No power", given_by="a@b.example", by="tests")
    expect(here.page.get_by_text("Declined", exact=False).first).to_be_visible()
    expect(here.page.get_by_role("status").filter(has_text="1 with trouble")).to_be_attached()
    expect(link).to_be_focused()
    here.check()
