"""What a bid could earn, said beside the form: without script by a button, with script while one types; never a promise."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from markets.models import Asset, Bid, Competition
from markets.rules.earnings import service_hours

from .markup import faults
from .test_bidding import fields, place  # noqa: F401

pytestmark = pytest.mark.django_db


def test_what_a_bid_could_earn_is_said_without_script_and_nothing_typed_is_lost(
    place: Callable[..., HttpResponse],  # noqa: F811
    competition: Competition,
    browser_of_member: Client,
):
    response = place(estimate="1", confirmed="", utilisation_gbp_per_mwh="")
    page = response.content.decode()
    assert (response.status_code, Bid.objects.count()) == (200, 0)
    assert faults(response) == []
    hours = service_hours(competition.windows.all())
    assert f"£{hours * 100 * Decimal('0.0505'):,.2f}" in page
    assert "This is no promise." in page
    assert 'value="50.5"' in page
    assert 'value="VW/1"' in page
    assert "errorlist" not in page  # what is missing yet is no error yet


def test_an_estimate_of_something_wrong_says_so_beside_the_field(place: Callable[..., HttpResponse]):  # noqa: F811
    page = place(estimate="1", capacity_kw="five").content.decode()
    assert "for example 12.5" in page
    assert "here stands what the bid could earn" in page


def test_a_price_above_the_ceiling_earns_nothing_and_says_so_while_one_types(
    browser_of_member: Client, competition: Competition, asset: Asset
):
    address = reverse("markets:competition", args=[competition.pk])
    sent = fields(competition, asset, estimate="1", utilisation_gbp_per_mwh="300.01")
    part = browser_of_member.post(address, sent, HTTP_HX_REQUEST="true").content.decode()
    assert "Utilisation price: Above the ceiling of £300.00 per MWh." in part
    assert "Utilisation, if called" not in part


def test_while_one_types_only_the_estimate_is_sent(browser_of_member: Client, competition: Competition, asset: Asset):
    address = reverse("markets:competition", args=[competition.pk])
    sent = fields(competition, asset, estimate="1")
    part = browser_of_member.post(address, sent, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    assert "From no call to all hours" in part
    assert Bid.objects.count() == 0
