"""When a service window asks for delivery, as instants. British days have 46, 48 or 50 half-hours.

Windows are days and London times; everything stored and compared is UTC. Spans are half-open: [start, end).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
SPRING = time(1)  # in UTC, on the last Sunday of March
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Window:
    """A service window of a contract, by its key: inclusive days, ISO weekdays, London times."""

    id: int
    first_day: date
    last_day: date
    weekdays: tuple[int, ...]
    local_start: time
    local_end: time


def london(day: date, at: time) -> datetime:
    """The instant, in UTC, of a London wall-clock time.

    A time that occurs twice means the first; one that spring leaves out means the instant at which clocks go forward.
    """
    local = datetime.combine(day, at, LONDON)
    instant = local.astimezone(UTC)
    if instant.astimezone(LONDON).replace(tzinfo=None) != local.replace(tzinfo=None):
        return datetime.combine(day, SPRING, UTC)
    return instant


def next_month(month: date) -> date:
    """The first day of the month after the one that holds `month`."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_span(month: date) -> tuple[datetime, datetime]:
    """The UTC instants between which it is the month of this day in London; half-open."""
    return london(month.replace(day=1), time()), london(next_month(month), time())


def is_on_half_hour(at: time) -> bool:
    """Whether it is one of the 48 times at which a half-hour begins: what is asked for, metered and settled."""
    return at.minute in (0, 30) and not at.second and not at.microsecond


def service_days(first_day: date, last_day: date, weekdays: Sequence[int]) -> Iterator[date]:
    """The days from `first_day` to `last_day`, both included, that fall on one of the ISO weekdays."""
    for offset in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=offset)
        if day.isoweekday() in weekdays:
            yield day


def window_spans(
    first_day: date, last_day: date, weekdays: Sequence[int], local_start: time, local_end: time
) -> Iterator[tuple[datetime, datetime]]:
    """One span per service day from `first_day` to `last_day`, both included. ISO weekdays: Monday is 1.

    An end at or before the start is the next day's. A span that the spring clock change leaves empty is left out.
    """
    next_day = timedelta(days=1 if local_end <= local_start else 0)
    for day in service_days(first_day, last_day, weekdays):
        start, end = london(day, local_start), london(day + next_day, local_end)
        if start < end:
            yield start, end


def half_hours(start: datetime, end: datetime) -> Iterator[datetime]:
    """The starts of the half-hours of a span, in UTC. Both ends lie on half-hours."""
    at = start
    while at < end:
        yield at
        at += HALF_HOUR
