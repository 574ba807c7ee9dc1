"""Joining: identities, suspension, assets and their qualification, tokens and the clock."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from markets.models import Asset, JournalEntry, Market, Qualification, Token
from markets.operations import assets, clock, people, tokens
from markets.operations.markets import open_market
from markets.problems import Refused
from markets.rules.notices import AssetEntry, QualificationDecision
from tests.conftest import ZONE, mpan


def entry(**more):
    values = {
        "ref": "EV-7",
        "name": "Depot",
        "technology": "EV charge point",
        "import_meter_id": mpan(7),
        "zones": (ZONE,),
    }
    return AssetEntry(**values | more)


def test_an_identity_means_one_seller(seller, other_seller, operator):
    with pytest.raises(Refused, match="already calls another seller"):
        people.name_identity(seller=other_seller, operator=operator, name="voltwise energy LTD", by="tests")


def test_a_suspended_seller_can_be_verified_again(seller):
    people.suspend_seller(seller=seller, by="tests", reason="insolvent")
    with pytest.raises(Refused, match="suspended"):
        people.suspend_seller(seller=seller, by="tests", reason="again")
    assert people.verify_seller(seller=seller, by="tests").status == "verified"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"ref": ""}, "ref"),
        ({"import_meter_id": "1234"}, "import_meter_id"),
        ({"zones": ("CMZ_NOWHERE",)}, "zones"),
        ({"max_import_capacity_kw": Decimal(-1)}, "max_import_capacity_kw"),
    ],
)
def test_a_bad_asset_keeps_all_out(seller, zone, change, column):
    with pytest.raises(Refused) as refusal:
        assets.register_assets(
            seller=seller, entries=[entry(line=2), entry(**{"ref": "EV-8", "line": 3} | change)], by="tests"
        )
    assert [(p.line, p.column) for p in refusal.value.rows] == [(3, column)]
    assert not Asset.objects.exists()


@pytest.mark.parametrize(("prefix", "area"), [("11", "EM"), ("14", "WM"), ("21", "SWA"), ("22", "SWE"), ("30", "")])
def test_the_mpan_says_in_which_licence_area_an_asset_stands(seller, prefix, area):
    """So an asset without a zone can be offered where it stands; an independent network's is for a person."""
    number = mpan(7, prefix)
    by_import, by_export = assets.register_assets(
        seller=seller,
        entries=[
            entry(import_meter_id=number, zones=()),
            entry(ref="PV-1", import_meter_id="", export_meter_id=number, zones=()),
        ],
        by="tests",
    )
    assert (by_import.licence_area, by_export.licence_area) == (area, area)


def test_a_reference_is_the_sellers_own_and_used_once(seller, other_seller, zone):
    assets.register_assets(seller=seller, entries=[entry()], by="tests")
    assets.register_assets(seller=other_seller, entries=[entry()], by="tests")
    with pytest.raises(Refused) as refusal:
        assets.register_assets(seller=seller, entries=[entry()], by="tests")
    assert "already have an asset" in refusal.value.rows[0].reason


def test_decisions_about_assets_repeat_and_change_and_are_all_kept_or_none(seller, market, asset):
    refuse = QualificationDecision(asset.pk, "refused", "Not fed by this substation.")
    unknown = QualificationDecision(asset.pk + 999, "qualified", line=2)
    with pytest.raises(Refused):
        assets.decide_qualifications(market=market, decisions=[refuse, unknown], by="tests")
    assert Qualification.objects.get().status == "qualified"
    assert assets.decide_qualifications(market=market, decisions=[refuse], by="tests") == 1
    assert assets.decide_qualifications(market=market, decisions=[refuse], by="tests") == 0
    assert assets.offer_assets(market=market, assets=[asset], by="tests") == []


def test_a_token_is_kept_as_a_hash_and_revoked_once(operator):
    token, whole = tokens.issue_token(name="NGED", operator=operator, by="tests")
    assert whole not in str(Token.objects.values().get())
    tokens.revoke_token(token=token, by="tests", reason="leaked")
    tokens.revoke_token(token=token, by="tests", reason="leaked")
    assert JournalEntry.objects.filter(verb="revoke_token").count() == 1


def test_only_a_mock_markets_clock_moves_and_only_forward(operator, market):
    begun = market.now()
    moved = clock.move_clock(market=market, to=begun + timedelta(days=30), by="tests")
    assert moved.now() >= begun + timedelta(days=30)
    with pytest.raises(Refused, match="only moves forward"):
        clock.move_clock(market=market, to=begun, by="tests")
    real = open_market(operator=operator, key="real", name="Real", by="tests")
    with pytest.raises(Refused, match="real market"):
        clock.move_clock(market=real, to=begun + timedelta(days=1), by="tests")
    with pytest.raises(IntegrityError), transaction.atomic():
        Market.objects.filter(pk=real.pk).update(clock_offset=timedelta(hours=1))


def test_a_markets_key_is_taken_once(market):
    with pytest.raises(Refused, match="Choose another key"):
        open_market(operator=market.operator, key=market.key, name="Again", by="tests")
