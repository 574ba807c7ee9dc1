"""The home says what needs a person now; the search finds every noun by a reference; the panel leads onward."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dispatch.models import Instruction, Match, Notice, Trigger
from markets.models import Mail, MailAttempt, Seller
from markets.operations.clock import move_clock
from markets.operations.people import invite_seller

from .crowd import crowd

MOST_QUERIES = 15


def queries(console: Client, url: str, **query: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        assert console.get(url, query).status_code == 200
    return len(counted)


def totals(console: Client) -> dict[str, int]:
    return {need.title: need.total for need in console.get(reverse("admin:index")).context["needs"]}


def test_an_empty_service_needs_nobody(console: Client) -> None:
    page = console.get(reverse("admin:index"))
    assert set(totals(console).values()) == {0}
    assert "Open cases: none" in page.content.decode()


def test_home_tells_what_waits(console: Client, market: Any, make_competition: Any, seller: Any) -> None:
    now = timezone.now()
    invite_seller(name="Tidewatt", email="a@tidewatt.example", by="tests")
    noon = timezone.localtime(now + timedelta(days=2)).replace(hour=12, minute=0)
    make_competition("TODAY-1", closes_at=noon + timedelta(hours=11))
    make_competition("LATER-1", closes_at=noon + timedelta(hours=13))
    move_clock(market=market, to=noon, by="tests")
    mail = Mail.objects.order_by("pk").first()
    Mail.objects.filter(pk=mail.pk).update(status="failed")
    trigger = Trigger.objects.create(
        operator=market.operator,
        market=market,
        reference="TR-1",
        kind="start",
        raw=b"{}",
        content_sha256="",
        received_at=now,
    )
    Trigger.objects.create(operator=market.operator, raw=b"?", content_sha256="", problem="No JSON.", received_at=now)
    late = now - timedelta(hours=2)
    told = Instruction.objects.create(trigger=trigger, market=market, seller=seller, kind="start", created_at=late)
    Instruction.objects.create(trigger=trigger, market=market, seller=seller, kind="start", created_at=now)
    sent = Mail.objects.create(recipient="a@b.example", subject="START", text="-", message_id="<told@x>")
    Mail.objects.filter(pk=sent.pk).update(status="sent", sent_at=late)
    Notice.objects.create(instruction=told, mail=sent, contact=seller.dispatch_contacts.get())
    Match.objects.create(instruction=told)
    assert totals(console) == {
        "Open cases": 0,
        "Instructions without an answer": 1,
        "Instructions not matched": 1,
        "Triggers that could not be read": 1,
        "Mail given up": 1,
        "Competitions closing today": 1,
        "Settlement runs to approve": 0,
        "Sellers to verify": 1,
        "Asked to join": 0,
        "Accounts to link": 0,
        "Discrepancies": 0,
        "MPAN clashes": 0,
    }


def test_each_need_leads_to_its_list(console: Client) -> None:
    """The list behind a need shows what the need counted, and no error."""
    crowd(2)
    shown = console.get(reverse("admin:index")).context["needs"]
    assert {need.title for need in shown if need.total == 2 and need.oldest_at} >= {
        "Asked to join",
        "Accounts to link",
        "Discrepancies",
        "MPAN clashes",
    }
    for need in shown:
        listed = console.get(need.url)
        assert listed.status_code == 200, need.title
        assert listed.context["cl"].result_count >= need.total, need.title


def test_home_asks_the_same_few_queries_however_much_waits(console: Client) -> None:
    crowd(3)
    few = queries(console, reverse("admin:index"))
    crowd(27, since=3)
    assert queries(console, reverse("admin:index")) == few <= MOST_QUERIES


@pytest.mark.parametrize(
    ("term", "noun"),
    [
        ("{bid}", "Bid"),
        ("{contract}", "Contract"),
        ("{seller_lower}", "Seller"),
        ("COMP-1", "Competition"),
        ("TR-1", "Trigger"),
        ("1100000000018", "Asset"),
        ("person1@crowd.example", "User"),
        ("box1@crowd.example", "Dispatch contact"),
        ("INV-1", "Invoice line"),
        ("CMZ_1", "Zone"),
    ],
)
def test_search_finds_a_noun_by_its_reference(console: Client, term: str, noun: str) -> None:
    crowd(2)
    seller = Seller.objects.get(name="Seller 1")
    seller.assets.update(import_meter_id="1100000000018")
    bid = seller.bids.get()
    words = {"bid": bid.reference, "contract": bid.contract.reference, "seller_lower": seller.name.lower()}
    found = console.get(reverse("admin:find"), {"q": term.format(**words)}).context["found"]
    assert noun in [hit.noun for hit in found]
    hit = next(hit for hit in found if hit.noun == noun)
    assert console.get(hit.url).status_code == 200


def test_search_is_one_query_and_an_exact_reference_comes_first(console: Client) -> None:
    crowd(12)
    assert queries(console, reverse("admin:find"), q="1") <= MOST_QUERIES
    found = console.get(reverse("admin:find"), {"q": "COMP-1"}).context["found"]
    assert found[0].title == "COMP-1"
    assert "COMP-11" in [hit.title for hit in found]


def test_the_palette_finds_the_same(console: Client, bid: Any) -> None:
    answer = console.get(reverse("admin:search"), {"s": bid.reference, "extended": "1"})
    assert reverse("admin:markets_bid_change", args=[bid.pk]) in answer.content.decode()


def test_the_panel_leads_backward_and_forward(console: Client, contract: Any, bid: Any, competition: Any) -> None:
    page = console.get(reverse("admin:markets_bid_change", args=[bid.pk]))
    panel = page.context["neighbours"]
    backward, forward = {link.label for link in panel.backward}, {link.label: link for link in panel.forward}
    assert {f"Competition: {competition}", f"Seller: {bid.seller}"} <= backward
    assert forward["Bid lines"].count == "1"
    assert forward["Contract"].url == reverse("admin:markets_contract_change", args=[contract.pk])
    for link in (*panel.backward, *panel.forward):
        assert console.get(link.url).status_code == 200, link.label
    listed = console.get(forward["Bid changes"].url).context["cl"].result_count
    assert str(listed) == forward["Bid changes"].count


def test_the_panel_does_not_count_beyond_its_limit(console: Client) -> None:
    mail = Mail.objects.create(recipient="a@b.example", subject="x", text="", message_id="<1>")
    now = timezone.now()
    MailAttempt.objects.bulk_create(
        MailAttempt(mail=mail, started_at=now, finished_at=now, outcome="deferred") for _ in range(150)
    )
    page = console.get(reverse("admin:markets_mail_change", args=[mail.pk]))
    [link] = page.context["neighbours"].forward
    assert link.count == "more than 100"


def test_the_history_of_a_record_is_its_part_of_the_journal(console: Client, seller: Any) -> None:
    page = console.get(reverse("admin:markets_seller_history", args=[seller.pk]), follow=True)
    verbs = {entry.verb for entry in page.context["cl"].result_list}
    assert "verify_seller" in verbs
    assert {entry.subject_id for entry in page.context["cl"].result_list} == {seller.pk}
