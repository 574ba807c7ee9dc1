"""Bidding by the pages: placed, revised, withdrawn; and every refusal beside the field, with what to do."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from markets.models import Asset, Bid, BidChange, Competition, Confirmation, Contract, Market, Seller
from markets.operations.clock import move_clock
from markets.operations.feeds import read_bid_changes, receive_receipts
from markets.rules.confirmations import RULES, VERSION

from ..conftest import close
from .markup import errors

pytestmark = pytest.mark.django_db


def fields(competition: Competition, asset: Asset, **changes: Any) -> dict[str, Any]:
    """A fair bid, as the form sends it."""
    fair = {
        "windows": [competition.windows.get().pk],
        "capacity_kw": "50.5",
        "availability_gbp_per_mw_h": "100",
        "utilisation_gbp_per_mwh": "250.25",
        "max_runtime_minutes": "",
        "seller_ref": "VW/1",
        "assets": [asset.pk],
        "confirmed": VERSION,
    }
    return fair | changes


@pytest.fixture
def place(browser_of_member: Client, competition: Competition, asset: Asset) -> Callable[..., HttpResponse]:
    """Sends the form of the competition's page."""

    def place(**changes: Any) -> HttpResponse:
        address = reverse("markets:competition", args=[competition.pk])
        return browser_of_member.post(address, fields(competition, asset, **changes))

    return place


def test_a_bid_is_placed_and_shown(place: Callable[..., HttpResponse], browser_of_member: Client, member: Any):
    response = place(max_runtime_minutes="120")
    bid = Bid.objects.get()
    assert response.headers["Location"] == reverse("markets:bid", args=[bid.reference])
    assert (bid.seller, bid.capacity_kw, bid.utilisation_gbp_per_mwh) == (
        member.sellers.get(),
        Decimal("50.5"),
        Decimal("250.25"),
    )
    assert (bid.seller_ref, bid.max_runtime_minutes, bid.lines.count(), bid.assets.count()) == ("VW/1", 120, 1, 1)
    page = browser_of_member.get(response.headers["Location"]).content.decode()
    for said in (
        f"Bid {bid} over 50.5 kW is placed. Saved on",
        "before bidding closes",
        "50.5 kW",
        "£250.25",
        "per MWh, utilisation",
        "120 minutes",
        "Evening",
        "EV-1",
        "VW/1",
    ):
        assert said in page, said
    assert (
        f">{bid}<" in browser_of_member.get(reverse("markets:competition", args=[bid.competition_id])).content.decode()
    )


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"windows": []}, "windows", "Choose at least one service window."),
        ({"windows": [999_999]}, "windows", "is not here any more"),
        ({"capacity_kw": ""}, "capacity_kw", "Give a number (kW)."),
        ({"capacity_kw": "0"}, "capacity_kw", "Offer more than 0 kW."),
        ({"capacity_kw": "-1"}, "capacity_kw", "not negative"),
        ({"capacity_kw": "five"}, "capacity_kw", "for example 12.5"),
        ({"capacity_kw": "1.00001"}, "capacity_kw", "at most four decimals"),
        ({"capacity_kw": "NaN"}, "capacity_kw", "for example 12.5"),
        ({"utilisation_gbp_per_mwh": "300.01"}, "utilisation_gbp_per_mwh", "Above the ceiling of £300.00 per MWh."),
        ({"availability_gbp_per_mw_h": ""}, "availability_gbp_per_mw_h", "Give a number"),
        ({"max_runtime_minutes": "0"}, "max_runtime_minutes", "1 or more, for example 120"),
        ({"max_runtime_minutes": "2h"}, "max_runtime_minutes", "1 or more, for example 120"),
        ({"capacity_kw": "12,5"}, "capacity_kw", "Write the decimals after a point: 12.5."),
        ({"capacity_kw": "12.5 kW"}, "capacity_kw", "Write the number alone"),
        ({"utilisation_gbp_per_mwh": "£10"}, "utilisation_gbp_per_mwh", "no currency sign"),
        ({"utilisation_gbp_per_mwh": "1e2"}, "utilisation_gbp_per_mwh", "Write the number alone"),
        ({"confirmed": ""}, "confirmed", "Read these sentences and tick the box"),
        ({"assets": []}, "assets", "Choose at least one asset"),
        ({"assets": [999_999]}, "assets", "can&#x27;t stand behind a bid here"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_nothing_is_kept(
    changes: dict[str, Any], field: str, reason: str, place: Callable[..., HttpResponse]
):
    found = errors(place(**changes))
    assert reason in " ".join(found.pop(field))
    assert found == {}
    assert (Bid.objects.count(), BidChange.objects.count()) == (0, 0)


def test_what_was_typed_is_still_there_after_an_error(place: Callable[..., HttpResponse], competition: Competition):
    page = place(capacity_kw="0").content.decode()
    assert 'value="250.25"' in page
    assert re.search(rf'name="windows" value="{competition.windows.get().pk}" checked', page)
    assert re.search(r'name="assets" value="\d+"[^>]*checked', page)
    assert "<title>Error: " in page


def test_no_browser_takes_a_comma_out_of_a_figure(place: Callable[..., HttpResponse]):
    """A box of type number does, so that 12,5 becomes 125."""
    page = place(capacity_kw="12,5").content.decode()
    assert 'value="12,5"' in page
    assert 'type="number"' not in page


def test_a_double_click_places_one_bid(place: Callable[..., HttpResponse], browser_of_member: Client):
    first, second = place(seller_ref="", form_key="k1"), place(seller_ref="", form_key="k1")
    assert first.headers["Location"] == second.headers["Location"]
    assert Bid.objects.count() == 1
    assert "sent twice and placed once" in browser_of_member.get(second.headers["Location"]).content.decode()


def test_other_terms_or_a_page_made_afresh_place_another_bid(place: Callable[..., HttpResponse]):
    place(seller_ref="", form_key="k1")
    place(seller_ref="", form_key="k1", capacity_kw="60")
    place(seller_ref="", form_key="k2")
    assert Bid.objects.count() == 3


def test_one_reference_means_one_bid(place: Callable[..., HttpResponse]):
    place()
    assert place().status_code == 302  # the same again: a repeat, not a second bid
    assert "with other terms" in errors(place(capacity_kw="60"))["seller_ref"][0]
    assert Bid.objects.count() == 1


def test_another_sellers_asset_cannot_stand_behind_a_bid(
    place: Callable[..., HttpResponse], make_asset: Callable[..., Asset], other_seller: Seller
):
    theirs = make_asset(other_seller, "THEIRS")
    assert "stand behind a bid here" in errors(place(assets=[theirs.pk]))["assets"][0]


def test_a_bid_after_gate_closure_is_refused_with_the_instant(
    place: Callable[..., HttpResponse], market: Market, competition: Competition
):
    close(market, competition)
    response = place()
    assert response.status_code == 422
    for words in ("Bidding closed on", "What you typed", '<dd class="text-break">50.5 kW</dd>', "Evening"):
        assert words in response.content.decode()
    assert Bid.objects.count() == 0


def test_a_seller_that_is_suspended_is_told_so(place: Callable[..., HttpResponse], seller: Seller):
    Seller.objects.filter(pk=seller.pk).update(status="suspended")
    response = place()
    assert response.status_code == 422
    assert "is suspended and places no bids" in response.content.decode()


def test_a_product_takes_no_price_that_it_does_not_pay(
    make_competition: Callable[..., Competition], asset: Asset, browser_of_member: Client
):
    sustain = make_competition("SUS-1", "Sustain")
    sent = fields(sustain, asset, sustain_gbp_per_kw="30.5", utilisation_gbp_per_mwh="250")
    browser_of_member.post(reverse("markets:competition", args=[sustain.pk]), sent)
    bid = Bid.objects.get()
    assert (bid.sustain_gbp_per_kw, bid.utilisation_gbp_per_mwh) == (Decimal("30.5"), 0)


def test_the_list_offers_changes_only_while_they_can_be_made(
    bid: Bid, market: Market, competition: Competition, browser_of_member: Client
):
    def offered() -> bool:
        return f"/bids/{bid}/revise/" in browser_of_member.get("/bids/").content.decode()

    assert offered()
    close(market, competition)
    assert not offered()


@pytest.mark.parametrize(
    ("query", "found"), [("", 1), ("?status=placed", 1), ("?status=rejected", 0), ("?q=testbridge", 1), ("?q=B-0", 0)]
)
def test_bids_are_filtered(query: str, found: int, bid: Bid, browser_of_member: Client):
    assert len(browser_of_member.get(f"/bids/{query}").context["object_list"]) == found


def test_a_bid_says_what_the_operator_holds(
    bid: Bid, market: Market, competition: Competition, browser_of_member: Client
):
    close(market, competition)
    read_bid_changes(market=market, after=0, limit=10)
    assert "holds this revision" not in browser_of_member.get(f"/bids/{bid}/").content.decode()
    receive_receipts(market=market, receipts=[(bid.reference, 1)], by="tests")
    assert "NGED holds this revision since" in browser_of_member.get(f"/bids/{bid}/").content.decode()


def test_an_accepted_bid_says_its_contract(contract: Contract, browser_of_member: Client):
    page = browser_of_member.get(f"/bids/{contract.bid}/").content.decode()
    assert f"it is now contract {contract}" in page
    assert "Accepted" in page


def test_the_rules_are_confirmed_in_their_wording_and_the_confirmation_is_kept(place: Callable[..., HttpResponse]):
    refused = place(confirmed="an old wording")
    assert "have a new wording" in refused.content.decode()
    assert (refused.status_code, Bid.objects.count()) == (422, 0)
    page = refused.content.decode()
    assert all(rule.sentence in page for rule in RULES)
    place()
    confirmation = Confirmation.objects.get()
    assert (confirmation.version, confirmation.bid_count) == (VERSION, 1)


def test_the_smallest_offer_of_a_window_is_said_beside_the_capacity(
    place: Callable[..., HttpResponse], competition: Competition
):
    competition.windows.update(minimum_kw=100)
    assert "no less than 100 kW" in errors(place())["capacity_kw"][0]


def test_minutes_before_closure_a_person_reads_how_long_is_left_and_what_was_saved(
    place: Callable[..., HttpResponse], competition: Competition, market: Market, browser_of_member: Client
):
    move_clock(market=market, to=competition.closes_at - timedelta(minutes=5), by="tests")
    page = browser_of_member.get(reverse("markets:competition", args=[competition.pk])).content.decode()
    assert re.search(r">(5 min|4 min 5\d s)<", page)
    saved = browser_of_member.get(place().headers["Location"]).content.decode()
    assert re.search(
        r"Saved on \w+ \d+ \w+ \d{4}, \d\d:\d\d(:\d\d)? (GMT|BST), 4 min \d+ s before bidding closes", saved
    )
