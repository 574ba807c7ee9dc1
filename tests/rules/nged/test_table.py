"""A malformed file says everything that is wrong with it at once: line, column, value and reason."""

import io

import pytest

from piclo_nged.dso.nged.wire import FileRefused, RowError, read_file, read_summary

from .conftest import FileOf

EVERYTHING_WRONG = {
    "offered_kw": "-3",
    "assets": "two",
    "opens_on": "5 October",
    "weekdays": "Monday,Caturday",
    "outcome": "Perhaps",
}


def test_all_errors_are_told_at_once(summary_of: FileOf) -> None:
    reading = read_summary(summary_of({}, EVERYTHING_WRONG, {"name": "Another", "required_kw": "much"}))
    assert [(error.line, error.column, error.value) for error in reading.errors] == [
        (3, "Service Days Across All Windows", "Monday,Caturday"),
        (3, "Trade Open Date", "5 October"),
        (3, "Offered Capacity [kW]", "-3"),
        (3, "Trade Outcome", "Perhaps"),
        (3, "Number of Assets", "two"),
        (4, "Peak Tendered Capacity", "much"),
    ]
    with pytest.raises(FileRefused, match=r"6 errors.*\n.*line 3, column 'Service Days Across All Windows'"):
        reading.refuse_errors()


def test_a_wrong_unit_is_named_and_not_told_twice(summary_of: FileOf) -> None:
    text = summary_of({}).replace("Offered Capacity [kW]", "Offered Capacity [MW]")
    (error,) = read_summary(text.replace("Peak Tendered Capacity", "Peak Tendered Capacity")).errors
    assert (error.line, error.column) == (1, "Offered Capacity [MW]")
    assert error.reason.startswith("wrong unit: MW where kW is expected")


def test_a_unit_that_the_label_does_not_have_is_wrong_too(summary_of: FileOf) -> None:
    (error,) = read_summary(summary_of({}).replace("Peak Tendered Capacity", "Peak Tendered Capacity (MW)")).errors
    assert error.reason.startswith("wrong unit: MW where kW is expected")


def test_columns_unknown_misspelt_doubled_and_missing(summary_of: FileOf) -> None:
    header, _, row = summary_of({}).partition("\r\n")
    header = (
        header.replace("Company Name", "Company name")
        .replace("CMZ Code", "Weather")
        .replace("Restore Price", "Trade Outcome")
    )
    errors = read_summary(header + "\r\n" + row).errors
    assert {(error.column, error.reason) for error in errors} == {
        ("Company name", "unknown column: perhaps 'Company Name' is meant"),
        ("Weather", "unknown column: take it out"),
        ("Trade Outcome", "this column stands twice"),
        ("CMZ Code", "this column is missing"),
        ("Restore Price", "this column is missing"),
    }


def test_columns_may_stand_in_any_order(summary_of: FileOf) -> None:
    lines = summary_of({}).splitlines()
    header = lines[0].split(",")
    turned = [header[-1], *header[:-1]]
    first, _, rest = lines[1].rpartition(",")
    text = ",".join(turned) + f"\n{rest},{first}\n"
    assert read_summary(text).season == read_summary(summary_of({})).season


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_bytes_of_any_encoding_in_use(summary_of: FileOf, encoding: str) -> None:
    text = summary_of({"company": "Énergie Flex Ltd"})
    for source in (text.encode(encoding), io.BytesIO(text.encode(encoding)), io.StringIO("\ufeff" + text)):
        (offer,) = read_summary(source).refuse_errors().season.offers
        assert offer.company == "Énergie Flex Ltd"


def test_lines_are_those_of_the_file_even_where_a_cell_breaks_over_two(summary_of: FileOf) -> None:
    text = summary_of({"name": "A name\r\nover two lines"}, {"offered_kw": "x"})
    assert [(error.line, error.column) for error in read_summary(text).errors] == [
        (2, "Trade Opportunity Name"),
        (4, "Offered Capacity [kW]"),
    ]


def test_a_row_of_another_width(summary_of: FileOf) -> None:
    text = summary_of({}) + "one,two\r\n"
    assert read_summary(text).errors == (RowError(3, "", "", "2 cells where the header has 30"),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "the file is empty"), ('"CMZ Code', "malformed CSV"), ('"CMZ"x,y', "malformed CSV")],
)
def test_what_is_no_csv(text: str, reason: str) -> None:
    (error,) = read_summary(text).errors
    assert error.line == 1
    assert error.reason.startswith(reason)


def test_each_file_is_known_by_its_header(summary_of: FileOf, results_of: FileOf, parameters_of: FileOf) -> None:
    for file_of in (summary_of, results_of, parameters_of):
        reading = read_file(file_of({}).encode())
        assert not reading.errors
        assert len(reading.season.competitions) == 1
    with pytest.raises(FileRefused, match="none of NGED's files"):
        read_file(b"Postcode,HV CMZ Code\nLE1 1AA,CMZ_T9A_EM_0001\n")
