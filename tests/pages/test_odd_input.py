"""What nobody types but scanners and slips of the pen send: an answer for a person, never a fault of ours."""

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import Asset, Bid, Competition

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/bids/B-%00/", "/bids/B-%00/revise/", "/instructions/I-%00/", "/statements/S-%00/", "/answer/%00/"]
)
def test_a_reference_that_no_text_can_be_is_not_there(address: str, browser_of_member: Client):
    assert browser_of_member.get(address).status_code == 404


def test_a_search_for_no_text_finds_something_or_nothing(browser_of_member: Client):
    assert browser_of_member.get("/help/?q=bid%00").status_code == 200


@pytest.mark.parametrize("address", ["/bids/?page=zz", "/competitions/?page=-1", "/statements/?page=99"])
def test_a_page_that_is_not_there_is_the_nearest_one(address: str, browser_of_member: Client):
    assert browser_of_member.get(address).status_code == 200


@pytest.mark.parametrize("minutes", ["2147483648", "9" * 30, "0", "-1", "\0"])
def test_a_run_of_any_length_is_answered_beside_its_field(
    minutes: str, bid: Bid, competition: Competition, asset: Asset, browser_of_member: Client
):
    terms = {"capacity_kw": "5", "availability_gbp_per_mw_h": "5", "utilisation_gbp_per_mwh": "5"}
    form = terms | {"max_runtime_minutes": minutes, "windows": [competition.windows.get().pk], "assets": [asset.pk]}
    for page in (
        reverse("markets:competition", args=[competition.pk]),
        reverse("markets:bid-revise", args=[bid.reference]),
    ):
        answer = browser_of_member.post(page, form)
        assert answer.status_code == 422
        assert "max_runtime_minutes" in answer.context["form"].errors


def test_the_api_says_so_too(seller_token: str):
    answer = Client().get("/api/v1/statements/S-%00", headers={"Authorization": f"Bearer {seller_token}"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
