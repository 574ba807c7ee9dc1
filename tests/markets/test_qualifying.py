"""The filter "my assets qualify" says in SQL what the rule of eligibility says: for every kind of asset and place."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from markets.models import Asset, Competition, Seller, Zone
from markets.operations.eligibility import facts
from markets.rules.eligibility import Kind, verdict
from markets.web.asset_choices import place_of
from markets.web.qualifying import qualifying_for

from ..conftest import ZONE, notice

pytestmark = pytest.mark.django_db
LV, ELSEWHERE = "CMZ_LV_T9A_EM_1", "CMZ_T9A_EM_0002"


@pytest.fixture
def everywhere(make_competition: Callable[..., Competition]) -> None:
    """Competitions in a high- and a low-voltage zone, in one without an area, with limits and without."""
    [evening] = notice().windows
    limits = product((0, 50, 100), (None, Decimal("0.4"), Decimal(1), Decimal(11), Decimal(33)))
    for i, (minimum_kw, highest_kv) in enumerate(limits):
        windows = (replace(evening, minimum_kw=Decimal(minimum_kw)),)
        more = {"windows": windows, "max_connection_kv": highest_kv}
        make_competition(f"HV-{i}", **more)
        make_competition(f"LV-{i}", zone_code=LV, zone_level="lv", **more)
        make_competition(f"AWAY-{i}", zone_code=ELSEWHERE, licence_area="", **more)


def test_the_filter_and_the_rule_agree(everywhere: None, asset: Asset, seller: Seller):
    every = Competition.objects.select_related("zone").prefetch_related("windows")
    there = {one.pk: place_of(one, one.windows.all()) for one in every}
    for zones in [(), (LV,), (ELSEWHERE,), (LV, ZONE)]:
        asset.zones.set(Zone.objects.filter(code__in=zones))
        for level, area in product(("lv", "hv", "ehv"), ("EM", "WM", "")):
            Asset.objects.update(voltage_level=level, licence_area=area, active_import_kw=60, active_export_kw=0)
            known = facts(Asset.objects.all())[asset.pk]
            expected = {key for key, place in there.items() if verdict(known, place).kind is Kind.ELIGIBLE}
            found = set(qualifying_for(seller, Competition.objects.all()).values_list("pk", flat=True))
            assert found == expected, (zones, level, area)


def test_the_cases_above_hold_both_answers(everywhere: None, asset: Asset, seller: Seller):
    found = qualifying_for(seller, Competition.objects.all()).count()
    assert 0 < found < Competition.objects.count()


def test_an_asset_that_waits_is_refused_retired_or_anothers_does_not_count(
    competition: Competition, asset: Asset, seller: Seller, other_seller: Seller
):
    def found(whose: Seller) -> bool:
        return qualifying_for(whose, Competition.objects.all()).exists()

    assert found(seller)
    assert not found(other_seller)
    asset.qualifications.update(status="refused")
    assert not found(seller)
    asset.qualifications.update(status="qualified")
    Asset.objects.update(retired_at=asset.registered_at)
    assert not found(seller)
