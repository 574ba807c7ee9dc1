"""The map of competitions: the same filters as the list, the same zones in the picture and in words, links that lead there."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from markets.models import Competition, Operator, Zone
from markets.operations.zones import place_zones

from .markup import faults

pytestmark = pytest.mark.django_db
MAP = "/competitions/map/"
NEAR, FAR = "CMZ_T9A_EM_0001", "CMZ_LV_FAR"


@pytest.fixture
def season(make_competition: Callable[..., Competition], operator: Operator) -> None:
    """Two competitions in one zone, of which one closes soon; one in a zone that nobody has placed."""
    now = timezone.now()
    make_competition("SOON", closes_at=now + timedelta(hours=20))
    make_competition("LATER", closes_at=now + timedelta(days=9))
    make_competition("FAR", "Sustain", closes_at=now + timedelta(days=9), zone_code=FAR, zone_name="Plympton & Co")
    placed = place_zones(operator=operator, positions={NEAR: (Decimal("52.9"), Decimal("-1.1"))}, by="tests")
    assert placed == 1


def shown(browser: Client, query: str = "") -> list[tuple[str, str]]:
    """The links of the picture: what they are called, and where they lead."""
    response = browser.get(f"{MAP}{query}")
    assert faults(response) == []
    return re.findall(r'<a href="([^"]+)" aria-label="([^"]+)">', response.content.decode())


def test_a_zone_says_its_competitions_its_kw_and_the_most_urgent_state(season: None, browser_of_member: Client):
    [near, far] = shown(browser_of_member)
    assert near[1] == "Testbridge: 2 competitions, 1,000 kW, closing within 48 hours"
    assert far[1] == "Plympton &amp; Co: 1 competition, 500 kW, open for bids"


def test_a_zone_leads_to_its_competitions_with_the_other_filters(season: None, browser_of_member: Client):
    [link] = shown(browser_of_member, "?product=Sustain&zone=plympton")
    address = link[0].replace("&amp;", "&")
    assert address == f"/competitions/?zone={FAR}&product=Sustain"
    assert [c.reference for c in browser_of_member.get(address).context["object_list"]] == ["FAR"]


@pytest.mark.parametrize(("query", "count"), [("?state=soon", 1), ("?state=upcoming", 0), ("?q=far", 1), ("", 2)])
def test_the_filters_of_the_list_are_those_of_the_map(query: str, count: int, season: None, browser_of_member: Client):
    assert len(shown(browser_of_member, query)) == count


def test_the_words_hold_every_zone_of_the_picture(season: None, browser_of_member: Client):
    page = browser_of_member.get(MAP).content.decode()
    listed = page.split('id="zones"')[1]
    assert "2 zones" in listed
    assert "Testbridge" in listed
    assert "Plympton &amp; Co" in listed
    assert "not placed on the map yet" in page


def test_a_filter_by_own_assets_does_not_split_a_zone(season: None, asset: object, browser_of_member: Client):
    [link] = shown(browser_of_member, "?mine=qualify")
    assert "Testbridge: 2 competitions" in link[1]


def test_without_any_position_every_zone_stands_in_rows(season: None, browser_of_member: Client):
    Zone.objects.update(latitude=None, longitude=None)
    assert len(shown(browser_of_member)) == 2


def test_htmx_gets_the_drawing_and_its_list_only(season: None, browser_of_member: Client):
    part = browser_of_member.get(MAP, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    assert "<svg" in part
    assert "2 zones" in part
