"""One asset, from the form that first shows what the markets will say, to its page with its history, and its end."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.models import Asset, MpanClash, Qualification, Seller
from markets.operations.assets import decide_qualifications
from markets.operations.postcodes import take_postcodes
from markets.rules.notices import PostcodeNotice, QualificationDecision, ZoneNotice

from ..conftest import ZONE, mpan
from .markup import faults

pytestmark = pytest.mark.django_db
HERE = ZoneNotice(ZONE, "Testbridge", "EM", "hv")


def asset_fields(**changes: Any) -> dict[str, Any]:
    """A fair asset, as the form sends it: only what is needed."""
    fair = {
        "ref": "BAT-1",
        "name": "Battery Nottingham",
        "technology": "Battery",
        "device_count": "1",
        "max_export_capacity_kw": "500.25",
        "postcode": "NG1 1AA",
        "voltage_level": "hv",
        "connection_status": "operational",
        "metering_point": "boundary",
        "meter_interval_minutes": "30",
        "import_meter_id": mpan(77),
    }
    return fair | changes


def said(response: Any) -> str:
    """The words of the page, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def check(browser: Client, address: str = "/assets/register/", **changes: Any) -> tuple[str, str]:
    """The words of the check, and the button's value that keeps what was checked."""
    response = browser.post(address, asset_fields(**changes))
    assert response.status_code == 200, said(response)
    assert faults(response) == []
    button = re.search(r'name="checked" value="(\w+)"', response.content.decode())
    assert button is not None
    return said(response), button[1]


class TestRegistering:
    def test_what_the_market_will_say_shows_before_anything_is_kept(
        self, browser_of_member: Client, seller: Seller, operator: Any, competition: Any
    ):
        take_postcodes(operator=operator, notices=[PostcodeNotice("NG11AA", HERE, None)], by="tests")
        words, button = check(browser_of_member)
        assert f"{ZONE} Testbridge" in words
        assert "East Midlands, by the MPAN" in words
        assert f"Eligible 1 competition in {ZONE} It can take part." in words
        assert not Asset.objects.exists()
        response = browser_of_member.post("/assets/register/", asset_fields(checked=button))
        asset = Asset.objects.get()
        assert response.headers["Location"] == f"/assets/{asset.pk}/"
        assert (asset.seller, asset.zones.get().code) == (seller, ZONE)
        page = said(browser_of_member.get(f"/assets/{asset.pk}/"))
        for word in (
            "BAT-1",
            "500.25 kW",
            mpan(77),
            "is registered",
            "Not offered to a market yet",
            "It can take part.",
        ):
            assert word in page, word

    @pytest.mark.parametrize(
        ("changes", "verdict"),
        [
            ({"zones": ZONE}, "Eligible 1 competition"),
            ({"zones": "CMZ_T9A_EM_0002"}, "Too far 1 competition elsewhere It lies in CMZ_T9A_EM_0002"),
            ({}, "Ask a person 1 competition"),
            ({"zones": ZONE, "import_meter_id": mpan(77, "30")}, "an independent network lies between"),
            ({"import_meter_id": mpan(77, "21")}, "Too far 1 competition elsewhere By its MPAN it lies in South Wales"),
            ({"zones": ZONE, "voltage_level": "ehv"}, "Wrong voltage 1 competition"),
        ],
    )
    def test_it_says_each_kind_of_thing(
        self, changes: dict[str, str], verdict: str, browser_of_member: Client, make_competition: Any, operator: Any
    ):
        make_competition(max_connection_kv=33)
        operator.zones.create(code="CMZ_T9A_EM_0002", licence_area="EM")
        assert verdict in check(browser_of_member, **changes)[0]

    def test_what_was_changed_after_the_check_is_checked_again(self, browser_of_member: Client):
        _, button = check(browser_of_member)
        words, again = check(browser_of_member, max_export_capacity_kw="5", checked=button)
        assert "You changed something since: look once more" in words
        assert again != button
        assert not Asset.objects.exists()

    def test_the_same_form_twice_registers_one_asset(self, browser_of_member: Client):
        _, button = check(browser_of_member)
        for _ in range(2):
            browser_of_member.post("/assets/register/", asset_fields(checked=button))
        assert Asset.objects.count() == 1
        assert "registered exactly this asset before" in check(browser_of_member)[0]

    def test_spaces_in_an_mpan_are_no_matter(self, browser_of_member: Client):
        number = mpan(77)
        _, button = check(browser_of_member)
        spaced = f"{number[:2]} {number[2:6]} {number[6:]}"
        browser_of_member.post("/assets/register/", asset_fields(import_meter_id=spaced, checked=button))
        assert Asset.objects.get().import_meter_id == number

    def test_nobody_hears_that_another_seller_has_the_meter(
        self, browser_of_member: Client, other_member: Any, signed_in: Callable[..., Client]
    ):
        answers = []
        for browser in (browser_of_member, signed_in(other_member)):
            words, button = check(browser)
            response = browser.post("/assets/register/", asset_fields(checked=button))
            page = said(browser.get(response.headers["Location"]))
            answers.append((words, page.split("Registered")[0]))
        assert MpanClash.objects.count() == 1
        names = re.compile(r"Voltwise Energy Ltd|Gridbeam Limited|owner@\w+\.example")
        assert names.sub("", answers[0][0]) == names.sub("", answers[1][0])
        assert names.sub("", answers[0][1]) == names.sub("", answers[1][1])


class TestItsPage:
    def test_tells_every_decision_with_its_reason(self, asset: Asset, market: Any, browser_of_member: Client):
        refused = QualificationDecision(asset.pk, "refused", "Not fed by this substation.")
        decide_qualifications(market=market, decisions=[refused], by="tests")
        page = said(browser_of_member.get(f"/assets/{asset.pk}/"))
        positions = [page.index(word) for word in ("Refused by NGED", "Not fed by", "Qualified by NGED", "Offered ")]
        assert positions == sorted(positions)
        assert re.search(r"\d\d:\d\d (GMT|BST) Not fed by this substation\.", page)

    def test_names_the_bids_behind_it(self, asset: Asset, bid: Any, browser_of_member: Client):
        page = said(browser_of_member.get(f"/assets/{asset.pk}/"))
        assert bid.reference in page
        assert "1 of them waits for a decision or runs." in page

    def test_takes_as_many_queries_for_much_as_for_little(
        self, asset: Asset, market: Any, make_competition: Any, browser_of_member: Client
    ):
        def queries() -> int:
            with CaptureQueriesContext(connection) as asked:
                assert browser_of_member.get(f"/assets/{asset.pk}/").status_code == 200
            return len(asked)

        make_competition("C-0")
        few = queries()
        for number in range(1, 12):
            make_competition(f"C-{number}")
            status = "refused" if number % 2 else "qualified"
            decide_qualifications(market=market, decisions=[QualificationDecision(asset.pk, status)], by="tests")
        assert queries() == few <= 14


class TestChanging:
    def test_the_form_says_who_is_asked_again(self, asset: Asset, market: Any, browser_of_member: Client):
        form = browser_of_member.get(f"/assets/{asset.pk}/change/").context["form"]
        now = {name: form[name].value() or "" for name in form.fields}
        now["max_import_capacity_kw"] = "90"
        words, button = check(browser_of_member, f"/assets/{asset.pk}/change/", **now)
        assert "You change Largest import" in words
        assert f"Asked again {market.name}" in words
        changed = asset_fields(**now, checked=button)
        assert browser_of_member.post(f"/assets/{asset.pk}/change/", changed).status_code == 302
        assert Qualification.objects.get().status == "offered"
        assert "Offered again, after a change" in said(browser_of_member.get(f"/assets/{asset.pk}/"))

    def test_a_standing_bid_is_in_its_way(self, asset: Asset, bid: Any, browser_of_member: Client):
        page = browser_of_member.get(f"/assets/{asset.pk}/change/")
        assert "1 bid or contract rests on this asset" in said(page)
        now = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
        _, button = check(browser_of_member, f"/assets/{asset.pk}/change/", **now | {"device_count": "13"})
        sent = asset_fields(**now | {"device_count": "13", "checked": button})
        response = browser_of_member.post(f"/assets/{asset.pk}/change/", sent)
        assert response.status_code == 422
        assert f"Bids {bid.reference} rest on what you want to change: device count." in said(response)
        assert 'value="13"' in response.content.decode()

    def test_a_retired_asset_has_no_form(self, asset: Asset, browser_of_member: Client):
        assert "Keep it" in said(browser_of_member.get(f"/assets/{asset.pk}/retire/"))
        browser_of_member.post(f"/assets/{asset.pk}/retire/")
        page = said(browser_of_member.get(f"/assets/{asset.pk}/"))
        assert "it stands behind no new bid" in page
        assert browser_of_member.get(f"/assets/{asset.pk}/change/").status_code == 404

    def test_it_does_not_retire_under_a_standing_bid(self, asset: Asset, bid: Any, browser_of_member: Client):
        response = browser_of_member.post(f"/assets/{asset.pk}/retire/")
        assert response.status_code == 422
        assert f"Bids {bid.reference} rest on this asset." in said(response)
        asset.refresh_from_db()
        assert asset.retired_at is None


@pytest.mark.parametrize(
    ("query", "found"),
    [("?q=EV-1", 1), ("?q=nowhere", 0), ("?decision=qualified", 1), ("?decision=refused", 0), ("?state=retired", 0)],
)
def test_the_list_is_filtered(query: str, found: int, asset: Asset, browser_of_member: Client):
    assert len(browser_of_member.get(f"/assets/{query}").context["object_list"]) == found
