"""A seller's file: read as its header says, every fault at once; and half-hours in the operator's convention."""

import csv
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.rules.csv_text import UnreadableFile
from settlement.rules.readings_file import AssetDay, end_stamped, read_file

DAY = date(2025, 1, 6)


def file_of(header: str, *rows: str) -> bytes:
    return ("\n".join([header, *rows]) + "\n").encode()


def whole_day(stamp: str = "start_utc", unit: str = "kw", value: str = "-3.25") -> bytes:
    first = datetime(2025, 1, 6, 0, 0 if stamp == "start_utc" else 30, tzinfo=UTC)
    times = [first + n * timedelta(minutes=30) for n in range(48)]
    return file_of(f"asset,{stamp},{unit}", *(f"EV-1,{at:%Y-%m-%dT%H:%MZ},{value}" for at in times))


def faults(content: bytes) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.value) for fault in read_file(content).faults]


@pytest.mark.parametrize(
    ("stamp", "unit", "value"),
    [
        ("start_utc", "kw", "-3.25"),
        ("end_utc", "kw", "-3.25"),
        ("start_utc", "kwh", "-1.625"),
        ("end_utc", "kwh", "-1.625"),
    ],
)
def test_the_header_says_how_the_file_is_read(stamp: str, unit: str, value: str) -> None:
    read = read_file(whole_day(stamp, unit, value))
    assert read.faults == read.gaps == ()
    assert read.days == (AssetDay("EV-1", DAY, (-3250,) * 48, line=2),)


def test_the_order_of_rows_does_not_matter() -> None:
    header, *rows = whole_day().decode().splitlines()
    assert read_file(file_of(header, *reversed(rows))).days[0].watts == (-3250,) * 48


def test_every_bad_row_is_named_at_once() -> None:
    content = file_of(
        "asset,start_utc,kw",
        "EV-1,06/01/2025 16:00,1",
        "EV-1,2025-01-06T16:00+01:00,1",
        "EV-1,2025-01-06T16:10Z,1",
        "EV-1,2025-01-06,1",
        "EV-1,2025-01-06T17:00Z,1 kW",
        "EV-1,2025-01-06T17:30Z,NaN",
        "EV-1,2025-01-06T18:00Z,99999999",
        ",2025-01-06T18:30Z,1",
        "EV-1,2025-01-06T19:00Z",
        "EV-1,2025-01-06T19:30Z,1",
        "EV-1,2025-01-06T19:30Z,2",
    )
    assert faults(content) == [
        (2, "start_utc", "06/01/2025 16:00"),
        (3, "start_utc", "2025-01-06T16:00+01:00"),
        (4, "start_utc", "2025-01-06T16:10Z"),
        (5, "start_utc", "2025-01-06"),
        (6, "kw", "1 kW"),
        (7, "kw", "NaN"),
        (8, "kw", "99999999"),
        (9, "asset", ""),
        (10, "asset", ""),
        (12, "start_utc", "2025-01-06T19:30Z"),
    ]
    assert read_file(content).days == ()


def test_a_repeat_names_the_line_it_repeats() -> None:
    [fault] = read_file(file_of("asset,start_utc,kw", *["EV-1,2025-01-06T19:30Z,1"] * 2)).faults
    assert "line 2" in fault.reason


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("asset,start_utc,mw", "mw"),
        ("asset,start_utc", "kw"),
        ("asset,start_utc,kw,kwh", "kw"),
        ("asset,start_utc,end_utc,kw", "start_utc"),
        ("asset,start_local,kw", "start_local"),
        ("start_utc,kw", "asset"),
        ("asset,start_utc,kw,kw", "kw"),
    ],
)
def test_a_header_that_does_not_say_it_is_refused(header: str, column: str) -> None:
    named = [fault for fault in read_file(file_of(header, "EV-1,2025-01-06T16:00Z,1")).faults if fault.column == column]
    assert [fault.line for fault in named] == [1]


def test_a_header_alone_is_no_file() -> None:
    assert len(read_file(b"asset,start_utc,kw\n").faults) == 1


def test_a_gap_is_told_with_its_half_hours() -> None:
    header, *rows = whole_day().decode().splitlines()
    read = read_file(file_of(header, *rows[:10], *rows[13:]))
    [gap] = read.gaps
    assert (gap.line, gap.value) == (12, "2025-01-06 05:00 to 2025-01-06 06:30")
    assert read.days[0].watts[9:14] == (-3250, None, None, None, -3250)


def test_a_file_of_london_days_may_begin_and_end_within_a_utc_day() -> None:
    header, *rows = whole_day().decode().splitlines()
    read = read_file(file_of(header, *rows[46:]))
    assert read.gaps == read.faults == ()
    assert read.days[0].watts == (None,) * 46 + (-3250,) * 2


def test_the_operators_convention_is_utc_at_the_end_of_the_interval() -> None:
    stamped = dict(end_stamped(DAY, [1500, None, *[-250] * 46]))
    assert stamped[datetime(2025, 1, 6, 0, 30, tzinfo=UTC)] == Decimal("1.5")
    assert datetime(2025, 1, 6, 1, 0, tzinfo=UTC) not in stamped
    assert stamped[datetime(2025, 1, 7, tzinfo=UTC)] == Decimal("-0.25")


@given(
    st.dictionaries(
        st.tuples(
            st.text('AB-1," ü', min_size=1).map(str.strip).filter(bool), st.dates(date(2020, 1, 1), date(2030, 12, 31))
        ),
        st.lists(st.integers(-(2**31) + 1, 2**31 - 1), min_size=48, max_size=48).map(tuple),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_is_read_back(days: dict[tuple[str, date], tuple[int, ...]]) -> None:
    written = [AssetDay(asset, day, watts, 0) for (asset, day), watts in sorted(days.items())]
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["asset", "end_utc", "kw"])
    for day in written:
        rows.writerows([day.asset, end.isoformat(), kw] for end, kw in end_stamped(day.day, day.watts))
    read = read_file(text.getvalue().encode())
    assert [(day.asset, day.day, day.watts) for day in read.days] == [(d.asset, d.day, d.watts) for d in written]


@given(st.binary() | st.text().map(str.encode))
def test_anything_is_read_or_refused(content: bytes) -> None:
    with suppress(UnreadableFile):
        read = read_file(content)
        assert read.faults
        assert not read.days


def test_a_file_as_a_spreadsheet_saves_it_is_read() -> None:
    content = "\ufeffasset;start_utc;kw\r\n'=EV-1;2025-01-06T16:00Z;-3.25\r\n;;\r\n".encode()
    [day] = read_file(content).days
    assert (day.asset, day.watts[32]) == ("=EV-1", -3250)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b"PK\x03\x04", "a spreadsheet"), (b"asset,start_utc,kw\nD\xe9p\xf4t,,", "not in UTF-8")],
)
def test_what_is_no_csv_is_told_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFile, match=sentence):
        read_file(content)
