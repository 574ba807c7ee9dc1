"""What a revision of a competition changes, in words of the field: for the seller who bid on what it asked before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import words
from .notices import CompetitionNotice, WindowNotice

FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Change:
    """One fact that is another now. `column` is ours, for machines; the rest is for people. Empty: there was or is none."""

    column: str
    what: str
    before: str
    after: str


def _per(unit: str) -> Callable[[Decimal], str]:
    return lambda value: f"{words.price(value)} per {unit}"


def _kilovolts(value: Decimal | None) -> str:
    return "no limit" if value is None else f"{words.number(value)} kV"


def _smallest(value: Decimal) -> str:
    return words.kw(value) if value else "any"


_COMPETITION: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("name", "Name", str),
    ("opens_at", "Bidding opens", words.moment),
    ("closes_at", "Bidding closes", words.moment),
    ("first_day", "First day of delivery", words.day),
    ("last_day", "Last day of delivery", words.day),
    ("required_kw", "Needed at the peak", words.kw),
    ("availability_ceiling_gbp_per_mw_h", "Availability ceiling", _per("MW per hour")),
    ("utilisation_ceiling_gbp_per_mwh", "Utilisation ceiling", _per("MWh")),
    ("sustain_ceiling_gbp_per_kw", "Sustain ceiling", _per("kW for the season")),
    ("max_connection_kv", "Highest connection voltage", _kilovolts),
)
COMPETITION_FIELDS = tuple(name for name, _, _ in _COMPETITION)
WINDOW_FIELDS = ("first_day", "last_day", "weekdays", "local_start", "local_end", "required_kw", "minimum_kw")


def changes(before: CompetitionNotice, after: CompetitionNotice) -> list[Change]:
    """What `after` changes of `before`: the competition's own facts first, then its windows. Empty: the same."""
    told = [
        Change(name, what, say(getattr(before, name)), say(getattr(after, name)))
        for name, what, say in _COMPETITION
        if not _same(getattr(before, name), getattr(after, name))
    ]
    return [*told, *_window_changes(before.windows, after.windows)]


def _window_changes(before: tuple[WindowNotice, ...], after: tuple[WindowNotice, ...]) -> Iterator[Change]:
    was, now = ({window.name: window for window in windows} for windows in (before, after))
    for name in was | now:
        what = f"Window {name}"
        if name not in now:
            yield Change("windows", what, _whole(was[name]), "")
        elif name not in was:
            yield Change("windows", what, "", _whole(now[name]))
        else:
            for part, say in _WINDOW:
                if not all(_same(getattr(was[name], f), getattr(now[name], f)) for f in part.fields):
                    yield Change(f"window {name}", f"{what}, {part.what}", say(was[name]), say(now[name]))


@dataclass(frozen=True)
class _Part:
    what: str
    fields: tuple[str, ...]


def _days(window: WindowNotice) -> str:
    return f"{words.weekdays(window.weekdays)}, {words.days(window.first_day, window.last_day)}"


def _hours(window: WindowNotice) -> str:
    return f"{words.hours(window.local_start, window.local_end)} London time"


_WINDOW: tuple[tuple[_Part, Callable[[WindowNotice], str]], ...] = (
    (_Part("days", ("first_day", "last_day", "weekdays")), _days),
    (_Part("hours", ("local_start", "local_end")), _hours),
    (_Part("needed", ("required_kw",)), lambda window: words.kw(window.required_kw)),
    (_Part("smallest offer", ("minimum_kw",)), lambda window: _smallest(window.minimum_kw)),
)


def _whole(window: WindowNotice) -> str:
    return f"{_days(window)}, {_hours(window)}, {words.kw(window.required_kw)}"


def _same(old: object, new: object) -> bool:
    """Equal; numbers after quantising, since callers' floats carry noise."""
    if isinstance(old, Decimal) and isinstance(new, Decimal):
        return old.quantize(FOUR_PLACES) == new.quantize(FOUR_PLACES)
    return old == new
