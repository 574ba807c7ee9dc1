"""Finding what is bought: filters in the address, pages, market time, and a cost that does not grow with the market."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from markets.models import Asset, Competition, Market, Seller, ServiceWindow
from markets.operations.clock import move_clock
from markets.operations.competitions import withdraw_competition

from ..conftest import close
from .markup import faults

pytestmark = pytest.mark.django_db
LIST = "/competitions/"
MOST_QUERIES = 12


def listed(browser: Client, query: str = "") -> list[str]:
    """The references on the page, in order."""
    response = browser.get(f"{LIST}{query}")
    assert response.status_code == 200
    return [competition.reference for competition in response.context["object_list"]]


@pytest.fixture
def season(make_competition: Callable[..., Competition], market: Market) -> None:
    """One closing soon, one later, one not open yet."""
    now = timezone.now()
    make_competition("SOON", closes_at=now + timedelta(hours=20))
    make_competition("LATER", "Sustain", closes_at=now + timedelta(days=9), zone_code="CMZ_LV_X", zone_name="Plympton")
    make_competition("NEXT", "Secure", opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=20))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["SOON", "LATER", "NEXT"]),
        ("?state=open", ["SOON", "LATER"]),
        ("?state=soon", ["SOON"]),
        ("?state=upcoming", ["NEXT"]),
        ("?state=closed", []),
        ("?product=Sustain", ["LATER"]),
        ("?zone=plymp", ["LATER"]),
        ("?zone=cmz_lv", ["LATER"]),
        ("?zone=em", ["SOON", "LATER", "NEXT"]),
        ("?q=sustain+testbridge", ["LATER"]),
        ("?q=later", ["LATER"]),
        ("?q=nothing+of+that", []),
        ("?state=open&product=Dynamic", ["SOON"]),
    ],
)
def test_filters(query: str, found: list[str], season: None, browser_of_member: Client):
    assert listed(browser_of_member, query) == found


def test_filters_show_what_they_filter_by_after_a_reload(season: None, browser_of_member: Client):
    page = browser_of_member.get(f"{LIST}?q=x%22y&zone=plymp&product=Sustain&state=soon").content.decode()
    assert 'value="x&quot;y"' in page
    assert 'value="plymp"' in page
    assert '<option value="Sustain" selected>' in page
    assert '<option value="soon" selected>' in page
    assert "No competition fits" in page


def test_a_filter_that_is_none_is_said_and_shows_everything(season: None, browser_of_member: Client):
    response = browser_of_member.get(f"{LIST}?product=Nonsense")
    assert "not one of the available choices" in response.content.decode()
    assert faults(response) == []


def test_market_time_decides_and_is_said(season: None, market: Market, browser_of_member: Client):
    move_clock(market=market, to=timezone.now() + timedelta(days=3), by="tests")
    assert listed(browser_of_member, "?state=closed") == ["SOON"]
    assert listed(browser_of_member, "?state=open") == ["LATER", "NEXT"]
    assert listed(browser_of_member) == ["LATER", "NEXT", "SOON"]
    page = browser_of_member.get(LIST).content.decode()
    assert "Mock market – market time:" in page
    assert "Closed, waiting for results" in page


def test_a_real_market_has_no_badge(season: None, market: Market, browser_of_member: Client):
    with pgtrigger.ignore("markets.Market:mock_or_real_for_ever"):
        Market.objects.filter(pk=market.pk).update(is_mock=False)
    assert "Mock" not in browser_of_member.get(LIST).content.decode()


def test_htmx_gets_only_the_rows_and_caches_keep_them_apart(season: None, browser_of_member: Client):
    rows = browser_of_member.get(LIST, HTTP_HX_REQUEST="true")
    assert "<html" not in rows.content.decode()
    assert "SOON" not in rows.content.decode().split("<table")[0]
    assert "HX-Request" in rows.headers["Vary"]
    again = browser_of_member.get(LIST, HTTP_HX_REQUEST="true", HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert "<html" in again.content.decode()


def many(market: Market, template: Competition, count: int) -> None:
    """Copies of a competition, in bulk: only how many there are matters."""
    made = Competition.objects.bulk_create(
        Competition(
            market=market,
            reference=f"MANY-{i}",
            name=f"Many {i}",
            product=template.product,
            zone=template.zone,
            opens_at=template.opens_at,
            closes_at=template.closes_at,
            first_day=template.first_day,
            last_day=template.last_day,
            required_kw=10,
        )
        for i in range(count)
    )
    Competition.objects.filter(pk__in=[c.pk for c in made]).update(status="published")


def queries(browser: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_for_10_and_for_10000(
    competition: Competition, market: Market, browser_of_member: Client
):
    many(market, competition, 9)
    few = queries(browser_of_member, LIST)
    many_more = 9_990
    Competition.objects.filter(reference__startswith="MANY").delete()
    many(market, competition, many_more)
    assert queries(browser_of_member, LIST) == few <= MOST_QUERIES
    assert queries(browser_of_member, f"{LIST}?state=open&q=many&page=3") <= MOST_QUERIES
    page = browser_of_member.get(LIST).content.decode()
    assert "9,991 competitions" in page
    assert "1–25 of 9,991" in page


def test_one_competition_costs_the_same_for_few_and_many_windows_and_assets(
    competition: Competition, seller: Seller, make_asset: Callable[..., Asset], browser_of_member: Client
):
    make_asset(seller)
    address = reverse("markets:competition", args=[competition.pk])
    few = queries(browser_of_member, address)
    window = competition.windows.get()
    for i in range(40):
        window.pk, window.name = None, f"W{i}"
        window.save()
    for i in range(30):
        make_asset(seller, f"MORE-{i}")
    assert queries(browser_of_member, address) == few <= MOST_QUERIES


def test_a_competition_says_all_that_a_seller_must_know(
    competition: Competition, asset: Asset, browser_of_member: Client
):
    page = browser_of_member.get(reverse("markets:competition", args=[competition.pk])).content.decode()
    for said in (
        "Evening",
        "Mon–Fri",
        "16:00–20:00",
        "500 kW",
        "£125.00",
        "per MW per hour",
        "£300.00",
        "per MWh",
        "Bidding closes in",
        "Trade opportunity",
        "CMZ_T9A_EM_0001",
        "Mock market – market time:",
        "Confirm what we cannot check",
    ):
        assert said in page, said
    assert "per kW for the season" not in page


def test_a_season_product_shows_its_own_price_only(
    make_competition: Callable[..., Competition], asset: Asset, browser_of_member: Client
):
    sustain = make_competition("SUS-1", "Sustain")
    page = browser_of_member.get(reverse("markets:competition", args=[sustain.pk])).content.decode()
    assert 'name="sustain_gbp_per_kw"' in page
    assert 'name="utilisation_gbp_per_mwh"' not in page
    assert "Ceiling £35.50 per kW for the season" in page


def page_of(browser: Client, competition: Competition) -> str:
    response = browser.get(reverse("markets:competition", args=[competition.pk]))
    assert faults(response) == []
    return response.content.decode()


def test_no_form_where_no_bid_can_be_taken_and_the_reason(
    make_competition: Callable[..., Competition], market: Market, asset: Asset, browser_of_member: Client
):
    now = timezone.now()
    upcoming = make_competition("UP", opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=5))
    open_now, withdrawn = make_competition("OPEN"), make_competition("GONE")
    withdraw_competition(competition=withdrawn, by="tests", reason="test")
    assert "Bidding opens on" in page_of(browser_of_member, upcoming)
    assert "has withdrawn this competition" in page_of(browser_of_member, withdrawn)
    assert "Place bid" in page_of(browser_of_member, open_now)
    close(market, open_now)
    closed = page_of(browser_of_member, open_now)
    assert "Bidding has closed" in closed
    assert not [page for page in (closed, page_of(browser_of_member, withdrawn)) if "Place bid" in page]


def test_a_seller_without_a_qualified_asset_is_told_so(
    competition: Competition, seller: Seller, browser_of_member: Client
):
    page = page_of(browser_of_member, competition)
    assert "No asset of yours is qualified" in page
    assert "Place bid" not in page


def test_a_preview_is_not_there(competition: Competition, browser_of_member: Client):
    preview = Competition.objects.get(pk=competition.pk)
    preview.pk, preview.reference, preview.status = None, "PREVIEW", "preview"
    preview.save()
    assert browser_of_member.get(reverse("markets:competition", args=[preview.pk])).status_code == 404
    assert "PREVIEW" not in listed(browser_of_member)


def test_a_window_that_nobody_bid_in_is_marked(competition: Competition, browser_of_member: Client):
    ServiceWindow.objects.filter(competition=competition).update(no_response_at=timezone.now())
    assert "Nobody bid in this window" in page_of(browser_of_member, competition)


def test_names_from_outside_are_text(make_competition: Callable[..., Any], browser_of_member: Client):
    make_competition("EVIL")
    Competition.objects.update(name="<script>alert(1)</script> & Co")
    page = browser_of_member.get(LIST).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in page
