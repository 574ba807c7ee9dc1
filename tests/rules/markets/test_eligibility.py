"""What a market will say of an asset: every answer, which of two comes first, and that each says what to do."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.rules.eligibility import AssetFacts, Kind, Place, verdict

HV, LV, ELSEWHERE = "CMZ_T9A_EM_0001", "CMZ_LV_T9A_EM_1", "CMZ_T9A_EM_0002"
ASSET = AssetFacts(Decimal(84), "lv", frozenset({HV, LV}), "EM")
PLACE = Place(HV, "EM", "hv", Decimal(50), Decimal(11))
FOREIGN = replace(ASSET, licence_area="")


@pytest.mark.parametrize(
    ("asset", "place", "kind", "says"),
    [
        (ASSET, PLACE, Kind.ELIGIBLE, "It can take part."),
        (ASSET, replace(PLACE, zone=LV, zone_level="lv"), Kind.ELIGIBLE, "It can take part."),
        (ASSET, replace(PLACE, zone=ELSEWHERE), Kind.TOO_FAR, f"It lies in {LV} and {HV}"),
        (replace(ASSET, zones=frozenset()), replace(PLACE, licence_area="SWA"), Kind.TOO_FAR, "buys in South Wales"),
        (replace(ASSET, voltage_level="hv"), replace(PLACE, zone=LV, zone_level="lv"), Kind.WRONG_VOLTAGE, "correct"),
        (replace(ASSET, voltage_level="ehv"), PLACE, Kind.WRONG_VOLTAGE, "above 11 kV"),
        (replace(ASSET, voltage_level="hv"), replace(PLACE, max_connection_kv=Decimal(1)), Kind.WRONG_VOLTAGE, "1 kV"),
        (replace(ASSET, capacity_kw=Decimal("49.9999")), PLACE, Kind.TOO_SMALL, "offers 49.9999 kW. Bid it together"),
        (replace(ASSET, zones=frozenset()), PLACE, Kind.ASK_PERSON, "Add its postcode or its zone"),
        (FOREIGN, PLACE, Kind.ASK_PERSON, "independent network"),
        (replace(ASSET, licence_area="WM"), PLACE, Kind.ASK_PERSON, "by its MPAN it is in West Midlands"),
    ],
)
def test_what_the_market_says(asset, place, kind, says):
    said = verdict(asset, place)
    assert said.kind == kind
    assert says in said.sentence


def test_an_asset_in_a_voltage_band_that_the_limit_cuts_may_take_part_below_it():
    """33 kV and 11 kV are both high voltage: the limit of 11 kV says no to the one only."""
    at_hv = replace(ASSET, voltage_level="hv")
    assert verdict(at_hv, PLACE).sentence == "It can take part if it is connected at 11 kV or below."
    assert verdict(at_hv, replace(PLACE, max_connection_kv=Decimal(33))).sentence == "It can take part."
    assert verdict(at_hv, replace(PLACE, max_connection_kv=None)).kind == Kind.ELIGIBLE


def test_exactly_the_smallest_offer_is_large_enough():
    assert verdict(replace(ASSET, capacity_kw=Decimal(50)), PLACE).kind == Kind.ELIGIBLE


def test_where_it_stands_is_told_before_voltage_before_size_before_doubt():
    all_wrong = AssetFacts(Decimal(1), "ehv", frozenset({ELSEWHERE}), "")
    assert verdict(all_wrong, PLACE).kind == Kind.TOO_FAR
    here = replace(all_wrong, zones=frozenset({HV}))
    assert verdict(here, PLACE).kind == Kind.WRONG_VOLTAGE
    assert verdict(replace(here, voltage_level="lv"), PLACE).kind == Kind.TOO_SMALL
    assert verdict(replace(here, voltage_level="lv", capacity_kw=Decimal(50)), PLACE).kind == Kind.ASK_PERSON


@given(
    kw=st.decimals(0, 10_000, places=4),
    level=st.sampled_from(["lv", "hv", "ehv"]),
    zones=st.frozensets(st.sampled_from([HV, LV, ELSEWHERE])),
    area=st.sampled_from(["", "EM", "WM", "XX"]),
    place=st.builds(
        Place,
        st.sampled_from([HV, LV]),
        st.sampled_from(["", "EM"]),
        st.sampled_from(["hv", "lv"]),
        st.decimals(0, 100, places=4),
        st.none() | st.decimals("0.001", 132, places=3),
    ),
)
def test_every_asset_gets_one_sentence_and_only_in_its_zone_it_is_eligible(kw, level, zones, area, place):
    said = verdict(AssetFacts(kw, level, zones, area), place)
    assert said.sentence.endswith(".")
    if said.kind == Kind.ELIGIBLE:
        assert place.zone in zones
        assert kw >= place.minimum_kw
        assert area
