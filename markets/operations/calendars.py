"""The calendar of a market's repeating auctions, and the auctions that follow from it for the coming weeks."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet, Subquery

from ..models import Auction, AuctionCalendar, Competition, Market, MarketTime
from ..models.calendar import competitions_of_auction
from ..problems import Refused, RowProblem
from ..rules.calendar import CalendarTerms, Turn, contradictions, terms_problems, turns
from ..rules.notices import CompetitionNotice
from ..rules.spans import LONDON
from .journal import By, record

PLANNED = timedelta(days=35)
"""How far ahead auctions stand in the timetable, counted by the first day of their delivery."""


@transaction.atomic
def make_calendar(*, market: Market, name: str, terms: CalendarTerms, by: By) -> AuctionCalendar:
    """A calendar of the market, and its next auctions. Raises Refused with a row per field that is wrong."""
    _check(terms)
    if AuctionCalendar.objects.filter(market=market, name=name).exists():
        taken = f"{market} already has a calendar '{name}'. Choose another name, or change that one."
        raise Refused(taken, [RowProblem(0, "name", name, taken)])
    calendar = AuctionCalendar.objects.create(market=market, name=name, **_stored(terms))
    record(by=by, verb="make_calendar", subject=calendar)
    plan_auctions(market=market, by=by)
    return calendar


@transaction.atomic
def change_calendar(*, calendar: AuctionCalendar, terms: CalendarTerms, by: By) -> AuctionCalendar:
    """Gives the calendar other terms. Auctions already due for publication stay as they were; later ones follow the new terms.

    Raises Refused with a row per field that is wrong.
    """
    _check(terms)
    calendar = AuctionCalendar.objects.select_for_update().get(pk=calendar.pk)
    changed = [name for name, value in _stored(terms).items() if getattr(calendar, name) != value]
    if changed:
        AuctionCalendar.objects.filter(pk=calendar.pk).update(**_stored(terms))
        calendar.refresh_from_db()
        calendar.auctions.exclude(pk__in=Auction.objects.passed("published_by").filter(calendar=calendar)).delete()
        record(by=by, verb="change_calendar", subject=calendar, changed=changed)
        plan_auctions(market=calendar.market, by=by)
    return calendar


def terms_of(calendar: AuctionCalendar) -> CalendarTerms:
    """What of the calendar repeats, as the rules take it."""
    values = {field.name: getattr(calendar, field.name) for field in fields(CalendarTerms)}
    return CalendarTerms(**values | {"delivery_weekdays": tuple(calendar.delivery_weekdays)})


@transaction.atomic
def plan_auctions(*, market: Market, by: By) -> int:
    """Adds the auctions of the coming weeks of market time that are not there yet. Returns how many."""
    today = market.now().astimezone(LONDON).date()
    added = 0
    for calendar in market.calendars.select_for_update():
        there = set(calendar.auctions.filter(first_day__gte=today).values_list("first_day", flat=True))
        coming = [turn for turn in turns(terms_of(calendar), today, today + PLANNED) if turn.first_day not in there]
        Auction.objects.bulk_create(Auction(calendar=calendar, **asdict(turn)) for turn in coming)
        added += len(coming)
    if added:
        record(by=by, verb="plan_auctions", subject=market, count=added)
    return added


def off_the_calendar(*, market: Market, notices: Sequence[CompetitionNotice]) -> list[RowProblem]:
    """A note per notice that delivers in days of the market's calendars but closes at another time than they say."""
    if not notices:
        return []
    near = Auction.objects.filter(
        calendar__market=market,
        first_day__lte=max(n.last_day for n in notices),
        last_day__gte=min(n.first_day for n in notices),
    )
    names = [field.name for field in fields(Turn)]
    planned = [Turn(*values) for values in near.values_list(*names)]
    return [
        RowProblem(notice.line, "closes_at", notice.closes_at.isoformat(), note)
        for notice, note in contradictions(notices, planned)
    ]


def timetable(markets: QuerySet[Market]) -> list[Auction]:
    """The auctions of these markets (a queryset) whose results are still to come, in order.

    Each has its `market_time`, and how many competitions sellers see of it as `published_count` (None: none).
    """
    rows = Auction.objects.filter(calendar__market__in=markets).exclude(pk__in=Auction.objects.passed("results_by"))
    seen = competitions_of_auction().filter(status__in=[Competition.Status.PUBLISHED, Competition.Status.DECIDED])
    count = seen.order_by().values("closes_at").annotate(count=Count("pk")).values("count")
    rows = rows.annotate(market_time=MarketTime("calendar__market__clock_offset"), published_count=Subquery(count))
    return list(rows.select_related("calendar__market__operator").order_by(F("closes_at"), "pk"))


def _check(terms: CalendarTerms) -> None:
    problems = [RowProblem(0, field, str(getattr(terms, field)), reason) for field, reason in terms_problems(terms)]
    if problems:
        raise Refused(" ".join(problem.reason for problem in problems), problems)


def _stored(terms: CalendarTerms) -> dict[str, Any]:
    return asdict(terms) | {"delivery_weekdays": sorted(terms.delivery_weekdays)}
