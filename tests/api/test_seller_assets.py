"""Assets by the sellers' API: all or none, idempotent, told row by row what is wrong."""

from markets.models import Asset, Operator, Seller
from markets.operations.postcodes import take_postcodes
from markets.rules.notices import PostcodeNotice, ZoneNotice

from ..conftest import ZONE, mpan
from .addresses import charge_points
from .conftest import Machine, problem_of

ADDRESS = "/api/v1/assets"
HERE = PostcodeNotice("NG11AB", ZoneNotice(ZONE, "Testbridge", "EM", "hv"), None)


def test_assets_are_registered_where_their_postcode_lies_and_again_are_repeats(
    trader: Machine, seller: Seller, operator: Operator
) -> None:
    take_postcodes(operator=operator, notices=[HERE], by="tests")
    sent = [charge_points(), charge_points(ref="EV-10", import_meter_id=mpan(100), zones=[ZONE])]
    answer = trader.post(ADDRESS, sent)
    assert answer.status_code == 201
    assert [(item["ref"], item["zones"], item["licence_area"]) for item in answer.json()["items"]] == [
        ("EV-9", [ZONE], "EM"),
        ("EV-10", [ZONE], "EM"),
    ]
    assert trader.post(ADDRESS, sent).json() == answer.json()
    assert seller.assets.count() == 2


def test_what_is_read_can_be_sent(trader: Machine, asset: Asset) -> None:
    [item] = trader.get(ADDRESS).json()["items"]
    assert item.pop("qualifications") == {"nged-long-term-mock": "qualified"}
    assert item.pop("licence_area") == "EM"
    assert trader.post(ADDRESS, [item]).status_code == 201
    assert Asset.objects.count() == 1


def test_every_bad_row_is_told_and_none_is_kept(trader: Machine, asset: Asset) -> None:
    sent = [
        charge_points(),
        charge_points(ref="EV-1", import_meter_id=mpan(100)),
        charge_points(ref="EV-11", import_meter_id=asset.import_meter_id),
        charge_points(ref="EV-12", import_meter_id=mpan(101), postcode="NG1"),
    ]
    errors = problem_of(trader.post(ADDRESS, sent), 422)["errors"]
    assert [(error["line"], error["column"]) for error in errors] == [
        (2, "ref"),
        (3, "import_meter_id"),
        (4, "postcode"),
    ]
    assert Asset.objects.count() == 1


def test_a_field_that_there_is_not_is_a_fault(trader: Machine, seller: Seller) -> None:
    errors = problem_of(trader.post(ADDRESS, [charge_points(max_import_capacity_mw=1)]), 422)["errors"]
    assert [error["column"] for error in errors] == ["max_import_capacity_mw"]
