"""Calendars of a market: made, changed, planned ahead by market time, and never twice."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from markets.jobs import plan_auctions
from markets.models import Auction, AuctionCalendar, JournalEntry, Market
from markets.operations import calendars, clock
from markets.operations.calendars import PLANNED, change_calendar, make_calendar, terms_of
from markets.problems import Refused
from markets.rules.spans import LONDON
from tests.rules.markets.test_calendar import DAILY, WEEK_AHEAD

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily(market: Market) -> AuctionCalendar:
    return make_calendar(market=market, name="Daily", terms=DAILY, by="tests")


def today(market: Market) -> date:
    return market.now().astimezone(LONDON).date()


def test_a_calendar_plans_the_coming_weeks_once(market: Market, daily: AuctionCalendar) -> None:
    assert daily.auctions.count() == PLANNED.days + 1
    assert terms_of(daily) == DAILY
    entries = JournalEntry.objects.count()
    assert plan_auctions() == 0
    assert JournalEntry.objects.count() == entries
    first = daily.auctions.order_by("first_day").first()
    assert first is not None
    assert first.first_day == today(market)


def test_auctions_follow_the_clock_of_the_market(market: Market, daily: AuctionCalendar) -> None:
    clock.move_clock(market=market, to=market.now() + timedelta(days=10), by="tests")
    last = daily.auctions.order_by("-first_day").first()
    assert last is not None
    assert last.first_day == today(market) + PLANNED


def test_changed_terms_count_for_what_is_not_due_for_publication_yet(market: Market, daily: AuctionCalendar) -> None:
    published = set(Auction.objects.passed("published_by").values_list("pk", "closes_at"))
    changed = change_calendar(calendar=daily, terms=replace(DAILY, closes_local=time(11)), by="tests")
    assert published <= set(changed.auctions.values_list("pk", "closes_at"))
    later = changed.auctions.exclude(pk__in=[pk for pk, _ in published])
    assert {a.closes_at.astimezone(LONDON).time() for a in later} == {time(11)}
    assert changed.auctions.count() == PLANNED.days + 1
    change_calendar(calendar=changed, terms=terms_of(changed), by="tests")
    assert JournalEntry.objects.filter(verb="change_calendar").count() == 1


def test_a_calendar_that_ends_leaves_no_auctions_behind_its_last_day(market: Market, daily: AuctionCalendar) -> None:
    ends = today(market) + timedelta(days=7)
    change_calendar(calendar=daily, terms=replace(DAILY, last_day=ends), by="tests")
    last = daily.auctions.order_by("-first_day").first()
    assert last is not None
    assert last.first_day == ends


@pytest.mark.parametrize(
    ("name", "terms", "field"),
    [
        ("Daily", DAILY, "name"),
        ("Other", replace(DAILY, closes_days_before=2), "closes_days_before"),
        ("Other", replace(DAILY, delivery_weekdays=()), "delivery_weekdays"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    market: Market, daily: AuctionCalendar, name: str, terms: Any, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        make_calendar(market=market, name=name, terms=terms, by="tests")
    assert [row.column for row in refusal.value.rows] == [field]
    assert AuctionCalendar.objects.count() == 1


def test_the_timetable_takes_the_same_queries_for_any_number(
    market: Market, daily: AuctionCalendar, django_assert_num_queries: Any
) -> None:
    make_calendar(market=market, name="Week ahead", terms=WEEK_AHEAD, by="tests")
    with django_assert_num_queries(1):
        rows = calendars.timetable(Market.objects.all())
    assert len(rows) > 35
    assert [row.closes_at for row in rows] == sorted(row.closes_at for row in rows)
    assert all(row.results_by > market.now() for row in rows)


def test_customer_success_keeps_a_calendar_in_the_console(
    market: Market, customer_success: Any, client: Client
) -> None:
    client.force_login(customer_success)
    address = reverse("admin:markets_auctioncalendar_add")
    terms = {
        name: value for name, value in vars(DAILY).items() if name not in ("delivery_weekdays", "first_day", "last_day")
    }
    form = {"market": market.pk, "name": "Daily", "delivery_weekdays": ["1", "2"], "first_day": "01/01/2026", **terms}
    bad = client.post(address, form | {"closes_days_before": "9"})
    assert "Bidding must close after it opens." in bad.content.decode()
    assert not AuctionCalendar.objects.exists()
    assert client.post(address, form).status_code == 302
    calendar = AuctionCalendar.objects.get()
    assert calendar.auctions.exists()
    entry = JournalEntry.objects.get(verb="make_calendar")
    assert entry.user == customer_success
    change = reverse("admin:markets_auctioncalendar_change", args=[calendar.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, form | {"closes_local": "09:30"}).status_code == 302
    calendar.refresh_from_db()
    assert calendar.closes_local == time(9, 30)
    assert JournalEntry.objects.filter(verb="change_calendar").count() == 1
