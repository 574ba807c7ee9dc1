"""Reading a statement: the total, each line with its reason, and which version counts."""

import csv

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from markets.models import Contract, Market, User
from settlement.models import LineQuery, SettlementLine, Statement
from settlement.operations import answer_query

from .conftest import issued
from .markup import faults
from .test_cost import queries

pytestmark = pytest.mark.django_db


def shown_by(browser: Client, statement: Statement) -> str:
    response = browser.get(reverse("settlement:statement", args=[statement.reference]))
    assert faults(response) == []
    return response.content.decode()


def test_a_line_says_what_was_asked_delivered_and_why_it_pays(statement: Statement, browser_of_member: Client):
    shown = shown_by(browser_of_member, statement)
    for said in (
        "December 2026",
        "£24.88",
        "Mon 7 Dec 2026, 16:00 – 18:00 GMT",
        "50.5 kW",
        "98.5 %",
        "99.5 kWh",
        "−120 kWh",
        "−20.5 kWh",
        "Utilisation: 98.5 % was delivered.",
        "it had by Fri 15 Jan 2027",
    ):
        assert said in shown, said


def test_a_later_version_is_pointed_to_and_says_why(
    statement: Statement, market: Market, contract: Contract, approver: User, browser_of_member: Client
):
    later = issued(market, contract, approver, version=2, reason="Readings came late.")
    assert f'A later version replaces this one: <a href="/statements/{later}/">' in shown_by(
        browser_of_member, statement
    )
    assert "Why there is a version 2: Readings came late." in shown_by(browser_of_member, later)
    listed = browser_of_member.get("/statements/").context["object_list"]
    assert list(listed) == [later, statement]


def test_lines_of_other_sellers_of_the_same_run_are_not_shown(
    statement: Statement, contract: Contract, other_seller, browser_of_member: Client
):
    line = SettlementLine.objects.get()
    assert line.seller_id != other_seller.pk
    assert [shown.pk for shown in browser_of_member.get(f"/statements/{statement}/").context["lines"]] == [line.pk]


def test_a_statement_costs_the_same_for_every_number_of_lines(statement: Statement, browser_of_member: Client):
    assert queries(browser_of_member, f"/statements/{statement}/") <= 12
    assert queries(browser_of_member, "/statements/") <= 12


def test_no_statement_is_said(seller, browser_of_member: Client):
    assert "No statement yet" in browser_of_member.get("/statements/").content.decode()


def test_a_line_is_queried_and_the_answer_stands_beside_it(
    statement: Statement, approver: User, browser_of_member: Client
):
    line = SettlementLine.objects.get()
    address = reverse("settlement:query", args=[statement.reference, line.pk])
    assert address in shown_by(browser_of_member, statement)
    refused = browser_of_member.post(address, {"text": ""})
    assert refused.status_code == 422
    assert "what you would expect" in refused.content.decode()
    file = SimpleUploadedFile("meter.csv", b"17:00,30")
    sent = browser_of_member.post(address, {"text": "We stopped <early>.", "file": file}, follow=True)
    assert "Customer success has it" in sent.content.decode()
    query = LineQuery.objects.get()
    handed_out = browser_of_member.get(reverse("settlement:query-file", args=[query.reference]))
    assert b"".join(handed_out.streaming_content) == b"17:00,30"
    assert handed_out.headers["Content-Disposition"] == 'attachment; filename="meter.csv"'
    answer_query(query=query, outcome="corrected", answer="You are right.", by=approver)
    shown = shown_by(browser_of_member, statement)
    for said in ("We stopped &lt;early&gt;.", "To be corrected by a further version", "You are right."):
        assert said in shown


def test_a_viewer_may_not_query(statement: Statement, viewer: User, signed_in):
    address = reverse("settlement:query", args=[statement.reference, SettlementLine.objects.get().pk])
    assert signed_in(viewer).post(address, {"text": "Why?"}).status_code == 403
    assert address not in shown_by(signed_in(viewer), statement)


def test_a_statement_is_taken_away_as_csv_and_as_the_same_pdf_each_time(
    statement: Statement, browser_of_member: Client
):
    sent = browser_of_member.get(reverse("settlement:statement-csv", args=[statement.reference]))
    [row] = csv.DictReader(b"".join(sent.streaming_content).decode("utf-8-sig").splitlines())
    assert (row["Delivered [kWh]"], row["Total [GBP]"], row["Starts (UTC)"]) == (
        "99.5000",
        "24.88",
        "2026-12-07T16:00:00+00:00",
    )
    address = reverse("settlement:statement-pdf", args=[statement.reference])
    first, second = (browser_of_member.get(address) for _ in range(2))
    content = b"".join(first.streaming_content)
    assert content.startswith(b"%PDF-")
    assert content == b"".join(second.streaming_content)
    assert first.headers["Content-Disposition"] == f'attachment; filename="statement-{statement}.pdf"'
