"""Reading a statement: the total, each line with its reason, and which version counts."""

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import Contract, Market, User
from settlement.models import SettlementLine, Statement

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
