"""What NGED's files leave open: a competition's reference, its gates, the days of a window."""

import calendar
import hashlib
import re
from datetime import UTC, date, datetime, time, timedelta

from piclo_nged.dso.nged.wire.values import LONDON

_MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}
_AREA = re.compile(r"_(EM|WM|SWA|SWE?)_")


def competition_reference(zone: str, product: str, name: str, first_day: date, last_day: date) -> str:
    """A reference of at most 60 characters for addresses: readable parts, then a hash over all of them.

    NGED's results have no reference column, and 13 of its 2,724 names stand for several delivery periods.
    The same five facts always give the same reference.
    """
    facts = "\x1f".join([zone, product, name, first_day.isoformat(), last_day.isoformat()])
    digest = hashlib.sha256(facts.encode()).hexdigest()[:10]
    readable = re.sub(r"[^A-Za-z0-9_]+", "-", f"{zone[:21]}-{product[:8]}")
    return f"{readable}-{first_day:%Y%m%d}-{last_day:%Y%m%d}-{digest}"


def window_days(name: str, first_day: date, last_day: date) -> tuple[date, date]:
    """The days of a window in a summary, which gives only those of the whole competition.

    Secure and Dynamic windows are named by their month: `April 2024` is April's part of the competition (A).
    Any other name stands for the whole of it.
    """
    month, _, year = name.partition(" ")
    if month not in _MONTHS or not re.fullmatch(r"2\d{3}", year, re.ASCII):
        return first_day, last_day
    number = _MONTHS[month]
    begins = date(int(year), number, 1)
    ends = begins.replace(day=calendar.monthrange(int(year), number)[1])
    if ends < first_day or begins > last_day:
        return first_day, last_day
    return max(begins, first_day), min(ends, last_day)


def gate_opens_at(day: date) -> datetime:
    """The first instant of a London day: a date without a time opens the gate in the morning of it (A)."""
    return datetime.combine(day, time(0), LONDON).astimezone(UTC)


def gate_closes_at(day: date) -> datetime:
    """The instant after a London day: a date without a time closes the gate at the end of it (A)."""
    return gate_opens_at(day + timedelta(days=1))


def licence_area(zone: str) -> str:
    """The licence area that a zone's code names, e.g. `CMZ_T7B_SWA_0012`; SW is the South West (A)."""
    area = _AREA.search(zone)
    return {"SW": "SWE"}.get(area[1], area[1]) if area else ""
