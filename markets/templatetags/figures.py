"""How the field's figures are said to people: kW, pounds, prices with their unit, and London time with its zone.

Everything inside is UTC and Decimal; here is the edge where it becomes words. `{% load figures %}`.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..rules.spans import LONDON

register = template.Library()

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NONE = "–"


@register.filter
def kw(value: Decimal | None) -> str:
    """`2.7000` becomes `2.7 kW`: up to four decimals, none that say nothing."""
    return NONE if value is None else f"{_trimmed(value)} kW"


@register.filter
def kwh(value: Decimal | None) -> str:
    """Energy, as `kw` writes power."""
    return NONE if value is None else f"{_trimmed(value)} kWh"


@register.filter
def gbp(value: Decimal | None) -> str:
    """`1234.5` becomes `£1,234.50`, with a true minus sign before the pound."""
    if value is None:
        return NONE
    return f"{'−' if value < 0 else ''}£{abs(value):,.2f}"


@register.filter
def price(value: Decimal | None) -> str:
    """A price in pounds: at least pence, at most the four decimals that operators use."""
    if value is None:
        return NONE
    whole, _, decimals = f"{value:,.4f}".partition(".")
    return f"£{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


@register.filter
def share(value: Decimal | None) -> str:
    """`0.9730` becomes `97.3 %`."""
    return NONE if value is None else f"{_trimmed(round(value * 100, 1))} %"


@register.filter
def instant(value: datetime | None) -> SafeString | str:
    """An instant in London time with its zone (GMT or BST), machine-readable beside."""
    if value is None:
        return NONE
    local = value.astimezone(LONDON)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{_day(local)}, {local:%H:%M %Z}")


@register.filter
def instant_text(value: datetime | None) -> str:
    """As `instant`, without markup: for files and titles."""
    return NONE if value is None else f"{value.astimezone(LONDON):%Y-%m-%d %H:%M %Z}"


@register.filter
def day(value: date | None) -> str:
    """`Mon 2 Nov 2026`."""
    return NONE if value is None else _day(value)


@register.filter
def month(value: date | None) -> str:
    """`November 2026`."""
    return NONE if value is None else f"{value:%B %Y}"


@register.simple_tag
def days(first: date, last: date) -> str:
    """A run of days, both included, saying the year once where it is the same."""
    if first == last:
        return _day(first)
    start = f"{first.day} {first:%b}" if first.year == last.year else f"{first.day} {first:%b %Y}"
    return f"{_unbroken(start)} – {_unbroken(f'{last.day} {last:%b %Y}')}"


@register.simple_tag
def span(start: datetime | None, end: datetime | None, without_end: str = "until told to stop") -> str:
    """From one instant to another in London time; the day is said twice only where it changes."""
    if start is None:
        return NONE
    first = start.astimezone(LONDON)
    if end is None:
        return f"{_day(first)}, {first:%H:%M %Z}, {without_end}"
    last = end.astimezone(LONDON)
    zone = "" if first.tzname() == last.tzname() else f" {first:%Z}"
    until = f"{last:%H:%M %Z}" if first.date() == last.date() else f"{_day(last)}, {last:%H:%M %Z}"
    return f"{_day(first)}, {first:%H:%M}{zone} – {until}"


@register.filter
def weekdays(numbers: Sequence[int]) -> str:
    """ISO weekdays in words: `Mon–Fri`, `Every day`, `Sat, Sun`."""
    chosen = sorted(set(numbers))
    if len(chosen) == 7:
        return "Every day"
    if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
        return f"{DAYS[chosen[0] - 1]}–{DAYS[chosen[-1] - 1]}"
    return ", ".join(DAYS[number - 1] for number in chosen)


@register.simple_tag
def hours(start: time, end: time) -> str:
    """Local times of a window. An end at or before the start is the next day's, and said so; midnight is 24:00."""
    if end == time(0) and start != end:
        return f"{start:%H:%M}–24:00"
    return f"{start:%H:%M}–{end:%H:%M}{' next day' if end <= start else ''}"


@register.filter
def lasting(value: timedelta | None) -> str:
    """A length of time in its two greatest units: `3 days 4 h`, `2 h 14 min`, `9 min`, `58 s`."""
    if value is None:
        return NONE
    seconds = max(0, int(value.total_seconds()))
    whole_days, rest = divmod(seconds, 86_400)
    whole_hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    if whole_days:
        return f"{whole_days} day{'s' if whole_days > 1 else ''}" + (f" {whole_hours} h" if whole_hours else "")
    if whole_hours:
        return f"{whole_hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min" if minutes else f"{left} s"


def _trimmed(value: Decimal) -> str:
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _unbroken(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _day(value: date) -> str:
    return f"{value:%a} {value.day} {value:%b %Y}"
