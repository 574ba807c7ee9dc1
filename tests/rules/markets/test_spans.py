"""Windows as instants: London's clock, half-open spans, days of 46, 48 and 50 half-hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.rules.spans import HALF_HOUR, LONDON, half_hours, london, window_spans

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
HALF_HOUR_TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))


def test_a_window_is_a_span_per_service_day():
    spans = list(window_spans(date(2026, 12, 1), date(2026, 12, 7), (1, 5), time(16), time(20)))
    assert spans == [
        (datetime(2026, 12, 4, 16, tzinfo=UTC), datetime(2026, 12, 4, 20, tzinfo=UTC)),
        (datetime(2026, 12, 7, 16, tzinfo=UTC), datetime(2026, 12, 7, 20, tzinfo=UTC)),
    ]


def test_summer_is_an_hour_earlier_in_utc():
    [(start, end)] = window_spans(date(2026, 7, 1), date(2026, 7, 1), EVERY_DAY, time(16), time(20))
    assert (start.hour, end.hour) == (15, 19)


@pytest.mark.parametrize(
    ("start", "end", "hours"), [(time(22), time(2), 4), (time(20), time(0), 4), (time(0), time(0), 24)]
)
def test_an_end_at_or_before_the_start_is_the_next_days(start, end, hours):
    [(begins, ends)] = window_spans(date(2026, 6, 10), date(2026, 6, 10), EVERY_DAY, start, end)
    assert ends - begins == timedelta(hours=hours)


@pytest.mark.parametrize(("day", "count"), [(date(2026, 3, 29), 46), (date(2026, 10, 25), 50), (date(2026, 6, 1), 48)])
def test_a_whole_day_has_46_48_or_50_half_hours(day, count):
    [span] = window_spans(day, day, EVERY_DAY, time(0), time(0))
    assert len(list(half_hours(*span))) == count


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1)])
def test_the_half_hours_of_a_day_as_windows_cover_it_once(day):
    """Half-hours that spring leaves out are nothing: they were the next hour again, asked for and paid twice."""
    times = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
    pairs = zip(times, [*times[1:], time(0)], strict=True)
    spans = [span for start, end in pairs for span in window_spans(day, day, EVERY_DAY, start, end)]
    [(begins, ends)] = window_spans(day, day, EVERY_DAY, time(0), time(0))
    assert [start for start, _ in spans] == [begins, *(end for _, end in spans[:-1])]
    assert spans[-1][1] == ends


@given(
    first=DAYS,
    length=st.integers(0, 40),
    weekdays=st.sets(st.integers(1, 7), min_size=1),
    start=HALF_HOUR_TIMES,
    end=HALF_HOUR_TIMES,
)
def test_spans_are_in_order_on_service_days_and_read_as_asked_in_london(first, length, weekdays, start, end):
    spans = list(window_spans(first, first + timedelta(days=length), tuple(weekdays), start, end))
    assert spans == sorted(spans)
    for begins, ends in spans:
        assert begins < ends
        local = begins.astimezone(LONDON)
        assert local.isoweekday() in weekdays
        if local.time() != start:  # the hour that spring leaves out
            assert (local.hour, start.hour) == (2, 1)
        assert all(begins <= at < ends for at in half_hours(begins, ends))


@given(day=DAYS, at=HALF_HOUR_TIMES)
def test_london_gives_utc_and_a_time_that_occurs_twice_means_the_first(day, at):
    instant = london(day, at)
    assert instant.utcoffset() == timedelta(0)
    earlier = (instant - 2 * HALF_HOUR).astimezone(LONDON)
    assert (earlier.date(), earlier.time()) != (day, at)
