"""How a seller's file of readings is to be read, and how that is said to people before anything is stored.

A shape is recognised (`recognising`) from the header and some values. What neither of them says is not guessed: it stays
open until the seller has chosen it, since a wrong clock or unit is wrong money.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

WATTS = {"w": 1, "kw": 1_000, "mw": 1_000_000}
WATT_HOURS = {"wh": 1, "kwh": 1_000, "mwh": 1_000_000}
UNITS = {"kw": "kW", "kwh": "kWh", "w": "W", "wh": "Wh", "mw": "MW", "mwh": "MWh"}
CLOCKS = {"utc": "UTC, also in summer", "london": "London time: GMT in winter, BST in summer"}
STAMPED = {"start": "the start of the interval", "end": "the end of the interval"}
PLUS = {"export": "+ is export, − is import", "import": "+ is import, − is export"}
CHOICES: dict[str, dict[str, str]] = {"unit": UNITS, "clock": CLOCKS, "stamped": STAMPED, "plus": PLUS}
OFFSET = "offset"
"""The clock of a file whose stamps carry their own offset: nothing is left to choose."""


@dataclass(frozen=True)
class Shape:
    """Numbers are places of columns. `unit`, `clock` and `stamped` are empty where nobody has said them yet.

    `stamp` is one column (an instant; of a row per day its date), or two: date and time, or date and period of the day.
    """

    names: tuple[str, ...]
    separator: str
    header_line: int
    asset: int | None
    by_mpan: bool
    stamp: tuple[int, ...]
    by_period: bool
    british_dates: bool
    values: range
    unit: str = ""
    clock: str = ""
    stamped: str = ""
    plus: str = "export"
    said: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()

    @property
    def by_day(self) -> bool:
        """Whether a row is a day."""
        return len(self.values) > 1

    @property
    def open(self) -> list[str]:
        """What still has to be chosen."""
        return [name for name in ("unit", "clock", "stamped") if not getattr(self, name)]

    def choosing(self, choices: Mapping[str, str]) -> "Shape":
        """With the seller's corrections. What the stamps themselves say, an offset, cannot be corrected."""
        known = {name: choices[name] for name, possible in CHOICES.items() if choices.get(name) in possible}
        if self.clock == OFFSET:
            known.pop("clock", None)
        return replace(self, **known)  # type: ignore[arg-type]  # only texts are chosen

    def watts_per_unit(self, interval_minutes: int) -> float:
        """By what a value is multiplied to be mean watts, + export."""
        factor = WATTS.get(self.unit) or WATT_HOURS[self.unit] * 60 / interval_minutes
        return -factor if self.plus == "import" else factor

    def in_words(self, interval_minutes: int | None) -> list[tuple[str, str]]:
        """How the file is read, as pairs of what and how."""
        every = {30: "every half-hour", 1: "every minute"}.get(interval_minutes or 0, "")
        rows = f"A row per day, {len(self.values):,} values in columns" if self.by_day else "A row per reading"
        stamp = " and ".join(self._name(place) for place in self.stamp)
        told = [
            ("Rows", f"{rows}, {every}" if every else rows),
            ("Asset", self._asset()),
            ("Time", f"In {stamp}, dates as {'day/month/year' if self.british_dates else 'year-month-day'}"),
            (
                "Clock",
                "Each time carries its own offset from UTC" if self.clock == OFFSET else CLOCKS.get(self.clock, ""),
            ),
            ("A time stands for", STAMPED.get(self.stamped, "")),
            ("Unit", UNITS.get(self.unit, "")),
            ("Sign", PLUS[self.plus]),
        ]
        told = [(what, how or "The file does not say: please choose") for what, how in told]
        return [*told, ("Not read", ", ".join(self.ignored))] if self.ignored else told

    def _asset(self) -> str:
        if self.asset is None:
            return "The file names none: please choose"
        return f"By {'MPAN' if self.by_mpan else 'your reference'}, in {self._name(self.asset)}"

    def _name(self, place: int) -> str:
        return f"“{self.names[place]}”"


NAMED = {
    "unit": "the unit of its readings: name their column kw or kwh",
    "clock": "the clock of its times: name their column start_utc or start_local, or give each its offset",
    "stamped": "whether a time is the start or the end of its interval: name its column start_utc or end_utc",
}


def still_open(shape: Shape) -> str:
    """What a file has to say of itself where nobody can be asked."""
    return f"The file does not say {'; '.join(NAMED[name] for name in shape.open)}."
