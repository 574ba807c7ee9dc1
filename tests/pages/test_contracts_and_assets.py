"""What was accepted, as a list and as a file; and what is wrong with an asset, said beside its field."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from markets.models import Asset, Bid, Contract
from markets.operations.assets import decide_qualifications
from markets.rules.notices import QualificationDecision

from ..conftest import ZONE
from .markup import faults
from .test_asset_pages import asset_fields

pytestmark = pytest.mark.django_db


def file(browser: Client, query: str = "") -> list[dict[str, str]]:
    response = browser.get(f"/contracts/contracts.csv{query}")
    assert response.headers["Content-Disposition"] == 'attachment; filename="contracts.csv"'
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_list_says_what_was_agreed(contract: Contract, browser_of_member: Client):
    page = browser_of_member.get("/contracts/").content.decode()
    for said in (contract.reference, contract.bid.reference, "50.5 kW", "£100.00", "£250.00", "Called by trigger"):
        assert said in page, said


def test_the_file_has_a_row_per_contract_with_units_in_its_header(contract: Contract, browser_of_member: Client):
    [row] = file(browser_of_member)
    assert row["Contract"] == contract.reference
    assert (row["Accepted [kW]"], row["Utilisation [GBP/MWh]"]) == ("50.5000", "250.0000")
    assert (row["Zone"], row["Windows"], row["Product"]) == (ZONE, "Evening", "Dynamic")
    assert row["Awarded (London time)"].endswith(("GMT", "BST"))


@pytest.mark.parametrize(("query", "rows"), [("?q=testbridge", 1), ("?q=dynamic", 1), ("?q=elsewhere", 0)])
def test_the_file_follows_the_filter_of_the_list(query: str, rows: int, contract: Contract, browser_of_member: Client):
    assert len(file(browser_of_member, query)) == rows
    assert len(browser_of_member.get(f"/contracts/{query}").context["object_list"]) == rows


def test_no_cell_of_the_file_is_a_formula(contract: Contract, browser_of_member: Client):
    Bid.objects.filter(pk=contract.bid_id).update(seller_ref='=HYPERLINK("http://x")')
    [row] = file(browser_of_member)
    assert row["Your reference"] == '\'=HYPERLINK("http://x")'


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ref": ""}, "Give it a reference of your own."),
        ({"import_meter_id": "11"}, "13 digits"),
        ({"import_meter_id": "1100000000000"}, "last digit does not fit"),
        ({"import_meter_id": ""}, "Give at least one MPAN"),
        ({"max_export_capacity_kw": "0"}, "Say how much it can export, import, or both."),
        ({"max_export_capacity_kw": "-5"}, "not negative"),
        ({"device_count": "0"}, "Write a whole number, 1 or more"),
        ({"postcode": "NG1"}, "Write the whole postcode"),
        ({"connection_status": "planned"}, "from which day it will be in operation"),
        ({"latitude": "fifty-two"}, "Give degrees with decimals"),
        ({"active_export_kw": "501"}, "more than its largest export, 500.25 kW"),
        ({"zones": "CMZ_NOWHERE"}, "No market has a zone with this code."),
        ({"voltage_level": "uhv"}, "Choose one from the list."),
    ],
)
def test_what_is_wrong_with_an_asset_is_said(changes: dict[str, str], reason: str, browser_of_member: Client):
    response = browser_of_member.post("/assets/register/", asset_fields(**changes))
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert faults(response) == []
    assert Asset.objects.count() == 0


def test_a_reference_is_used_once(asset: Asset, browser_of_member: Client):
    response = browser_of_member.post("/assets/register/", asset_fields(ref=asset.ref))
    assert "You already have an asset with this reference" in response.content.decode()


def test_the_list_shows_the_decision_of_each_market_with_its_reason(
    asset: Asset, make_asset: Callable[..., Asset], market: Any, browser_of_member: Client
):
    assert "Qualified" in browser_of_member.get("/assets/").content.decode()
    refused = QualificationDecision(asset.pk, "refused", "Not fed by this substation.")
    decide_qualifications(market=market, decisions=[refused], by="tests")
    page = browser_of_member.get("/assets/").content.decode()
    assert "Not fed by this substation." in page
    assert market.name in page


def test_all_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(browser_of_member: Client):
    wrong = asset_fields(ref="", postcode="NG1", import_meter_id="12", max_export_capacity_kw="many", supplier="Octave")
    page = browser_of_member.post("/assets/register/", wrong).content.decode()
    for reason in (
        "Give it a reference",
        "Write the whole postcode",
        "An MPAN has 13 digits",
        "Write the number alone, for example 12.5",
    ):
        assert reason in page, reason
    for typed in ("NG1", "12", "many", "Octave"):
        assert f'value="{typed}"' in page, typed
