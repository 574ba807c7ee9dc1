"""The day before, whoever delivers by schedule is told of it: once, in London's hours, and nobody else is."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.models import Reminder
from dispatch.operations import remind, reminders_due
from dispatch.rules.reminding import Asked, asked, span_on
from markets.models import Contract, Mail, Market, Product
from markets.operations import clock
from markets.rules.spans import LONDON, london, window_spans


@pytest.fixture
def scheduled(contract: Contract) -> Contract:
    Product.objects.update(call=Product.Call.SCHEDULED)
    Mail.objects.all().delete()
    return contract


def at(market: Market, day: date, hour: int) -> Market:
    """The market, at this hour of London."""
    return clock.move_clock(market=market, to=london(day, time(hour)), by="tests")


def service_day(contract: Contract, *, weekday: int = 1) -> date:
    day = contract.bid.competition.windows.get().first_day + timedelta(days=7)
    return day - timedelta(days=day.isoweekday() - weekday)


@pytest.mark.django_db
def test_a_seller_is_told_once_from_the_markets_hour_on(scheduled: Contract, market: Market) -> None:
    day = service_day(scheduled)
    market = at(market, day - timedelta(days=1), 14)
    assert (remind(market=market, by="tests"), reminders_due()) == (0, {})
    market = at(market, day - timedelta(days=1), 15)
    assert list(reminders_due()) == [market.pk]
    assert remind(market=market, by="tests") == 1
    assert remind(market=market, by="tests") == 0
    assert reminders_due() == {}
    [letter] = Mail.objects.all()
    assert (letter.lane, letter.recipient) == ("ordinary", "dispatch+owner@voltwise.example")
    assert letter.subject.startswith(f"MOCK | Tomorrow, Monday {day.day} ")
    for said in ("16:00 ", " to 20:00 ", "Evening", scheduled.reference, "No trigger comes for it"):
        assert said in letter.text
        assert said.strip() in letter.html
    assert Reminder.objects.get().mails == 1


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["weekend", "called by trigger", "no hour is set"])
def test_nobody_is_told_of_what_is_not_delivered_by_schedule_tomorrow(
    scheduled: Contract, market: Market, why: str
) -> None:
    if why == "called by trigger":
        Product.objects.update(call=Product.Call.TRIGGERED)
    if why == "no hour is set":
        Market.objects.update(remind_at=None)
    day = service_day(scheduled, weekday=6 if why == "weekend" else 1)
    market = at(market, day - timedelta(days=1), 16)
    assert (remind(market=market, by="tests"), reminders_due()) == (0, {})
    assert not Mail.objects.exists()


@pytest.mark.django_db
def test_without_a_confirmed_mailbox_those_who_act_are_told_and_in_a_rehearsal_nobody_who_did_not_accept(
    scheduled: Contract, market: Market
) -> None:
    scheduled.seller.dispatch_contacts.update(verified_at=None)
    day = service_day(scheduled)
    remind(market=at(market, day - timedelta(days=1), 16), by="tests")
    assert set(Mail.objects.values_list("recipient", flat=True)) == {"owner@voltwise.example"}
    scheduled.seller.admissions.all().delete()
    remind(market=at(market, day, 16), by="tests")
    assert list(Reminder.objects.order_by("day").values_list("mails", flat=True)) == [1, 0]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31)), st.times())
def test_it_is_asked_for_each_day_once_the_hour_has_struck(now: datetime, remind_at: time) -> None:
    at_utc = now.replace(tzinfo=UTC)
    due = asked(at_utc, remind_at)
    today = at_utc.astimezone(LONDON).date()
    struck = london(today, remind_at)
    assert due == (Asked(today + timedelta(days=1), struck) if at_utc >= struck else None)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 47), st.integers(0, 47))
def test_the_hours_told_are_those_that_settlement_counts(day: date, first: int, last: int) -> None:
    start, end = (time(half // 2, half % 2 * 30) for half in (first, last))
    [*counted] = window_spans(day, day, [day.isoweekday()], start, end)
    assert [span_on(day, start, end)] == (counted or [None])
