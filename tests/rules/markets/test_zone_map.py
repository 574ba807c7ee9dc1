"""The map of zones: where circles stand, how large they are, and what becomes of zones that nobody has placed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from markets.rules.zone_map import CELL, LEAST, MOST, WIDTH, ZoneFacts, frame_around, zone_map

NOTTINGHAM = ZoneFacts("CMZ_EM_1", "Nottingham", "EM", Decimal("52.95"), Decimal("-1.15"), 2, Decimal(1000), "open")
CARDIFF = ZoneFacts("CMZ_SWA_1", "Cardiff", "SWA", Decimal("51.48"), Decimal("-3.18"), 1, Decimal(250), "soon")
NOWHERE = ZoneFacts("CMZ_EM_2", "", "EM", None, None, 1, Decimal(10), "closed")
FRAME = frame_around(51.48, 52.95, -3.18, -1.15)


def test_north_is_up_and_east_is_right_and_all_is_inside():
    drawing = zone_map([NOTTINGHAM, CARDIFF], FRAME)
    nottingham, cardiff = drawing.spots
    assert nottingham.y < cardiff.y
    assert nottingham.x > cardiff.x
    for spot in drawing.spots:
        assert spot.radius < spot.x < WIDTH - spot.radius
        assert spot.radius < spot.y < drawing.height - spot.radius


def test_a_degree_north_is_longer_than_a_degree_east_as_on_the_ground():
    across, down = FRAME.per_degree
    assert down / across == pytest.approx(1.63, abs=0.02)  # at 52.2 degrees north


def test_more_kw_is_a_larger_circle_and_small_ones_lie_on_top():
    large, small = zone_map([CARDIFF, NOTTINGHAM], FRAME).spots
    assert (large.zone, large.radius) == (NOTTINGHAM, MOST)
    assert (small.zone, small.radius) == (CARDIFF, LEAST + (MOST - LEAST) // 2)  # a quarter of the kW


def test_filtering_moves_nothing():
    both, one = zone_map([NOTTINGHAM, CARDIFF], FRAME), zone_map([CARDIFF], FRAME)
    assert [(s.x, s.y) for s in one.spots] == [(s.x, s.y) for s in both.spots if s.zone == CARDIFF]


def test_zones_that_nobody_placed_stand_in_rows_by_licence_area():
    many = [replace(NOWHERE, code=f"CMZ_EM_{i:03}") for i in range(WIDTH // CELL + 1)]
    drawing = zone_map([NOTTINGHAM, *many, replace(NOWHERE, licence_area="XX")], FRAME)
    assert [spot.zone for spot in drawing.spots] == [NOTTINGHAM]
    assert [(area.name, len(area.spots)) for area in drawing.unplaced] == [("East Midlands", len(many)), ("XX", 1)]
    places = [(spot.x, spot.y) for spot in drawing.unplaced[0].spots]
    assert len(set(places)) == len(places)
    assert places[-1][1] == places[0][1] + CELL  # a second row


def test_without_any_position_there_is_no_frame_and_all_zones_are_there():
    drawing = zone_map([NOTTINGHAM, NOWHERE], None)
    assert (drawing.spots, drawing.towns, drawing.height) == ((), (), 0)
    assert sum(len(area.spots) for area in drawing.unplaced) == 2


def test_towns_are_shown_for_orientation_only_where_they_are_in_the_frame():
    assert "Cardiff" in [name for *_, name in zone_map([CARDIFF], FRAME).towns]
    assert "Lincoln" not in [name for *_, name in zone_map([CARDIFF], frame_around(51.4, 51.5, -3.2, -3.1)).towns]


def test_nothing_asked_anywhere_is_still_a_circle():
    [spot] = zone_map([replace(NOTTINGHAM, required_kw=Decimal(0))], FRAME).spots
    assert spot.radius == LEAST
