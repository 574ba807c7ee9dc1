"""A standing bid on its pages: revised and withdrawn, until gate closure and not after it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import Bid, BidChange, Competition, Market

from ..conftest import close
from .markup import errors, faults

pytestmark = pytest.mark.django_db


def test_a_bid_is_revised(bid: Bid, browser_of_member: Client):
    address = reverse("markets:bid-revise", args=[bid.reference])
    assert faults(page := browser_of_member.get(address)) == []
    assert 'value="50.5"' in page.content.decode()
    terms = {"capacity_kw": "61.25", "availability_gbp_per_mw_h": "99", "utilisation_gbp_per_mwh": "250"}
    response = browser_of_member.post(address, terms)
    bid.refresh_from_db()
    assert (response.status_code, bid.capacity_kw, bid.revision) == (302, Decimal("61.25"), 2)
    history = browser_of_member.get(response.headers["Location"]).content.decode()
    for words in ("now stands as revision 2", "61.25 kW", "50.5 kW"):
        assert words in history
    other_tab = browser_of_member.post(address, terms | {"capacity_kw": "50.5", "revision": "1"})
    assert "as revision 2 it stands over 61.25 kW" in (told := other_tab.content.decode())
    assert 'name="revision" value="2"' in told
    assert 'value="50.5"' in told
    assert browser_of_member.post(address, terms | {"revision": "1"}).status_code == 302  # sent twice: it stands so


def test_a_revision_above_the_ceiling_changes_nothing(bid: Bid, browser_of_member: Client):
    terms = {"capacity_kw": "50.5", "availability_gbp_per_mw_h": "126", "utilisation_gbp_per_mwh": "250"}
    response = browser_of_member.post(reverse("markets:bid-revise", args=[bid.reference]), terms)
    assert errors(response) == {"availability_gbp_per_mw_h": ["Above the ceiling of £125.00 per MW per hour."]}
    bid.refresh_from_db()
    assert bid.revision == 1


def test_a_bid_is_withdrawn_after_being_asked(bid: Bid, browser_of_member: Client):
    address = reverse("markets:bid-withdraw", args=[bid.reference])
    assert faults(browser_of_member.get(address)) == []
    bid.refresh_from_db()
    assert bid.status == "placed"
    assert browser_of_member.post(address).status_code == 302
    bid.refresh_from_db()
    assert bid.status == "withdrawn"


@pytest.mark.parametrize("name", ["markets:bid-revise", "markets:bid-withdraw"])
def test_after_gate_closure_a_bid_stands(
    name: str, bid: Bid, market: Market, competition: Competition, browser_of_member: Client
):
    close(market, competition, after=timedelta(0))
    address = reverse(name, args=[bid.reference])
    assert '<form method="post" novalidate>' not in browser_of_member.get(address).content.decode()
    terms = {"capacity_kw": "1", "availability_gbp_per_mw_h": "1", "utilisation_gbp_per_mwh": "1"}
    response = browser_of_member.post(address, terms)
    assert response.status_code == 422
    assert "stands as it is" in response.content.decode()
    assert ("What you typed" in response.content.decode()) == (name == "markets:bid-revise")
    assert faults(response) == []
    assert BidChange.objects.filter(bid=bid).count() == 1
