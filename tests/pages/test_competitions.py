"""Finding what is bought: filters in the address, pages, market time, and a cost that does not grow with the market."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from markets.models import Asset, Competition, CompetitionRevision, Market, Seller, ServiceWindow, Zone
from markets.operations.clock import move_clock
from markets.operations.competitions import withdraw_competition

from ..conftest import close, notice
from .markup import faults

pytestmark = pytest.mark.django_db
LIST = "/competitions/"


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
        ("?mine=qualify", ["SOON", "NEXT"]),
        ("?mine=qualify&state=soon", ["SOON"]),
    ],
)
def test_filters(query: str, found: list[str], season: None, asset: Asset, browser_of_member: Client):
    assert listed(browser_of_member, query) == found


def test_filters_show_what_they_filter_by_after_a_reload(season: None, browser_of_member: Client):
    page = browser_of_member.get(f"{LIST}?q=x%22y&zone=plymp&product=Sustain&state=soon&mine=qualify").content.decode()
    assert 'value="x&quot;y"' in page
    assert 'value="plymp"' in page
    assert '<option value="Sustain" selected>' in page
    assert '<option value="soon" selected>' in page
    assert '<option value="qualify" selected>' in page
    assert "/competitions/map/?q=x%22y&amp;zone=plymp&amp;product=Sustain&amp;state=soon&amp;mine=qualify" in page
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


def test_the_smallest_offer_and_the_voltage_are_said(
    make_competition: Callable[..., Any], asset: Asset, browser_of_member: Client
):
    [window] = notice().windows
    asks = make_competition(windows=(replace(window, minimum_kw=Decimal(50)),), max_connection_kv=Decimal(11))
    page = page_of(browser_of_member, asks)
    assert "Smallest offer" in page
    assert "11 kV" in page
    ServiceWindow.objects.update(minimum_kw=0)
    assert "Smallest offer" not in page_of(browser_of_member, asks)


def test_each_asset_is_judged_with_the_reason_and_the_eligible_are_ticked(
    make_competition: Callable[..., Any], make_asset: Callable[..., Asset], seller: Seller, browser_of_member: Client
):
    fine, unsure, away = (make_asset(seller, ref) for ref in ("FINE", "UNSURE", "AWAY"))
    unsure.zones.clear()
    make_competition("ELSEWHERE", zone_code="CMZ_T9A_EM_0002")
    away.zones.set(Zone.objects.filter(code="CMZ_T9A_EM_0002"))
    waiting = Asset.objects.create(seller=seller, ref="WAITING", name="New", technology="Battery", licence_area="EM")
    waiting.zones.set(fine.zones.all())
    page = page_of(browser_of_member, make_competition())
    ticked = re.findall(r'name="assets" value="(\d+)"( checked)?', page)
    assert ticked == [(str(fine.pk), " checked"), (str(unsure.pk), "")]
    for said in (
        "expected to be eligible here are ticked: 84 kW in all",
        "Nobody knows its zone yet.",
        "2 of your assets cannot stand behind a bid here",
        "this buys in CMZ_T9A_EM_0001 only",
        "It is not offered to this market yet.",
    ):
        assert said in page, said


def test_before_bidding_opens_a_seller_sees_which_assets_will_do(
    make_competition: Callable[..., Any], asset: Asset, browser_of_member: Client
):
    later = timezone.now() + timedelta(days=2)
    page = page_of(browser_of_member, make_competition("UP", opens_at=later, closes_at=later + timedelta(days=3)))
    assert "Your assets here" in page
    assert "It can take part." in page


def test_what_a_revision_changed_is_told(competition: Competition, browser_of_member: Client):
    assert "What NGED changed" not in page_of(browser_of_member, competition)
    CompetitionRevision.objects.create(
        competition=competition,
        revision=2,
        changes=[{"what": "Window Evening, needed", "before": "500 kW", "after": "750 kW"}],
        revised_at=timezone.now(),
    )
    page = page_of(browser_of_member, competition)
    for said in ("What NGED changed", "Revision 2", "Window Evening, needed", "750 kW"):
        assert said in page, said


def test_the_requirement_is_a_picture_and_the_same_as_a_table(competition: Competition, browser_of_member: Client):
    page = page_of(browser_of_member, competition)
    picture, table = page.split("The same as a table")
    assert picture.count("<rect ") == table.split("</table>")[0].count('<tr><th scope="row">') == 5
    assert "16:00–20:00" in table


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "suspended"}, "is suspended and places no bids: ask customer success why."),
        ({"agreement": "gone"}, "Sign the standard agreement in its current version first"),
    ],
)
def test_who_may_not_bid_is_told_before_the_form_is_filled_in(
    changes: dict[str, str],
    words: str,
    competition: Competition,
    asset: Asset,
    browser_of_member: Client,
    monkeypatch: pytest.MonkeyPatch,
):
    if "status" in changes:
        Seller.objects.filter(pk=asset.seller_id).update(**changes)
    else:
        monkeypatch.setattr("markets.rules.agreement.VERSION", "2099-1")
    page = browser_of_member.get(f"/competitions/{competition.pk}/").content.decode()
    assert words in page
    assert "Place bid" not in page
