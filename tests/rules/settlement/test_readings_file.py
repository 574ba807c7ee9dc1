"""Half-hours in the operator's convention, and gaps in a file."""

import csv
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.rules.csv_text import UnreadableFile
from settlement.rules.gaps import gaps_of
from settlement.rules.readings_file import end_stamped
from settlement.rules.shaped_file import read_shaped

DAY = date(2025, 1, 6)


def rows_of_a_day() -> list[str]:
    first = datetime(2025, 1, 6, tzinfo=UTC)
    return [f"EV-1,{first + n * timedelta(minutes=30):%Y-%m-%dT%H:%MZ},-3.25" for n in range(48)]


def test_a_gap_is_told_with_its_half_hours() -> None:
    rows = rows_of_a_day()
    read = read_shaped("\n".join(["asset,start_utc,kw", *rows[:10], *rows[13:]]).encode(), {})
    [gap] = gaps_of(read.days, 30)
    assert (gap.line, gap.value) == (2, "2025-01-06 05:00 to 2025-01-06 06:30")
    assert "3 half-hours" in gap.reason


def test_a_file_of_london_days_may_begin_and_end_within_a_utc_day() -> None:
    read = read_shaped("\n".join(["asset,start_utc,kw", *rows_of_a_day()[46:]]).encode(), {})
    assert not list(gaps_of(read.days, 30))


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
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["asset", "end_utc", "kw"])
    for (asset, day), watts in days.items():
        rows.writerows([asset, end.isoformat(), kw] for end, kw in end_stamped(day, watts))
    read = read_shaped(text.getvalue().encode(), {})
    assert {(day.asset, day.day): tuple(day.watts.tolist()) for day in read.days} == days


@given(st.binary() | st.text().map(str.encode))
def test_anything_is_read_or_refused(content: bytes) -> None:
    with suppress(UnreadableFile):
        read = read_shaped(content, {})
        assert read.faults or (read.shape and read.shape.open)
        assert not read.days


def test_a_file_as_a_spreadsheet_saves_it_is_read() -> None:
    content = "\ufeffasset;start_utc;kw\r\n'=EV-1;2025-01-06T16:00Z;-3.25\r\n;;\r\n".encode()
    [day] = read_shaped(content, {}).days
    assert (day.asset, day.watts[32]) == ("=EV-1", -3250)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b"PK\x03\x04", "a spreadsheet"), (b"asset,start_utc,kw\nD\xe9p\xf4t,,", "not in UTF-8")],
)
def test_what_is_no_csv_is_told_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFile, match=sentence):
        read_shaped(content, {})
