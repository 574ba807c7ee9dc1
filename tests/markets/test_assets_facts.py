"""What decides about an asset in a place: what it offers, and what the competition there takes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from markets.models import Asset
from markets.operations.eligibility import facts
from markets.rules.eligibility import AssetFacts, Kind, Place, verdict
from markets.web.asset_choices import place_of

from ..conftest import ZONE, notice


def test_what_an_asset_offers_is_what_of_its_connection_it_can_use(asset, make_asset, seller):
    Asset.objects.filter(pk=asset.pk).update(active_export_kw=Decimal(20), active_import_kw=Decimal(30))
    other = make_asset(seller, "EV-2")
    other.zones.clear()
    assert facts(seller.assets.all()) == {
        asset.pk: AssetFacts(Decimal(30), "lv", frozenset({ZONE}), "EM"),
        other.pk: AssetFacts(Decimal(84), "lv", frozenset(), "EM"),
    }


def test_a_competition_says_its_zone_its_most_lenient_minimum_and_its_voltage(make_competition, asset):
    [evening] = notice().windows
    windows = (replace(evening, minimum_kw=Decimal(100)), replace(evening, name="Night", minimum_kw=Decimal(90)))
    competition = make_competition(windows=windows, max_connection_kv=Decimal(11))
    place = place_of(competition, competition.windows.all())
    assert place == Place(ZONE, "EM", "hv", Decimal(90), Decimal(11))
    assert verdict(facts(Asset.objects.all())[asset.pk], place).kind == Kind.TOO_SMALL


@pytest.mark.parametrize("count", [1, 8])
def test_any_number_of_assets_takes_one_query(count, seller, make_asset, django_assert_num_queries):
    for number in range(count):
        make_asset(seller, f"EV-{number}")
    with django_assert_num_queries(1):
        assert len(facts(seller.assets.all())) == count
