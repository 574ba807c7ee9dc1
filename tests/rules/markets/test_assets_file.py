"""A seller's file of assets: read strictly, every fault at once, and what is written is read again."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from markets.rules.assets_file import COLUMNS, MOST_ROWS, cells, read_assets
from markets.rules.csv_text import UnreadableFile
from markets.rules.notices import AssetEntry
from markets.rules.registering import FIELDS
from markets.rules.sheets import harmless

NEEDED = ["ref", "name", "asset_type", "postcode", "import_meter_id", "max_import_capacity [kW]"]
FAIR = ["EV-1", "Depot", "EV charge point", "NG1 1AA", "1111111111114", "84"]


def file(*rows: list[str], header: list[str] = NEEDED) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def faults(content: bytes) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.reason) for fault in read_assets(content).faults]


def test_only_what_is_needed_is_enough():
    [entry] = read_assets(file(FAIR)).entries
    assert entry == AssetEntry(
        ref="EV-1",
        name="Depot",
        technology="EV charge point",
        postcode="NG1 1AA",
        import_meter_id="1111111111114",
        max_import_capacity_kw=Decimal(84),
        line=2,
    )


def test_every_field_has_its_column_and_what_is_written_is_read_again():
    assert {column.field for column in COLUMNS} == set(FIELDS)
    entry = AssetEntry(
        ref="=1+1",
        name="-Dépôt, “north”",
        technology="Battery",
        category="storage",
        scale="grid",
        device_count=3,
        voltage_level="hv",
        connection_status="planned",
        operational_date=date(2027, 4, 1),
        postcode="NG1 1AA",
        latitude=Decimal("52.9548"),
        longitude=Decimal("-1.158100"),
        export_meter_id="1111111111114",
        zones=("CMZ_1", "CMZ_2"),
        max_export_capacity_kw=Decimal("0.3996"),
        active_export_kw=Decimal("0.1"),
        reactive_export_kvar=Decimal(1000),
        response_time_minutes=0,
        min_runtime_minutes=30,
        max_runtime_minutes=120,
        recovery_time_minutes=60,
        metering_point="asset",
        meter_interval_minutes=1,
        supplier="Octave",
        line=2,
    )
    row = [str(harmless(cell)) for cell in cells(entry)]
    assert read_assets(file(row, header=[column.label for column in COLUMNS])).entries == (entry,)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_what_spreadsheets_save_is_read(encoding: str, separator: str):
    text = file([*FAIR[:1], "Café", *FAIR[2:]]).decode().replace(",", separator)
    assert read_assets(text.encode(encoding)).entries[0].name == "Café"


def test_a_name_that_cannot_be_read_for_certain_is_not_guessed():
    with pytest.raises(UnreadableFile, match="CSV UTF-8"):
        read_assets(file([*FAIR[:1], "Café", *FAIR[2:]]).decode().encode("cp1252"))


def test_columns_may_come_in_any_order_and_case_and_blank_rows_are_none():
    header, row = [name.upper() for name in reversed(NEEDED)], [*reversed(FAIR)]
    content = file([""] * 6, row, header=header)
    assert [entry.line for entry in read_assets(content).entries] == [3]


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("max_import_capacity [kW]", "1,250", "plain number"),
        ("max_import_capacity [kW]", "NaN", "plain number"),
        ("import_meter_id", "1.11111E+12", "rounded this number"),
        ("name", "x" * 201, "at most 200"),
    ],
)
def test_a_bad_cell_says_what_to_do(column: str, cell: str, says: str):
    row = FAIR.copy()
    row[NEEDED.index(column)] = cell
    [(line, where, reason)] = faults(file(row))
    assert (line, where) == (2, column)
    assert says in reason


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("voltage_level", "33", "lv, hv, ehv"),
        ("asset_count", "1.5", "whole number"),
        ("asset_count", "9" * 12, "whole number"),
        ("operational_date", "1 April", "2027-04-01 or 01/04/2027"),
        ("latitude [degrees]", "52°", "52.9548"),
    ],
)
def test_a_bad_cell_of_a_column_that_may_be_left_out(column: str, cell: str, says: str):
    [(line, where, reason)] = faults(file([*FAIR, cell], header=[*NEEDED, column]))
    assert (line, where) == (2, column)
    assert says in reason


def test_all_faults_of_all_rows_are_told_at_once_and_the_good_rows_read():
    read = read_assets(file(FAIR, [*FAIR[:4], "1e+12", "x"], FAIR[:3]))
    assert [(fault.line, fault.column) for fault in read.faults] == [
        (3, "import_meter_id"),
        (3, "max_import_capacity [kW]"),
        (4, ""),
    ]
    assert len(read.entries) == 1


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (["ref", "name"], "Add the column asset_type."),
        ([*NEEDED, "max_export_capacity [MW]"], "Write this column as max_export_capacity [kW]"),
        ([*NEEDED, "colour"], "We do not know this column"),
        ([*NEEDED, "ref"], "stands twice"),
        (["name"], "Add the column ref"),
    ],
)
def test_a_wrong_header_says_how_it_should_be(header: list[str], says: str):
    found = faults(file(header=header))
    assert all(line == 1 for line, _, _ in found)
    assert any(says in reason for _, _, reason in found)


def test_a_header_alone_and_too_many_rows_are_told():
    assert "no rows" in faults(file())[0][2]
    many = file(*[[f"EV-{n}", *FAIR[1:]] for n in range(MOST_ROWS + 1)])
    with pytest.raises(UnreadableFile, match="in parts"):
        read_assets(many)


def test_what_is_no_csv_says_so():
    with pytest.raises(UnreadableFile, match="no CSV"):
        read_assets(b'ref,name,asset_type\n"a"b,c,d\n')
