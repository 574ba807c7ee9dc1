"""A CSV of bids as sellers save it: what is read, what is refused as a whole, and every fault of every row."""

from decimal import Decimal

import pytest

from markets.rules.bids_file import LABELS, MOST_ROWS, read_bids_file, write_bids_file
from markets.rules.csv_text import MOST_BYTES, UnreadableFile
from markets.rules.notices import Offer

HEADER = "Competition Ref,Service Window Name,Offered capacity [kW],Utilisation price [GBP/MWh],Assets,Your reference"


def read(*rows: str, header: str = HEADER):
    return read_bids_file("\n".join([header, *rows]).encode())


def test_a_row_is_an_offer():
    file = read('T-1,"Monday, evening",50.5,250,EV-1,A1', "T-1,Evening | Late,1,0.1234,EV-1|EV-2,")
    assert file.offers == (
        Offer(
            "T-1", ("Monday, evening",), Decimal("50.5"), Decimal(0), Decimal(250), Decimal(0), None, ("EV-1",), "A1", 2
        ),
        Offer(
            "T-1",
            ("Evening", "Late"),
            Decimal(1),
            Decimal(0),
            Decimal("0.1234"),
            Decimal(0),
            None,
            ("EV-1", "EV-2"),
            "",
            3,
        ),
    )
    assert (file.problems, file.empty_rows) == ((), 0)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n , , ,,,\n").replace(" , , ,,,", ""),
        lambda text: text.upper().replace("T-1,EVENING", "T-1,Evening"),
    ],
)
def test_the_habits_of_spreadsheets_are_taken(spoilt):
    text = f"{HEADER}\nT-1,Evening,50.5,250,EV-1,A1"
    [offer] = read_bids_file(spoilt(text).encode()).offers
    assert (offer.competition, offer.windows, offer.capacity_kw, offer.seller_ref) == (
        "T-1",
        ("Evening",),
        Decimal("50.5"),
        "A1",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "file is empty"),
        (b" \n \n", "file is empty"),
        (b"\xef\xbb\xbf", "file is empty"),
        (b"\xc2\xa0\n", "file is empty"),
        (b",,,,\n\n", "file is empty"),
        (b"PK\x03\x04rest of a workbook", "choose Save As, then 'CSV UTF-8'"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "This is a spreadsheet"),
        (f"{HEADER}\nCaf\xe9,".encode("latin-1"), "not in UTF-8"),
        (HEADER.encode("utf-16"), "not in UTF-8"),
        (HEADER.encode("utf-16-le"), "not a text file"),
        (b"x" * (MOST_BYTES + 1), "larger than 20 MB"),
        (b"Name,Price\na,1", "missing: Competition Ref, Service Window Name, Offered capacity [kW], Assets"),
        (f"{HEADER},Max run time\n".encode(), "Unknown column: 'Max run time'"),
        (f"{HEADER},Assets\n".encode(), "stands twice"),
        (f'{HEADER}\nT-1,"Evening,50,1,EV-1,A\n'.encode(), "From line 2 this is no CSV"),
        ("\n".join([HEADER, *["T-1,Evening,1,1,EV-1,"] * (MOST_ROWS + 1)]).encode(), "more than 30,000 rows"),
    ],
)
def test_what_is_no_such_file_gets_one_sentence(content, sentence):
    with pytest.raises(UnreadableFile) as refusal:
        read_bids_file(content)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ('"12,5"', "after a point: 12.5"),
        ('"1,234"', "without a comma: 1234"),
        ('"1,234.50"', "without a comma: 1234.50"),
        ("£12", "Write the number alone"),
        ("12 kW", "Write the number alone"),
        ("1e3", "Write the number alone"),
        ("NaN", "Write the number alone"),
        ("-1", "not negative"),
        ("1.23456", "at most four decimals"),
        ("12345678901", "too large"),
    ],
)
def test_what_is_no_number_is_told_how_to_be_one(cell, sentence):
    [problem] = read(f"T-1,Evening,5,{cell},EV-1,").problems
    assert (problem.line, problem.column, problem.value) == (2, LABELS["utilisation_gbp_per_mwh"], cell.strip('"'))
    assert sentence in problem.reason


def test_every_fault_of_every_row_is_told_at_once():
    file = read(
        "T-1,Evening,x,y,EV-1,A1",
        "T-1,Evening,5,250,EV-1,A2",
        "T-1,Evening,5,250",
        'T-1,"two\nlines",5,250,EV-1,A3',
        "T-1,Evening,,250,EV-1,A4",
    )
    assert [(p.line, p.column.split(" [")[0]) for p in file.problems] == [
        (2, "Offered capacity"),
        (2, "Utilisation price"),
        (4, "row"),
        (7, "Offered capacity"),
    ]
    assert [offer.line for offer in file.offers] == [3, 5]


def test_minutes_are_whole():
    header = f"{HEADER},Maximum run time [minutes]"
    file = read("T-1,Evening,5,1,EV-1,,120", "T-1,Evening,5,1,EV-1,,1.5", header=header)
    assert [offer.max_runtime_minutes for offer in file.offers] == [120]
    assert "whole minutes" in file.problems[0].reason


def test_a_template_is_read_as_rows_that_nobody_filled_in_and_its_names_survive():
    row = {"competition": "=T-1", "name": "-x", "windows": "@ Evening", "assets": "EV-1|EV-2"}
    text = "".join(write_bids_file([row, row | {"capacity_kw": "12"}]))
    assert text.startswith("\ufeffCompetition Ref,Competition Name,")
    assert "\n'=T-1,'-x,," in text
    file = read_bids_file(text.encode())
    assert file.empty_rows == 1
    [offer] = file.offers
    assert (offer.competition, offer.windows, offer.assets) == ("=T-1", ("@ Evening",), ("EV-1", "EV-2"))
