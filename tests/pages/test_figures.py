"""How figures are said: kW without idle zeros, pounds, London time with its zone on both sides of the clock change."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from markets.templatetags import figures


@pytest.mark.parametrize(
    ("value", "said"),
    [("2.7000", "2.7 kW"), ("0.3996", "0.3996 kW"), ("1250.5", "1,250.5 kW"), ("100", "100 kW"), ("-20.5", "−20.5 kW")],
)
def test_power(value: str, said: str):
    assert figures.kw(Decimal(value)) == said


@pytest.mark.parametrize(
    ("value", "said"), [("1234.56", "£1,234.56"), ("1234.5", "£1,234.50"), ("-3.1", "−£3.10"), ("0", "£0.00")]
)
def test_money(value: str, said: str):
    assert figures.gbp(Decimal(value)) == said


@pytest.mark.parametrize(("value", "said"), [("300.0000", "£300.00"), ("35.5", "£35.50"), ("1.3725", "£1.3725")])
def test_a_price_keeps_its_decimals(value: str, said: str):
    assert figures.price(Decimal(value)) == said


def test_what_is_not_known_is_a_dash():
    for said in (figures.kw, figures.kwh, figures.gbp, figures.price, figures.share, figures.instant, figures.lasting):
        assert said(None) == "–"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 3, 17, 0, tzinfo=UTC), "Tue 3 Nov 2026, 17:00 GMT"),
        (datetime(2026, 7, 3, 23, 30, tzinfo=UTC), "Sat 4 Jul 2026, 00:30 BST"),
    ],
)
def test_an_instant_says_its_zone(at: datetime, said: str):
    assert figures.instant(at) == f'<time datetime="{at.isoformat()}">{said}</time>'


def test_what_was_saved_is_said_to_the_second():
    at = datetime(2026, 11, 3, 16, 55, 7, tzinfo=UTC)
    assert "Tue 3 Nov 2026, 16:55:07 GMT" in figures.to_the_second(at)


def test_a_span_says_day_and_zone_twice_only_where_they_change():
    def utc(day: int, hour: int) -> datetime:
        return datetime(2026, 10, day, hour, tzinfo=UTC)

    assert figures.span(utc(20, 16), utc(20, 18)) == "Tue 20 Oct 2026, 17:00 – 19:00 BST"
    assert figures.span(utc(20, 22), utc(21, 1)) == "Tue 20 Oct 2026, 23:00 – Wed 21 Oct 2026, 02:00 BST"
    assert figures.span(utc(25, 0), utc(25, 3)) == "Sun 25 Oct 2026, 01:00 BST – 03:00 GMT"
    assert figures.span(utc(20, 16), None) == "Tue 20 Oct 2026, 17:00 BST, until told to stop"


def test_days_of_a_season():
    def said(*days: date) -> str:
        return figures.days(*days).replace("\u00a0", " ")

    assert said(date(2027, 1, 1), date(2027, 3, 31)) == "1 Jan – 31 Mar 2027"
    assert said(date(2026, 12, 1), date(2027, 3, 31)) == "1 Dec 2026 – 31 Mar 2027"
    assert said(date(2026, 12, 1), date(2026, 12, 1)) == "Tue 1 Dec 2026"


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([1, 2, 3, 4, 5], "Mon–Fri"), ([7, 6], "Sat, Sun"), ([1, 2, 3, 4, 5, 6, 7], "Every day"), ([1, 3], "Mon, Wed")],
)
def test_weekdays(numbers: list[int], said: str):
    assert figures.weekdays(numbers) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (time(16), time(19, 30), "16:00–19:30"),
        (time(22), time(2), "22:00–02:00 next day"),
        (time(20), time(0), "20:00–24:00"),
        (time(0), time(0), "00:00–00:00 next day"),
    ],
)
def test_hours_of_a_window(start: time, end: time, said: str):
    assert figures.hours(start, end) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (270_000, "3 days 3 h"),
        (86_400, "1 day"),
        (8_040, "2 h 14 min"),
        (3_600, "1 h"),
        (1_140, "19 min"),
        (298, "4 min 58 s"),
        (58, "58 s"),
        (-5, "0 s"),
    ],
)
def test_how_long(seconds: int, said: str):
    assert figures.lasting(timedelta(seconds=seconds)) == said
