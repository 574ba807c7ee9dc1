"""A calendar of repeating auctions: days and London times into instants, right on the days on which clocks change. Pure.

A turn is one delivery. Everything else happens so many days before its first day, at a London time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .notices import CompetitionNotice
from .spans import london
from .words import days, moment

MOMENTS = ("published", "opens", "closes", "results")


@dataclass(frozen=True)
class CalendarTerms:
    """What repeats. ISO weekdays: Monday is 1; `last_day` None: until further notice."""

    delivery_weekdays: tuple[int, ...]
    delivery_days: int
    published_days_before: int
    published_local: time
    opens_days_before: int
    opens_local: time
    closes_days_before: int
    closes_local: time
    results_days_before: int
    results_local: time
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True)
class Turn:
    """One auction: the days of its delivery, both included, and the instants (UTC) of everything before it."""

    first_day: date
    last_day: date
    published_by: datetime
    opens_at: datetime
    closes_at: datetime
    results_by: datetime


def turns(terms: CalendarTerms, since: date, until: date) -> Iterator[Turn]:
    """The turns whose delivery begins from `since` to `until`, both included, in order."""
    first = max(since, terms.first_day)
    last = min(until, terms.last_day or until)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day.isoweekday() in terms.delivery_weekdays:
            yield _turn(terms, day)


def _turn(terms: CalendarTerms, day: date) -> Turn:
    def at(name: str) -> datetime:
        before = timedelta(days=getattr(terms, f"{name}_days_before"))
        return london(day - before, getattr(terms, f"{name}_local"))

    last_day = day + timedelta(days=terms.delivery_days - 1)
    return Turn(day, last_day, *(at(name) for name in MOMENTS))


def terms_problems(terms: CalendarTerms) -> list[tuple[str, str]]:
    """What is wrong with a calendar, as (field, what to do); empty where auctions can follow from it."""
    problems = []
    if not terms.delivery_weekdays or not set(terms.delivery_weekdays) <= set(range(1, 8)):
        problems.append(("delivery_weekdays", "Name the weekdays on which a delivery begins: 1 is Monday, 7 Sunday."))
    if terms.delivery_days < 1:
        problems.append(("delivery_days", "A delivery lasts at least one day."))
    if terms.last_day and terms.last_day < terms.first_day:
        problems.append(("last_day", "The calendar must end after it begins; leave it empty for no end."))
    order = {name: (-getattr(terms, f"{name}_days_before"), getattr(terms, f"{name}_local")) for name in MOMENTS}
    if order["published"] > order["opens"]:
        problems.append(("published_days_before", "Publication must not come after bidding opens."))
    if order["opens"] >= order["closes"]:
        problems.append(("closes_days_before", "Bidding must close after it opens."))
    if order["closes"] > order["results"]:
        problems.append(("results_days_before", "Results must not come before bidding closes."))
    return problems


def contradictions(
    notices: Iterable[CompetitionNotice], planned: Iterable[Turn]
) -> Iterator[tuple[CompetitionNotice, str]]:
    """Notices that deliver within turns of a calendar but close at none of their gates, each with a sentence.

    Nothing is refused for it: the operator's word counts more than its habit.
    """
    planned = list(planned)
    for notice in notices:
        around = [turn for turn in planned if turn.first_day <= notice.first_day and notice.last_day <= turn.last_day]
        if around and notice.closes_at not in {turn.closes_at for turn in around}:
            gates = " or ".join(dict.fromkeys(moment(turn.closes_at) for turn in around))
            delivery = days(notice.first_day, notice.last_day)
            yield notice, f"For delivery {delivery} the market's calendar closes on {gates}. It is kept as you sent it."
