"""One cell of NGED's files: its text into our value.

A reader raises ValueError whose text is the reason shown to the person who sent the file. Readers are
cached, because a column repeats a few values over many thousand rows.
"""

import csv
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from piclo_nged.dso.nged.columns import Kind
from piclo_nged.dso.nged.products import Direction
from piclo_nged.dso.nged.wire.season import Outcome

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FOUR_PLACES = Decimal("0.0001")
_LARGEST = Decimal(10) ** 8  # 100 GW, or 100 million pounds: above it is a slip, and no column could hold it
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d\d)/(\d\d)/(\d{4})")
_MIDNIGHT = re.compile(r"[ T]00:00(:00)?$")
_VOLTAGE = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s*(?:kv)?", re.ASCII | re.IGNORECASE)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?")


def read_text(text: str) -> str:
    """Text without the spaces around it."""
    if any(ord(letter) < 32 for letter in text):
        raise ValueError("holds a control character or a line break")
    return text.strip()


def read_number(text: str) -> Decimal:
    """A quantity of at least 0, to 4 places: 1.370000004768372 and 1.37 are the same number."""
    if not text.strip():
        raise ValueError("empty: write a number, 0 where there is nothing")
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a number")
    if number < 0:
        raise ValueError("below zero")
    if number >= _LARGEST:
        raise ValueError(f"too large: the limit is {_LARGEST:,}")
    return number.quantize(FOUR_PLACES)


def read_megawatts(text: str) -> Decimal:
    """A capacity in MW, as kW. Every place counts until then: 0.0003996 MW is 0.3996 kW."""
    read_number(text)
    kilowatts = Decimal(text.strip()) * 1000
    if kilowatts >= _LARGEST:
        raise ValueError(f"too large: the limit is {_LARGEST / 1000:,} MW")
    return kilowatts.quantize(FOUR_PLACES)


def read_kilovolts(text: str) -> Decimal | None:
    """A voltage: 11, 11kV, or LV for low voltage, up to 1 kV (A). Empty: no limit."""
    if not text.strip():
        return None
    if text.strip().casefold() == "lv":
        return Decimal(1).quantize(FOUR_PLACES)
    match = _VOLTAGE.fullmatch(text.strip())
    if not match or not 0 < Decimal(match[1]) <= 1000:
        raise ValueError("not a voltage: write 11 or 0.4 for kV, or LV; leave it empty where there is no limit")
    return Decimal(match[1]).quantize(FOUR_PLACES)


def read_count(text: str) -> int:
    """A whole number of at least 0."""
    if not re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII):
        raise ValueError("not a whole number")
    return int(text)


def read_day(text: str) -> date:
    """A day that may stand as its midnight, 26/10/2026 00:00:00, as spreadsheets and databases write it (A)."""
    return read_date(_MIDNIGHT.sub("", text.strip()))


def read_date(text: str) -> date:
    """A day: ISO in the results, dd/mm/yyyy in NGED's dictionary."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise ValueError("not a date: write 2024-11-30 or 30/11/2024")
    iso = match[1], match[2], match[3]
    year, month, day = map(int, iso if match[1] else (match[6], match[5], match[4]))
    try:
        told = date(year, month, day)
    except ValueError:
        raise ValueError("there is no such day in the calendar") from None
    if not EARLIEST <= told <= LATEST:
        raise ValueError(f"not between {EARLIEST} and {LATEST}")
    return told


def read_time(text: str) -> time:
    """A local time of day. 24:00 is midnight at the end of the day and reads as 00:00."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise ValueError("not a time: write 16:30 or 16:30:00")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if (hour, minute, second) == (24, 0, 0):
        return time(0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise ValueError("there is no such time of day") from None


def read_instant(text: str) -> datetime:
    """A London date and time, as UTC. The hour that occurs twice in autumn is taken as the first."""
    day, _, clock = text.strip().replace("T", " ").partition(" ")
    if not clock:
        raise ValueError("not a date and time: write 25/09/2025 12:00:00")
    local = read_date(day), read_time(clock)
    if left_out(*local):
        raise ValueError("there is no such local time: the clocks go forward then")
    return datetime.combine(*local, LONDON).astimezone(UTC)


def left_out(day: date, at: time) -> bool:
    """Whether London's clocks never show this time of this day: they go forward then."""
    local = datetime.combine(day, at, LONDON)
    return local.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != local.replace(tzinfo=None)


def comes_twice(day: date, at: time) -> bool:
    """Whether London's clocks show this time of this day twice: they go back then."""
    local = datetime.combine(day, at, LONDON)
    return local.utcoffset() != local.replace(fold=1).utcoffset() and not left_out(day, at)


def read_weekdays(text: str) -> tuple[int, ...]:
    """Days as ISO numbers, Monday is 1, in the order of the week."""
    numbers = set()
    for name in text.split(","):
        if name.strip() not in WEEKDAYS:
            raise ValueError(f"unknown weekday '{name.strip()}': write Monday,Tuesday,...")
        number = WEEKDAYS.index(name.strip()) + 1
        if number in numbers:
            raise ValueError(f"{name.strip()} stands twice: name each weekday once")
        numbers.add(number)
    return tuple(sorted(numbers))


def read_names(text: str) -> tuple[str, ...]:
    """Quoted names inside one field: "April 2024","May 2024". Names may hold commas."""
    try:
        rows = list(csv.reader([text], strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise ValueError(f"the quotes around the names don't match: {error}") from None
    names = tuple(dict.fromkeys(read_text(name) for row in rows for name in row))
    if not names or "" in names:
        raise ValueError("no window is named")
    return names


def read_outcome(text: str) -> Outcome:
    """What NGED decided."""
    try:
        return Outcome(text.strip())
    except ValueError:
        known = ", ".join(Outcome)
        raise ValueError(f"unknown outcome: write one of {known}") from None


def read_decision(text: str) -> str:
    """Qualified or Refused; empty where nothing is decided."""
    word = text.strip().casefold()
    if word not in ("", "qualified", "refused"):
        raise ValueError("unknown decision: write Qualified or Refused, or leave it empty")
    return word


def read_yes_no(text: str) -> bool:
    """Yes or No."""
    if text.strip() not in ("Yes", "No"):
        raise ValueError("neither Yes nor No")
    return text.strip() == "Yes"


def read_service(text: str) -> Direction:
    """Demand Turn Down (DTD) / Generation Turn Up (GTU), or the reverse."""
    words = text.casefold()
    if "demand turn down" in words or "generation turn up" in words:
        return Direction.TURN_DOWN
    if "demand turn up" in words or "generation turn down" in words:
        return Direction.TURN_UP
    raise ValueError("unknown service: write Demand Turn Down / Generation Turn Up, or the reverse")


READERS: dict[Kind, Callable[[str], Any]] = {
    kind: lru_cache(maxsize=4096)(reader)
    for kind, reader in {
        Kind.TEXT: read_text,
        Kind.KW: read_number,
        Kind.MW: read_megawatts,
        Kind.KV: read_kilovolts,
        Kind.GBP_PER_MW_H: read_number,
        Kind.GBP_PER_MWH: read_number,
        Kind.GBP_PER_KW: read_number,
        Kind.COUNT: read_count,
        Kind.DATE: read_day,
        Kind.INSTANT: read_instant,
        Kind.TIME: read_time,
        Kind.WEEKDAYS: read_weekdays,
        Kind.NAMES: read_names,
        Kind.OUTCOME: read_outcome,
        Kind.DECISION: read_decision,
        Kind.YES_NO: read_yes_no,
        Kind.SERVICE: read_service,
    }.items()
}
