"""A person of several sellers says for which one they are here."""

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import Bid, Membership, Seller, User

from .test_reach import text_of

pytestmark = pytest.mark.django_db


def test_a_person_of_two_sellers_switches_between_them(
    bid: Bid, member: User, other_seller: Seller, browser_of_member: Client
):
    Membership.objects.create(seller=other_seller, user=member, role="trader")
    bids = reverse("markets:bids")
    assert f">{bid}<" not in text_of(browser_of_member.get(bids))  # Gridbeam comes first by name
    browser_of_member.post(reverse("markets:choose-seller"), {"seller": bid.seller_id})
    assert f">{bid}<" in text_of(browser_of_member.get(bids))


@pytest.mark.parametrize("wanted", ["", "x", "0", "other"])
def test_nobody_switches_to_a_seller_that_is_not_theirs(wanted: str, other_seller: Seller, browser_of_member: Client):
    chosen = other_seller.pk if wanted == "other" else wanted
    assert browser_of_member.post(reverse("markets:choose-seller"), {"seller": chosen}).status_code == 404
