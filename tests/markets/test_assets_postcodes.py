"""The operator's table of postcodes: taken in whole, the same again unchanged, zones added, old assets found."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from markets.models import JournalEntry, Postcode, Zone
from markets.operations.assets import register_assets
from markets.operations.postcodes import Taken, take_postcodes, zones_at
from markets.rules.notices import AssetEntry, PostcodeNotice, ZoneNotice

from ..conftest import ZONE, mpan

HERE = ZoneNotice(ZONE, "Testbridge", "EM", "hv")
STREET = ZoneNotice("CMZ_LV_T9A_EM_1", "High Street", "EM", "lv")
FIRST = PostcodeNotice("NG11AA", HERE, STREET, "Main Street", "940017", "Berkswell")


def take(operator, *notices: PostcodeNotice) -> Taken:
    return take_postcodes(operator=operator, notices=notices, by="tests")


def test_new_changed_and_unchanged_are_counted_and_left_out_ones_stay(operator):
    second = replace(FIRST, code="NG11AB")
    assert take(operator, FIRST, second) == Taken(2, 0, 0, zones=2, assets=0)
    assert take(operator, replace(FIRST, lv_zone=None)) == Taken(0, 1, 0, zones=0, assets=0)
    assert take(operator, replace(FIRST, lv_zone=None), second) == Taken(0, 0, 2, zones=0, assets=0)
    assert JournalEntry.objects.filter(verb="take_postcodes").count() == 3
    assert [zone.code for zone in zones_at(["ng1 1aa"])["NG11AA"]] == [ZONE]


def test_a_zone_is_added_with_its_level_and_area_and_one_without_a_name_is_named(operator):
    Zone.objects.create(operator=operator, code=ZONE)
    take(operator, FIRST)
    assert list(Zone.objects.values_list("code", "name", "licence_area", "level")) == [
        (STREET.code, "High Street", "EM", "lv"),
        (ZONE, "Testbridge", "", "hv"),
    ]


def test_the_table_of_one_operator_is_not_anothers(operator, other_market):
    take(operator, FIRST)
    take(other_market.operator, replace(FIRST, hv_zone=ZoneNotice("OTHER_1", "", "", "hv"), lv_zone=None))
    assert Postcode.objects.count() == 2
    assert {zone.code for zone in zones_at(["NG1 1AA"])["NG11AA"]} == {ZONE, STREET.code, "OTHER_1"}


def test_assets_that_came_before_the_table_get_their_zone(operator, seller):
    entry = AssetEntry(
        ref="EV-1",
        name="Depot",
        technology="EV charge point",
        postcode="NG1 1AA",
        import_meter_id=mpan(1),
        max_import_capacity_kw=Decimal(84),
    )
    [asset] = register_assets(seller=seller, entries=[entry], by="tests")
    assert take(operator, FIRST).assets == 1
    assert {zone.code for zone in asset.zones.all()} == {ZONE, STREET.code}
    assert take(operator, FIRST).assets == 0


@pytest.mark.parametrize("count", [1, 500])
def test_any_number_takes_the_same_queries(count, operator):
    notices = [replace(FIRST, code=f"NG{n // 100}1{chr(65 + n // 10 % 10)}{chr(65 + n % 10)}") for n in range(count)]
    with CaptureQueriesContext(connection) as queries:
        take(operator, *notices)
    assert len(queries) <= 14
