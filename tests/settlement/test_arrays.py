"""Readings come out of the database as the arrays that went in: gaps, extremes, both lengths, and the revision that stood."""

from datetime import date, timedelta

from markets.models import Asset
from settlement.models import ReadingDay
from settlement.operations import DayOfReadings, store_readings
from settlement.operations.arrays import read_meters
from settlement.rules.energy import Piece, span_wmin
from settlement.rules.halfhours import Watts

DAY = date(2025, 1, 6)
LOWEST, HIGHEST = -(2**31) + 1, 2**31 - 1


def store(asset: Asset, watts: Watts, day: date = DAY) -> int:
    store_readings(days=[DayOfReadings(asset, day, watts)], source="upload", by="tests")
    return ReadingDay.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def held(asset: Asset, up_to: int, width: int, day: date = DAY) -> list[int | None]:
    meter = read_meters(assets=[asset.pk], days=[day], up_to=up_to)[asset.pk]
    energies = [span_wmin(meter, (Piece(day, first, first + width),)) for first in range(0, 1440, width)]
    return [None if energy is None else energy[0] // width for energy in energies]


def test_what_went_in_comes_out(asset: Asset) -> None:
    half_hours = [None, LOWEST, -1, 4, None, None, 0, HIGHEST, *range(39), None]
    minutes = [None if n % 7 == 3 else n - 720 for n in range(1440)]
    assert held(asset, store(asset, half_hours), 30) == half_hours
    tomorrow = DAY + timedelta(days=1)
    assert held(asset, store(asset, minutes, tomorrow), 1, tomorrow) == minutes


def test_a_later_revision_is_not_seen_by_who_looked_before(asset: Asset) -> None:
    before = store(asset, [1] * 48)
    after = store(asset, [2] * 48)
    assert (held(asset, before, 30)[0], held(asset, after, 30)[0]) == (1, 2)
    assert read_meters(assets=[asset.pk], days=[DAY], up_to=before - 1) == {}
