"""The events of a contract's month, its season, and the days that are no like days."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from markets.rules.spans import Window, month_span
from settlement.rules.calls import Called
from settlement.rules.events import ContractTerms, event_days, events_of, season_of

EVENING = Window(7, date(2024, 11, 4), date(2025, 2, 28), (1, 2, 3, 4, 5), time(16), time(20))
SUSTAIN = ContractTerms(
    id=1,
    seller_id=1,
    market_id=1,
    accepted_kw=Decimal("2.74"),
    availability_gbp_per_mw_h=Decimal(0),
    utilisation_gbp_per_mwh=Decimal(0),
    sustain_gbp_per_kw=Decimal("22.48"),
    triggered=False,
    turn_up=False,
    windows=(EVENING,),
    asset_ids=(1,),
)
DYNAMIC = replace(SUSTAIN, triggered=True, sustain_gbp_per_kw=Decimal(0), utilisation_gbp_per_mwh=Decimal(300))
JANUARY = month_span(date(2025, 1, 1))


def called(day: int, hour: int, end: datetime | None) -> Called:
    return Called(5, 7, "start", "T-1", 1, datetime(2025, 1, day, hour, tzinfo=UTC), end, Decimal(2))


def test_a_scheduled_product_has_an_event_per_service_day() -> None:
    month = events_of(SUSTAIN, season_of(SUSTAIN.windows), [], *JANUARY)
    assert len(month.events) == 23
    assert {event.instructed_kw for event in month.events} == {Decimal("2.74")}


def test_service_minutes_before_a_day_count_from_the_beginning_of_the_season() -> None:
    season = season_of(SUSTAIN.windows)
    assert (len(season.days), season.minutes) == (85, 85 * 240)
    assert [day.minutes_before for day in season.days[:3]] == [0, 240, 480]


def test_a_triggered_product_has_its_instructions_and_no_service_days_unless_they_pay() -> None:
    call = called(15, 17, datetime(2025, 1, 15, 19, tzinfo=UTC))
    [event] = events_of(DYNAMIC, season_of(DYNAMIC.windows), [call], *JANUARY).events
    assert (event.instruction_id, event.instructed_kw, event.is_asked) == (5, Decimal(2), True)
    paid = replace(DYNAMIC, availability_gbp_per_mw_h=Decimal(100))
    events = events_of(paid, season_of(paid.windows), [call], *JANUARY).events
    assert sum(not event.is_asked for event in events) == 23


def test_an_instruction_of_the_last_evening_belongs_to_the_month_it_began_in() -> None:
    call = called(31, 23, datetime(2025, 2, 1, 1, tzinfo=UTC))
    season = season_of(DYNAMIC.windows)
    assert len(events_of(DYNAMIC, season, [call], *JANUARY).events) == 1
    assert events_of(DYNAMIC, season, [call], *month_span(date(2025, 2, 1))).events == ()


def test_an_endless_instruction_ends_with_its_service_day_or_is_told() -> None:
    season = season_of(DYNAMIC.windows)
    [event] = events_of(DYNAMIC, season, [called(15, 17, None)], *JANUARY).events
    assert event.ends_at == datetime(2025, 1, 15, 20, tzinfo=UTC)
    month = events_of(DYNAMIC, season, [called(15, 21, None)], *JANUARY)
    assert (month.events, month.endless) == ((), (5,))


def test_days_with_an_event() -> None:
    season = season_of(SUSTAIN.windows)
    assert len(event_days(SUSTAIN, season, [])) == 85
    assert event_days(DYNAMIC, season, [called(15, 17, None)]) == {date(2025, 1, 15)}


def test_a_night_window_loses_an_hour_in_spring_and_gains_one_in_autumn() -> None:
    nights = [
        Window(n, day, day, (7,), time(0), time(6)) for n, day in enumerate((date(2025, 3, 30), date(2025, 10, 26)))
    ]
    assert [day.minutes for day in season_of(nights).days] == [5 * 60, 7 * 60]
