"""How figures and times of the field are said to people, the same on a page, in a mail and in a stored revision. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from .spans import LONDON

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NONE = "–"


def number(value: Decimal) -> str:
    """`1250.5000` becomes `1,250.5`: up to four decimals, none that say nothing; a true minus sign."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def kw(value: Decimal | None) -> str:
    """`2.7000` becomes `2.7 kW`: up to four decimals, none that say nothing."""
    return NONE if value is None else f"{number(value)} kW"


def price(value: Decimal | None) -> str:
    """A price in pounds: at least pence, at most the four decimals that operators use."""
    if value is None:
        return NONE
    whole, _, decimals = f"{value:,.4f}".partition(".")
    return f"£{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


def moment(at: datetime) -> str:
    """`Tue 3 Nov 2026, 17:00 GMT`: London time with its zone. Seconds only where there are some."""
    local = at.astimezone(LONDON)
    return f"{day(local)}, {local:%H:%M:%S %Z}" if local.second else f"{day(local)}, {local:%H:%M %Z}"


def day(value: date) -> str:
    """`Mon 2 Nov 2026`."""
    return f"{value:%a} {value.day} {value:%b %Y}"


def days(first: date, last: date) -> str:
    """A run of days, both included, saying the year once where it is the same."""
    if first == last:
        return day(first)
    start = f"{first.day} {first:%b}" if first.year == last.year else f"{first.day} {first:%b %Y}"
    return f"{_unbroken(start)} – {_unbroken(f'{last.day} {last:%b %Y}')}"


def weekdays(numbers: Sequence[int]) -> str:
    """ISO weekdays in words: `Mon–Fri`, `Every day`, `Sat, Sun`."""
    chosen = sorted(set(numbers))
    if len(chosen) == 7:
        return "Every day"
    if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
        return f"{DAYS[chosen[0] - 1]}–{DAYS[chosen[-1] - 1]}"
    return ", ".join(DAYS[number - 1] for number in chosen)


def hours(start: time, end: time) -> str:
    """Local times of a window. An end at or before the start is the next day's, and said so; midnight is 24:00."""
    if end == time(0) and start != end:
        return f"{start:%H:%M}–24:00"
    return f"{start:%H:%M}–{end:%H:%M}{' next day' if end <= start else ''}"


def count(number: int, noun: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {noun}{'s'[: number != 1]}"


def to_correct(number: int, noun: str = "thing") -> str:
    """`1 thing needs correcting`, `3 rows need correcting`."""
    return f"{count(number, noun)} need{'s'[: number == 1]} correcting"


def _unbroken(text: str) -> str:
    return text.replace(" ", "\u00a0")
