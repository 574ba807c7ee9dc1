"""Assets: registered by their seller all or none, changed, retired; and what the operator decides, with its history."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from markets.models import Asset, Bid, JournalEntry, MpanClash, Qualification, QualificationChange, Zone
from markets.operations import assets, bids, clock, feeds
from markets.operations.clashes import resolve_clash
from markets.operations.postcodes import take_postcodes
from markets.problems import Refused
from markets.rules.notices import AssetEntry, PostcodeNotice, QualificationDecision, ZoneNotice
from tests.conftest import ZONE, mpan, offer

HERE = ZoneNotice(ZONE, "Testbridge", "EM", "hv")
STREET = ZoneNotice("CMZ_LV_T9A_EM_1", "High Street", "EM", "lv")
MARKET_SQUARE = PostcodeNotice("NG11AA", HERE, STREET, "Main Street", "940017", "Berkswell")


def entry(number: int = 7, **more) -> AssetEntry:
    values = {
        "ref": f"EV-{number}",
        "name": "Depot",
        "technology": "EV charge point",
        "postcode": "NG1 1AA",
        "import_meter_id": mpan(number),
        "max_import_capacity_kw": Decimal(50),
    }
    return AssetEntry(**values | more)


def register(seller, *entries: AssetEntry) -> list[Asset]:
    return assets.register_assets(seller=seller, entries=entries, by="tests")


def refused(seller, *entries: AssetEntry) -> list[tuple[int, str, str]]:
    with pytest.raises(Refused) as refusal:
        register(seller, *entries)
    return [(problem.line, problem.column, problem.reason) for problem in refusal.value.rows]


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        ({"ref": ""}, "ref", "reference of your own"),
        ({"name": ""}, "name", "people recognise"),
        ({"technology": ""}, "technology", "EV charge point"),
        ({"device_count": 0}, "device_count", "from 1"),
        ({"import_meter_id": "1234"}, "import_meter_id", "13 digits"),
        ({"import_meter_id": ""}, "import_meter_id", "at least one MPAN"),
        ({"export_meter_id": mpan(8)}, "export_meter_id", "This is the import MPAN"),
        ({"export_meter_id": mpan(9, "14")}, "export_meter_id", "East Midlands and West Midlands"),
        ({"zones": ("CMZ_NOWHERE",)}, "zones", "No market has a zone"),
        ({"postcode": ""}, "postcode", "it decides the zone"),
        ({"postcode": "NG1"}, "postcode", "whole postcode"),
        ({"max_import_capacity_kw": Decimal(-1)}, "max_import_capacity_kw", "not negative"),
        ({"max_import_capacity_kw": Decimal(0)}, "max_export_capacity_kw", "export, import, or both"),
        ({"active_import_kw": Decimal(51)}, "active_import_kw", "largest import, 50 kW"),
        ({"reactive_import_kvar": Decimal(10) ** 9}, "reactive_import_kvar", "Too large"),
        ({"latitude": Decimal(52)}, "longitude", "together"),
        ({"latitude": Decimal(-1), "longitude": Decimal(52)}, "latitude", "between 49 and 61"),
        ({"connection_status": "planned"}, "operational_date", "from which day"),
        ({"min_runtime_minutes": 60, "max_runtime_minutes": 30}, "max_runtime_minutes", "shortest, 60 minutes"),
        ({"meter_interval_minutes": 7}, "meter_interval_minutes", "every 1 or 30 minutes"),
    ],
)
def test_a_bad_asset_keeps_all_out_and_says_what_to_do(seller, zone, change, column, says):
    found = refused(seller, entry(line=2), replace(entry(8, line=3), **change))
    assert (found[0][:2], says in found[0][2]) == ((3, column), True), found
    assert not Asset.objects.exists()


@pytest.mark.parametrize(("prefix", "area"), [("11", "EM"), ("14", "WM"), ("21", "SWA"), ("22", "SWE"), ("30", "")])
def test_the_mpan_says_in_which_licence_area_an_asset_stands(seller, prefix, area):
    """So an asset without a zone can be offered where it stands; an independent network's is for a person."""
    by_import, by_export = register(
        seller,
        entry(import_meter_id=mpan(7, prefix)),
        entry(8, import_meter_id="", export_meter_id=mpan(8, prefix)),
    )
    assert (by_import.licence_area, by_export.licence_area) == (area, area)


def test_what_only_differs_in_the_writing_is_the_same(seller, other_seller):
    number = mpan(7)
    [asset] = register(seller, entry(import_meter_id=f"{number[:2]} {number[2:]}", postcode="ng11aa"))
    assert (asset.import_meter_id, asset.postcode) == (number, "NG1 1AA")
    assert register(seller, entry()) == [asset]


def test_the_same_again_is_a_repeat_and_something_else_under_its_reference_is_not(seller, other_seller):
    [asset] = register(seller, entry())
    assert register(other_seller, entry()) != [asset]
    again = register(seller, entry(8), entry())
    assert again[1] == asset
    assert JournalEntry.objects.filter(verb="register_assets", subject_id=seller.pk).count() == 2
    assert register(seller, entry()) == [asset]
    assert JournalEntry.objects.filter(verb="register_assets", subject_id=seller.pk).count() == 2
    [(_, column, reason)] = refused(seller, entry(name="Yard", max_import_capacity_kw=Decimal(51)))
    assert column == "ref"
    assert "it differs in: name, max import capacity kw" in reason


def test_a_reference_or_a_meter_stands_once_in_what_is_sent(seller):
    found = refused(seller, entry(line=2), entry(name="Yard", line=3), entry(8, import_meter_id=mpan(7), line=4))
    assert [(line, column) for line, column, _ in found] == [(3, "ref"), (4, "import_meter_id")]


def test_a_meter_of_ones_own_other_asset_is_refused_by_name(seller):
    register(seller, entry())
    [(_, column, reason)] = refused(seller, entry(8, export_meter_id=mpan(7), import_meter_id=""))
    assert (column, "Your asset EV-7 has this MPAN already" in reason) == ("export_meter_id", True)


class TestZones:
    def test_the_postcode_says_them(self, seller, operator):
        take_postcodes(operator=operator, notices=[MARKET_SQUARE], by="tests")
        [asset] = register(seller, entry())
        assert {zone.code for zone in asset.zones.all()} == {ZONE, STREET.code}
        assert register(seller, entry()) == [asset]

    def test_named_by_hand_they_count_where_no_table_has_the_postcode(self, seller, zone):
        [asset] = register(seller, entry(zones=(ZONE, ZONE)))
        assert list(asset.zones.all()) == [zone]

    def test_by_hand_nobody_contradicts_the_operators_table(self, seller, operator):
        Zone.objects.create(operator=operator, code="CMZ_T9A_EM_0002")
        take_postcodes(operator=operator, notices=[MARKET_SQUARE], by="tests")
        [(_, column, reason)] = refused(seller, entry(zones=("CMZ_T9A_EM_0002",)))
        assert (column, f"has NG1 1AA in {STREET.code} and {ZONE}" in reason) == ("zones", True)
        assert register(seller, entry(zones=(ZONE,)))


class TestTwoSellersWithOneMeter:
    def test_is_told_to_customer_success_and_to_neither_seller(self, seller, other_seller):
        [first] = register(seller, entry())
        [second] = register(other_seller, entry())
        clash = MpanClash.objects.get()
        assert (clash.mpan, clash.asset, clash.other, clash.resolved_at) == (mpan(7), second, first, None)

    def test_is_resolved_with_what_was_found_out_and_once(self, seller, other_seller):
        register(seller, entry())
        register(other_seller, entry())
        with pytest.raises(Refused, match="what you found out"):
            resolve_clash(clash=MpanClash.objects.get(), reason=" ", by="tests")
        clash = resolve_clash(clash=MpanClash.objects.get(), reason="The customer moved to Gridbeam.", by="tests")
        assert clash.resolution == "The customer moved to Gridbeam."
        with pytest.raises(Refused, match="resolved before"):
            resolve_clash(clash=clash, reason="Again.", by="tests")
        assert JournalEntry.objects.get(verb="resolve_clash").reason == "The customer moved to Gridbeam."

    def test_ends_where_one_of_them_corrects_the_number_and_opens_again_where_it_comes_back(self, seller, other_seller):
        [first] = register(seller, entry())
        register(other_seller, entry())
        assets.revise_asset(asset=first, entry=entry(import_meter_id=mpan(70)), by="tests")
        assert MpanClash.objects.get().resolution == "The seller corrected the MPAN."
        assets.revise_asset(asset=first, entry=entry(), by="tests")
        assert MpanClash.objects.filter(resolved_at=None).count() == 1

    def test_ends_where_one_of_them_retires_its_asset(self, seller, other_seller):
        [first] = register(seller, entry())
        register(other_seller, entry())
        assets.retire_asset(asset=first, by="tests")
        assert MpanClash.objects.get().resolution == "EV-7 was retired."
        register(seller, entry(8, import_meter_id=mpan(9)))
        assert MpanClash.objects.count() == 1


class TestChanging:
    def test_what_matters_to_the_operator_is_put_to_it_again(self, seller, market, asset, zone):
        before = feeds.read_qualifications(market=market, after=0, limit=9)
        larger = replace(assets.entry_of(asset), max_import_capacity_kw=Decimal(90))
        assert assets.revise_asset(asset=asset, entry=larger, by="tests") == ["max_import_capacity_kw"]
        qualification = Qualification.objects.get()
        assert (qualification.status, qualification.decided_at) == ("offered", None)
        [again] = feeds.read_qualifications(market=market, after=before[-1].position, limit=9)
        assert (again.qualification, again.position) == (qualification, 2)

    def test_what_does_not_matter_leaves_its_decisions(self, seller, asset):
        named = replace(assets.entry_of(asset), name="Yard", supplier="Octave Energy", response_time_minutes=5)
        assert assets.revise_asset(asset=asset, entry=named, by="tests") == [
            "name",
            "response_time_minutes",
            "supplier",
        ]
        assert Qualification.objects.get().status == "qualified"
        assert JournalEntry.objects.get(verb="revise_asset").details["asked_again"] == []

    def test_the_same_again_changes_nothing(self, seller, asset):
        assert assets.revise_asset(asset=asset, entry=assets.entry_of(asset), by="tests") == []
        assert not JournalEntry.objects.filter(verb="revise_asset").exists()

    def test_nothing_that_matters_changes_under_a_standing_bid(self, seller, asset, bid):
        larger = replace(assets.entry_of(asset), max_import_capacity_kw=Decimal(90), name="Yard")
        with pytest.raises(Refused, match=rf"Bids {bid.reference} rest on .*: max import capacity kw"):
            assets.revise_asset(asset=asset, entry=larger, by="tests")
        assert assets.revise_asset(asset=asset, entry=replace(assets.entry_of(asset), name="Yard"), by="tests") == [
            "name"
        ]
        bids.withdraw_bid(bid=bid, by="tests")
        assets.revise_asset(asset=asset, entry=larger, by="tests")
        assert Asset.objects.get().max_import_capacity_kw == 90

    def test_its_reference_stays_and_its_meter_is_its_own(self, seller, asset, make_asset):
        other = make_asset(seller, "EV-2")
        with pytest.raises(Refused, match="its reference stays"):
            assets.revise_asset(asset=asset, entry=replace(assets.entry_of(asset), ref="EV-9"), by="tests")
        taken = replace(assets.entry_of(asset), import_meter_id=other.import_meter_id)
        with pytest.raises(Refused):
            assets.revise_asset(asset=asset, entry=taken, by="tests")


class TestRetiring:
    def test_waits_for_bids_and_contracts(self, seller, market, competition, asset, contract):
        with pytest.raises(Refused, match="rest on this asset"):
            assets.retire_asset(asset=asset, by="tests")
        delivered = datetime.combine(competition.last_day, time(), UTC) + timedelta(days=1)
        clock.move_clock(market=market, to=delivered, by="tests")
        assert assets.retire_asset(asset=asset, by="tests", reason="Sold").retired_at
        assert JournalEntry.objects.get(verb="retire_asset").reason == "Sold"

    def test_takes_it_out_of_new_bids_and_for_good(self, seller, market, competition, asset):
        assets.retire_asset(asset=asset, by="tests")
        with pytest.raises(Refused):
            bids.place_bids(seller=seller, market=market, offers=[offer(competition.reference)], by="tests")
        assert not Bid.objects.exists()
        with pytest.raises(Refused, match="is retired"):
            assets.revise_asset(asset=asset, entry=assets.entry_of(asset), by="tests")
        again = assets.retire_asset(asset=asset, by="tests")
        assert again.retired_at < timezone.now()
        assert JournalEntry.objects.filter(verb="retire_asset").count() == 1
        [(_, column, reason)] = refused(seller, assets.entry_of(again))
        assert (column, "You retired" in reason) == ("ref", True)

    def test_frees_its_meter(self, seller, asset):
        assets.retire_asset(asset=asset, by="tests")
        assert register(seller, entry(import_meter_id=asset.import_meter_id))


class TestQualification:
    def test_decisions_repeat_and_change_and_are_all_kept_or_none(self, market, asset):
        refuse = QualificationDecision(asset.pk, "refused", "Not fed by this substation.")
        unknown = QualificationDecision(asset.pk + 999, "qualified", line=2)
        with pytest.raises(Refused):
            assets.decide_qualifications(market=market, decisions=[refuse, unknown], by="tests")
        otherwise = QualificationDecision(asset.pk, "qualified", line=3)
        with pytest.raises(Refused) as refusal:
            assets.decide_qualifications(market=market, decisions=[refuse, refuse, otherwise], by="tests")
        assert [(row.line, row.column) for row in refusal.value.rows] == [(3, "asset")]
        assert Qualification.objects.get().status == "qualified"
        assert assets.decide_qualifications(market=market, decisions=[refuse], by="tests") == 1
        assert assets.decide_qualifications(market=market, decisions=[refuse], by="tests") == 0
        assert assets.offer_assets(market=market, assets=[asset], by="tests") == []

    def test_its_history_says_what_was_decided_by_whom_and_why(self, market, asset, customer_success):
        refuse = QualificationDecision(asset.pk, "refused", "Not fed by this substation.")
        assets.decide_qualifications(market=market, decisions=[refuse], by=customer_success)
        history = QualificationChange.objects.values_list("status", "reason", "actor")
        assert list(history) == [
            ("offered", "", "tests"),
            ("qualified", "", "tests"),
            ("refused", "Not fed by this substation.", customer_success.email),
        ]
