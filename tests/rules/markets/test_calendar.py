"""Auctions of a calendar: London times into instants, on ordinary days and on both days on which clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.rules.calendar import CalendarTerms, contradictions, terms_problems, turns
from markets.rules.notices import CompetitionNotice
from markets.rules.spans import LONDON

from ...calendars import DAILY, WEEK_AHEAD


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_the_week_ahead_example_in_summer_time() -> None:
    [turn] = turns(WEEK_AHEAD, date(2026, 10, 1), date(2026, 10, 7))
    assert (turn.first_day, turn.last_day) == (date(2026, 10, 5), date(2026, 10, 11))
    assert turn.opens_at == utc(2026, 9, 24, 11)
    assert turn.closes_at == utc(2026, 9, 29, 22, 59)
    assert (turn.opens_at.astimezone(LONDON).strftime("%A"), turn.closes_at.astimezone(LONDON).strftime("%A")) == (
        "Thursday",
        "Tuesday",
    )


def test_bidding_that_spans_a_clock_change_is_an_hour_longer_or_shorter() -> None:
    [spring] = turns(
        WEEK_AHEAD, date(2026, 4, 6), date(2026, 4, 6)
    )  # bidding 26 to 31 March; clocks change on the 29th
    [autumn] = turns(
        WEEK_AHEAD, date(2026, 11, 2), date(2026, 11, 2)
    )  # bidding 22 to 27 October; clocks change on the 25th
    usual = timedelta(days=5, hours=11, minutes=59)
    assert spring.closes_at - spring.opens_at == usual - timedelta(hours=1)
    assert autumn.closes_at - autumn.opens_at == usual + timedelta(hours=1)


@pytest.mark.parametrize(
    ("delivery", "closes_at"),
    [
        (date(2026, 3, 29), utc(2026, 3, 28, 10)),  # the day before clocks go forward: GMT
        (date(2026, 3, 30), utc(2026, 3, 29, 9)),  # the day itself: BST
        (date(2026, 10, 25), utc(2026, 10, 24, 9)),
        (date(2026, 10, 26), utc(2026, 10, 25, 10)),
    ],
)
def test_a_daily_gate_keeps_its_london_time(delivery: date, closes_at: datetime) -> None:
    [turn] = turns(DAILY, delivery, delivery)
    assert turn.closes_at == closes_at


def test_a_time_that_spring_leaves_out_is_when_clocks_go_forward() -> None:
    [turn] = turns(replace(DAILY, closes_local=time(1, 30)), date(2026, 3, 30), date(2026, 3, 30))
    assert turn.closes_at == utc(2026, 3, 29, 1)


def test_a_time_that_comes_twice_in_autumn_is_the_first() -> None:
    [turn] = turns(replace(DAILY, closes_local=time(1, 30)), date(2026, 10, 26), date(2026, 10, 26))
    assert turn.closes_at == utc(2026, 10, 25, 0, 30)


def test_nothing_before_the_first_day_nor_after_the_last() -> None:
    short = replace(DAILY, first_day=date(2026, 5, 4), last_day=date(2026, 5, 6))
    assert [turn.first_day.day for turn in turns(short, date(2026, 5, 1), date(2026, 5, 31))] == [4, 5, 6]


TIMES = st.times(max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))


@st.composite
def sound_terms(draw: st.DrawFn) -> CalendarTerms:
    moments = sorted(draw(st.lists(st.tuples(st.integers(-30, 0), TIMES), min_size=4, max_size=4, unique=True)))
    named = zip(("published", "opens", "closes", "results"), moments, strict=True)
    values = {}
    for name, (day, at) in named:
        values |= {f"{name}_days_before": -day, f"{name}_local": at}
    weekdays = draw(st.sets(st.integers(1, 7), min_size=1))
    return CalendarTerms(
        delivery_weekdays=tuple(sorted(weekdays)),
        delivery_days=draw(st.integers(1, 14)),
        first_day=date(2020, 1, 1),
        **values,
    )


@given(sound_terms(), st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_whatever_the_calendar_everything_comes_in_order_at_its_london_time(
    terms: CalendarTerms, since: date, length: int
) -> None:
    assert terms_problems(terms) == []
    found = list(turns(terms, since, since + timedelta(days=length)))
    assert len(found) == sum(
        (since + timedelta(days=i)).isoweekday() in terms.delivery_weekdays for i in range(length + 1)
    )
    for turn in found:
        assert turn.published_by <= turn.opens_at <= turn.closes_at <= turn.results_by
        assert (turn.last_day - turn.first_day).days == terms.delivery_days - 1
        for name in ("opens", "closes"):
            local = getattr(turn, f"{name}_at").astimezone(LONDON)
            wanted = getattr(terms, f"{name}_local")
            day = turn.first_day - timedelta(days=getattr(terms, f"{name}_days_before"))
            left_out = local.time() == time(2) and wanted.hour == 1 and day.month == 3  # clocks went from 1:00 to 2:00
            assert local.date() == day
            assert local.time() == wanted or left_out


@given(sound_terms(), st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_a_plan_made_in_parts_is_the_plan(terms: CalendarTerms, since: date, first: int, second: int) -> None:
    middle, end = since + timedelta(days=first), since + timedelta(days=first + 1 + second)
    parts = [*turns(terms, since, middle), *turns(terms, middle + timedelta(days=1), end)]
    assert parts == list(turns(terms, since, end))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"delivery_weekdays": ()}, "delivery_weekdays"),
        ({"delivery_weekdays": (8,)}, "delivery_weekdays"),
        ({"delivery_days": 0}, "delivery_days"),
        ({"last_day": date(2025, 1, 1)}, "last_day"),
        ({"published_days_before": 1}, "published_days_before"),
        ({"closes_days_before": 2}, "closes_days_before"),
        ({"results_local": time(9)}, "results_days_before"),
    ],
)
def test_what_no_auction_can_follow_from_is_told(change: dict, field: str) -> None:
    assert terms_problems(DAILY) == terms_problems(WEEK_AHEAD) == []
    [problem] = terms_problems(replace(DAILY, **change))
    assert problem[0] == field


def competition(first_day: date, last_day: date, closes_at: datetime) -> CompetitionNotice:
    return CompetitionNotice(
        reference="X",
        name="X",
        product="SU",
        zone_code="Z",
        opens_at=closes_at - timedelta(days=1),
        closes_at=closes_at,
        first_day=first_day,
        last_day=last_day,
        required_kw=Decimal(1),
        windows=(),
    )


def test_another_gate_than_the_calendars_is_noted_and_other_deliveries_are_not() -> None:
    planned = [
        *turns(DAILY, date(2026, 3, 30), date(2026, 3, 30)),
        *turns(WEEK_AHEAD, date(2026, 3, 30), date(2026, 3, 30)),
    ]
    monday = date(2026, 3, 30)
    as_planned = [competition(monday, monday, turn.closes_at) for turn in planned]
    other = competition(monday, monday, utc(2026, 3, 29, 12))
    elsewhere = competition(monday, date(2026, 4, 30), utc(2026, 3, 29, 12))
    [(notice, note)] = contradictions([*as_planned, other, elsewhere], planned)
    assert notice is other
    assert (
        "Mon 30 Mar 2026 the market's calendar closes on Sun 29 Mar 2026, 10:00 BST or Tue 24 Mar 2026, 23:59 GMT"
        in note
    )
