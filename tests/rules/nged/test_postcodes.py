"""NGED's table of postcodes: every row read, every fault named with its line, whatever the encoding."""

import csv
import io
import time
from typing import Any

import pytest

from markets.rules.notices import PostcodeNotice, ZoneNotice
from piclo_nged.dso.nged.columns import POSTCODES
from piclo_nged.dso.nged.wire.naming import licence_area
from piclo_nged.dso.nged.wire.postcodes import read_postcodes

LABELS = [column.label for column in POSTCODES]
HV, LV = ("CMZ_T9A_EM_0001", "Testbridge"), ("CMZ_LV_T9A_EM_1", "Testbridge High Street")


def row(postcode: str = "NG1 1AA", hv: Any = HV, lv: Any = LV, primary: str = "Main Street") -> list[str]:
    return [postcode, *hv, *lv, primary, "94 0017", "Berkswell"]


def file(*rows: list[str], labels: list[str] = LABELS) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([labels, *rows])
    return text.getvalue()


def test_a_row_says_zones_of_both_levels_and_what_feeds_it():
    [notice] = read_postcodes(file(row(" ng1 1aa "))).notices
    assert notice == PostcodeNotice(
        "NG11AA",
        ZoneNotice(*HV, "EM", "hv"),
        ZoneNotice(*LV, "EM", "lv"),
        "Main Street",
        "94 0017",
        "Berkswell",
    )


def test_a_level_without_a_zone_is_none():
    [notice] = read_postcodes(file(row(lv=("", "")))).notices
    assert (notice.hv_zone is not None, notice.lv_zone) == (True, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_names_are_read_in_any_of_their_encodings(encoding: str):
    [notice] = read_postcodes(file(row(primary="Tŷ Môn" if encoding != "latin-1" else "Môn")).encode(encoding)).notices
    assert notice.primary_substation.endswith("Môn")


def test_every_fault_is_told_with_its_line_and_the_good_rows_stay():
    wrong = [row("NG1"), row("NG1 1AA"), row("NG1 1AA"), row("NG1 1AB", hv=("CMZ 1", "")), row("NG1 1AA", lv=("", ""))]
    read = read_postcodes(file(*wrong))
    assert [notice.code for notice in read.notices] == ["NG11AA"]
    assert [(error.line, error.column, error.value) for error in read.errors] == [
        (2, "Postcode", "NG1"),
        (5, "HV CMZ Code", "CMZ 1"),
        (6, "Postcode", "NG1 1AA"),
    ]
    assert "line 3" in read.errors[2].reason


def test_a_file_of_other_columns_has_no_rows():
    read = read_postcodes(file(row(), labels=["Post Code", *LABELS[1:]]))
    assert read.notices == ()
    assert read.errors[0].reason == "unknown column: perhaps 'Postcode' is meant"


@pytest.mark.parametrize(
    ("zone", "area"),
    [("CMZ_T7B_SWA_0012", "SWA"), ("CMZ_LV_T7A_EM_870594", "EM"), ("CMZ_T1_SW_0001", "SWE"), ("ELSEWHERE", "")],
)
def test_the_code_of_a_zone_names_its_licence_area(zone: str, area: str):
    assert licence_area(zone) == area


def test_a_whole_country_is_read_in_seconds():
    rows = [
        row(f"NG{n // 10_000}{n // 1000 % 10} {n // 100 % 10}{chr(65 + n // 10 % 10)}{chr(65 + n % 10)}")
        for n in range(20_000)
    ]
    text = file(*rows)
    started = time.perf_counter()
    assert len(read_postcodes(text).notices) == 20_000
    assert time.perf_counter() - started < 5
