"""Files in the shapes that sellers have: the same readings, whichever way they are written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.rules.csv_text import UnreadableFile
from markets.rules.spans import LONDON
from settlement.rules.clock import changes, day_of, from_london, minute_of, minutes_of_london_day
from settlement.rules.energy import UNREAD
from settlement.rules.shaped_file import ShapedFile, read_shaped

SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)
MINUTE = timedelta(minutes=1)
HALF_HOUR = 30 * MINUTE


def london_intervals(day: date, minutes: int = 30) -> list[datetime]:
    """The starts, in UTC, of the intervals of a London day."""
    first, end = (datetime(1970, 1, 1, tzinfo=UTC) + n * MINUTE for n in minutes_of_london_day(day))
    return [first + n * minutes * MINUTE for n in range((end - first) // (minutes * MINUTE))]


def kw_at(at: datetime) -> Decimal:
    return Decimal(-(at.hour * 60 + at.minute) - 1) / 1000


def read(header: str, rows: list[str], **choices: str) -> ShapedFile:
    return read_shaped("\n".join([header, *rows]).encode(), choices)


def values(file: ShapedFile) -> dict[datetime, int]:
    """What was read, by UTC start."""
    assert not file.faults
    step = timedelta(minutes=file.interval_minutes or 0)
    found: dict[datetime, int] = {}
    for day in file.days:
        midnight = datetime.combine(day.day, datetime.min.time(), UTC)
        found |= {midnight + n * step: int(w) for n, w in enumerate(day.watts) if w != UNREAD}
    return found


def expected(times: list[datetime]) -> dict[datetime, int]:
    return {at: int(kw_at(at) * 1000) for at in times}


SHAPES = {
    "start in UTC": ("asset,start_utc,kw", lambda at, n: f"EV-1,{at:%Y-%m-%dT%H:%MZ},{kw_at(at)}"),
    "end in UTC, British dates": (
        "Ref;End (UTC);Power kW",
        lambda at, n: f"EV-1;{at + HALF_HOUR:%d/%m/%Y %H:%M:%S};{kw_at(at)}",
    ),
    "London start, kWh of import": (
        "MPAN,Start time (local),Consumption (kWh)",
        lambda at, n: f"1100000000013,{at.astimezone(LONDON):%Y-%m-%d %H:%M},{-kw_at(at) / 2}",
    ),
    "London end": (
        "group,end local,kW",
        lambda at, n: f"EV-1,{(at + HALF_HOUR).astimezone(LONDON):%d/%m/%Y %H:%M},{kw_at(at)}",
    ),
    "its own offset": ("asset,start,W", lambda at, n: f"EV-1,{at.astimezone(LONDON).isoformat()},{kw_at(at) * 1000}"),
    "settlement periods": (
        "site,settlement date,settlement period,kwh",
        lambda at, n: f"EV-1,{at.astimezone(LONDON):%d/%m/%Y},{n + 1},{kw_at(at) / 2}",
    ),
    "date and time": (
        "Asset ref,Date,Start time UTC,Wh",
        lambda at, n: f"EV-1,{at:%Y-%m-%d},{at:%H:%M},{kw_at(at) * 500}",
    ),
}


@pytest.mark.parametrize("day", [SPRING, AUTUMN, date(2025, 7, 1)])
@pytest.mark.parametrize("name", SHAPES)
def test_a_row_per_reading_is_read_in_every_shape_on_clock_change_days_too(name: str, day: date) -> None:
    header, row = SHAPES[name]
    times = london_intervals(day)
    assert len(times) == {SPRING: 46, AUTUMN: 50}.get(day, 48)
    file = read(header, [row(at, n) for n, at in enumerate(times)])
    assert values(file) == expected(times)


def test_newest_first_the_repeated_hour_is_in_that_order() -> None:
    times = london_intervals(AUTUMN)
    rows = [f"EV-1,{at.astimezone(LONDON):%Y-%m-%d %H:%M},{kw_at(at)}" for at in reversed(times)]
    assert values(read("asset,start_local,kw", rows)) == expected(times)


def a_day(times: list[datetime], width: int) -> str:
    return ",".join([str(kw_at(at)) for at in times] + [""] * (width - len(times)))


@pytest.mark.parametrize(("day", "width"), [(SPRING, 50), (AUTUMN, 50), (SPRING, 48), (AUTUMN, 1500), (SPRING, 1440)])
def test_a_row_per_london_day(day: date, width: int) -> None:
    times = london_intervals(day, 30 if width <= 50 else 1)
    header = ",".join(["mpan", "date", *(f"HH{n}" for n in range(1, width + 1))])
    file = read(header, [f"1100000000013,{day:%d/%m/%Y},{a_day(times, width)}"], unit="kw", clock="london")
    assert values(file) == expected(times)


def test_a_row_of_48_by_the_clock_has_an_empty_hour_in_spring_and_one_hour_too_few_in_autumn() -> None:
    labels = [f"{n // 2:02}:{n % 2 * 30:02}" for n in range(48)]
    header = ",".join(["asset", "date", *labels])
    spring, autumn = london_intervals(SPRING), london_intervals(AUTUMN)
    cells = [str(kw_at(at)) for at in spring]
    row = ",".join([*cells[:2], "", "", *cells[2:]])
    assert values(read(header, [f"EV-1,{SPRING},{row}"], unit="kw", clock="london")) == expected(spring)
    there = autumn[:4] + autumn[6:]
    row = ",".join(str(kw_at(at)) for at in there)
    assert values(read(header, [f"EV-1,{AUTUMN},{row}"], unit="kw", clock="london")) == expected(there)


def test_minutes_in_utc_by_day_and_by_row_are_the_same() -> None:
    first = datetime(2025, 1, 6, tzinfo=UTC)
    times = [first + n * MINUTE for n in range(1440)]
    by_row = read("asset,start_utc,kw", [f"EV-1,{at:%Y-%m-%d %H:%M},{kw_at(at)}" for at in times])
    header = ",".join(["asset", "date", *(f"{at:%H:%M}" for at in times)])
    by_day = read(header, [f"EV-1,2025-01-06,{a_day(times, 1440)}"], unit="kw", clock="utc")
    assert values(by_row) == values(by_day) == expected(times)
    assert by_row.interval_minutes == by_day.interval_minutes == 1


def test_what_the_file_does_not_say_stays_open_until_it_is_chosen() -> None:
    rows = ["EV-1,06/01/2025 00:00,1.5"]
    file = read("asset,time,reading", rows)
    assert file.shape is not None
    assert (file.shape.open, file.days) == (["unit", "clock", "stamped"], ())
    chosen = read("asset,time,reading", rows, unit="kwh", clock="utc", stamped="end", plus="import")
    assert values(chosen) == {datetime(2025, 1, 5, 23, 30, tzinfo=UTC): -3000}
    assert ("Unit", "kWh") in chosen.in_words


def test_bad_rows_are_named_at_once_with_line_and_column() -> None:
    file = read(
        "asset,start_local,kw",
        [
            "EV-1,2025-03-30 00:30,1",
            "EV-1,2025-03-30 01:30,1",
            "EV-1,06/01/2025 17:00,1",
            "",
            "EV-1,2025-03-30 02:30,1 kW",
            ",2025-03-30 03:00,1",
            "EV-1,2025-03-30 03:10,1",
            "EV-1,2025-03-30 00:30,2",
            "EV-1,2025-03-30 00:30,1",
            *(f"EV-1,2025-04-01 {n // 2:02}:{n % 2 * 30:02},1" for n in range(48)),
        ],
    )
    assert [(fault.line, fault.column) for fault in file.faults] == [
        (3, "start_local"),
        (4, "start_local"),
        (6, "kw"),
        (7, "asset"),
        (8, "start_local"),
        (9, ""),
    ]
    assert not file.days


def test_a_row_that_says_the_same_again_is_counted() -> None:
    assert read("asset,start_utc,kw", ["EV-1,2025-01-06 00:30,1"] * 3).repeats == 2


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("asset,kw", "EV-1,1"),
        ("asset,start_utc,kw,kwh", "EV-1,2025-01-06 00:30,1,2"),
        ("asset,date,a,b", "EV-1,2025-01-06,1,2"),
    ],
)
def test_a_shape_that_is_not_known_is_told(header: str, row: str) -> None:
    [fault] = read(header, [row]).faults
    assert fault.line == 1


def test_a_quarter_of_an_hour_is_not_read() -> None:
    first = datetime(2025, 1, 6, tzinfo=UTC)
    with pytest.raises(UnreadableFile, match="every 15 minutes"):
        read("asset,start_utc,kw", [f"EV-1,{first + n * 15 * MINUTE:%Y-%m-%d %H:%M},1" for n in range(96)])


@pytest.mark.parametrize("year", range(2020, 2031))
def test_clocks_change_when_the_time_zone_database_says(year: int) -> None:
    for minute in changes(year):
        day = day_of(minute)
        at = [datetime(1970, 1, 1, tzinfo=UTC) + (minute + n) * MINUTE for n in (-1, 0)]
        assert at[0].astimezone(LONDON).utcoffset() != at[1].astimezone(LONDON).utcoffset()
        times = london_intervals(day)
        assert [at.astimezone(LONDON).date() for at in (times[0], times[-1])] == [day, day]
        assert len(times) in (46, 50)
        local = np.array([minute_of(day) + 12 * 60])
        utc, _ = from_london(local, again=np.zeros(1, np.bool_), ends=False)
        assert local[0] - utc[0] == (60 if day.month == 3 else 0)


CELLS = ["", "0", "-3.25", "17", "1e3", " 2", "'4", "nan", "inf", "x"]


@given(
    st.lists(st.tuples(st.sampled_from(["EV-1", "EV-2", ""]), st.integers(1, 28)), min_size=1, max_size=6),
    st.lists(st.sampled_from(CELLS), min_size=46, max_size=50),
)
def test_what_is_read_at_once_is_read_cell_by_cell_alike(rows: list[tuple[str, int]], cells: list[str]) -> None:
    """A quotation mark sends a file the slow way: the same comes out, faults and all."""
    header = ",".join(["asset", "date", *(f"{n // 2:02}:{n % 2 * 30:02}" for n in range(48))])
    at_once, slowly = (
        read(
            header,
            [f"{asset},{mark}2025-01-{day:02}{mark},{','.join(cells)}" for asset, day in rows],
            unit="kw",
            clock="utc",
        )
        for mark in ("", '"')
    )
    assert (at_once.faults, at_once.repeats) == (slowly.faults, slowly.repeats)
    days = [[(day.asset, day.day, day.watts.tolist(), day.line) for day in file.days] for file in (at_once, slowly)]
    assert days[0] == days[1]
