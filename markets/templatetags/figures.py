"""How the field's figures are said to people: kW, pounds, prices with their unit, and London time with its zone.

Everything inside is UTC and Decimal; here is the edge where it becomes words. `{% load figures %}`.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..rules import words
from ..rules.spans import LONDON
from ..rules.words import NONE, days, hours, kw, number, price, weekdays

register = template.Library()

register.filter("kw", kw)
register.filter("number", number)
register.filter("price", price)
register.filter("weekdays", weekdays)
register.simple_tag(days)
register.simple_tag(hours)


@register.filter
def kwh(value: Decimal | None) -> str:
    """Energy, as `kw` writes power."""
    return NONE if value is None else f"{number(value)} kWh"


@register.filter
def gbp(value: Decimal | None) -> str:
    """`1234.5` becomes `£1,234.50`, with a true minus sign before the pound."""
    if value is None:
        return NONE
    return f"{'−' if value < 0 else ''}£{abs(value):,.2f}"


@register.filter
def share(value: Decimal | None) -> str:
    """`0.9730` becomes `97.3 %`."""
    return NONE if value is None else f"{number(round(value * 100, 1))} %"


@register.filter
def instant(value: datetime | None) -> SafeString | str:
    """An instant in London time with its zone (GMT or BST), machine-readable beside."""
    if value is None:
        return NONE
    local = value.astimezone(LONDON)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{words.day(local)}, {local:%H:%M %Z}")


@register.filter
def to_the_second(value: datetime | None) -> SafeString | str:
    """As `instant`, with seconds: for what was saved and when."""
    if value is None:
        return NONE
    local = value.astimezone(LONDON)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{words.day(local)}, {local:%H:%M:%S %Z}")


@register.filter
def instant_text(value: datetime | None) -> str:
    """As `instant`, without markup: for files and titles."""
    return NONE if value is None else f"{value.astimezone(LONDON):%Y-%m-%d %H:%M %Z}"


@register.filter
def day(value: date | None) -> str:
    """`Mon 2 Nov 2026`."""
    return NONE if value is None else words.day(value)


@register.filter
def month(value: date | None) -> str:
    """`November 2026`."""
    return NONE if value is None else f"{value:%B %Y}"


@register.simple_tag
def span(start: datetime | None, end: datetime | None, without_end: str = "until told to stop") -> str:
    """From one instant to another in London time; the day is said twice only where it changes."""
    if start is None:
        return NONE
    first = start.astimezone(LONDON)
    if end is None:
        return f"{words.day(first)}, {first:%H:%M %Z}, {without_end}"
    last = end.astimezone(LONDON)
    zone = "" if first.tzname() == last.tzname() else f" {first:%Z}"
    until = f"{last:%H:%M %Z}" if first.date() == last.date() else f"{words.day(last)}, {last:%H:%M %Z}"
    return f"{words.day(first)}, {first:%H:%M}{zone} – {until}"


@register.filter
def lasting(value: timedelta | None) -> str:
    """A length of time in its two greatest units: `3 days 4 h`, `2 h 14 min`, `19 min`.

    Seconds are said below ten minutes: `4 min 58 s`, `58 s`.
    """
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
    if minutes:
        return f"{minutes} min" + (f" {left} s" if minutes < 10 else "")
    return f"{left} s"
