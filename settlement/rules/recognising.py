"""Which of the common shapes a file of readings has, from its header and its first rows.

Our assumption of what is common: a row per reading or a row per day (46 to 50 half-hours or 1,380 to 1,500 minutes in
columns); an instant in one column, date and time in two, or a date and the number of its half-hour; dates as
year-month-day or day/month/year; the asset by the seller's reference or by MPAN, or none where the file is of one asset.
A group of devices is one asset, so its reference is the asset's.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from markets.problems import RowProblem

from .shape import OFFSET, UNITS, Shape

SAMPLE_ROWS, ROWS_OF_DAYS = 50, 5
LEAST_COLUMNS_OF_A_DAY = 46
LENGTHS_OF_A_DAY = (46, 48, 50, 1380, 1440, 1500)
ISO_DATE, BRITISH_DATE = r"\d{4}-\d\d-\d\d", r"\d\d/\d\d/\d{4}"
TIME = r"\d{1,2}:\d\d(:\d\d(\.0+)?)?"
KINDS = {
    "instant": re.compile(rf"({ISO_DATE}|{BRITISH_DATE})[ T]\d\d:\d\d.*"),
    "date": re.compile(rf"{ISO_DATE}|{BRITISH_DATE}"),
    "time": re.compile(TIME),
    "mpan": re.compile(r"\d{13}"),
    "number": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"),
}
WITH_OFFSET = re.compile(r".*(Z|[+-]\d\d:?\d\d)")
WORDS: dict[str, dict[str, frozenset[str]]] = {
    "clock": {
        "utc": frozenset({"utc", "gmt", "z"}),
        "london": frozenset({"london", "local", "bst", "uk", "clock"}),
    },
    "stamped": {
        "start": frozenset({"start", "starts", "starting", "from", "begin", "beginning"}),
        "end": frozenset({"end", "ends", "ending", "to", "until"}),
    },
    "plus": {
        "import": frozenset({"import", "consumption", "consumed", "demand", "usage", "load"}),
        "export": frozenset({"export", "generation", "generated"}),
    },
    "unit": {unit: frozenset({unit, {"w": "watts", "wh": "watthours"}.get(unit, unit)}) for unit in UNITS},
}
OF_AN_ASSET = frozenset({"asset", "group", "ref", "reference", "site", "device", "meter", "mpan", "mpxn", "name", "id"})
OF_A_PERIOD = frozenset({"period", "sp", "hh", "slot"})
OF_A_VALUE = frozenset({"value", "reading", "power", "energy"})
NO_TIME = (
    "We found no column of times. Give one such as start_utc with 2025-01-06T16:30Z, or date and time in two columns."
)
NO_VALUE = "We found no single column of readings. Name it with its unit, such as kw or kwh."


def recognise(
    names: Sequence[str], rows: Sequence[Sequence[str]], separator: str, header_line: int
) -> Shape | list[RowProblem]:
    """The shape of a file with this header and these first rows; or what is wrong with it, on the line of the header."""
    looked_at = rows if len(names) < LEAST_COLUMNS_OF_A_DAY else rows[:ROWS_OF_DAYS]
    kinds = [_kind([row[place].strip() for row in looked_at if place < len(row)]) for place in range(len(names))]
    tokens = [_tokens(name) for name in names]
    asset = _asset(kinds, tokens)
    stamp, by_period = _stamp(kinds, tokens)
    if not stamp:
        return [RowProblem(header_line, "", "", NO_TIME)]
    taken = {*stamp, asset}
    values, faults = _values(kinds, tokens, taken, by_day=kinds[stamp[0]] == "date" and len(stamp) == 1)
    if faults or values is None:
        return [RowProblem(header_line, "", "", reason) for reason in faults]
    said = _said(tokens, names, rows, stamp, values, by_period)
    first = rows[0][stamp[0]] if len(rows[0]) > stamp[0] else ""
    return Shape(
        names=tuple(names),
        separator=separator,
        header_line=header_line,
        asset=asset,
        by_mpan=asset is not None and kinds[asset] == "mpan",
        stamp=stamp,
        by_period=by_period,
        british_dates="/" in first,
        values=values,
        said=frozenset(said),
        ignored=tuple(names[place] for place in range(len(names)) if place not in taken and place not in values),
        **said,
    )


def _tokens(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", name.casefold()))


def _kind(values: Sequence[str]) -> str:
    """What most of a column's values are; `empty` where there is none, `text` where they are nothing we know."""
    told = [value for value in values if value]
    if not told:
        return "empty"
    found = {kind: sum(bool(pattern.fullmatch(v)) for v in told) for kind, pattern in KINDS.items()}
    kind = max(found, key=lambda kind: found[kind])
    return kind if found[kind] * 2 > len(told) else "text"


def _asset(kinds: Sequence[str], tokens: Sequence[frozenset[str]]) -> int | None:
    """Named as an asset's reference first; else the column of 13 digits."""
    free = [place for place, kind in enumerate(kinds) if kind in ("text", "number", "mpan", "empty")]
    named = [place for place in free if tokens[place] & OF_AN_ASSET and not _unit(tokens[place])]
    exact = [place for place in named if "asset" in tokens[place] or "group" in tokens[place]]
    by_number = [place for place in free if kinds[place] == "mpan"]
    return next(iter([*exact, *by_number, *named]), None)


def _stamp(kinds: Sequence[str], tokens: Sequence[frozenset[str]]) -> tuple[tuple[int, ...], bool]:
    """The columns that say when; and whether the second is the number of the half-hour."""
    instants = [place for place, kind in enumerate(kinds) if kind == "instant"]
    if instants:
        starts = [place for place in instants if tokens[place] & WORDS["stamped"]["start"]]
        return ((starts or instants)[0],), False
    dates = [place for place, kind in enumerate(kinds) if kind == "date"]
    if not dates:
        return (), False
    times = [place for place, kind in enumerate(kinds) if kind == "time"]
    periods = [p for p, kind in enumerate(kinds) if kind == "number" and tokens[p] & OF_A_PERIOD]
    if times:
        starts = [place for place in times if tokens[place] & WORDS["stamped"]["start"]]
        return (dates[0], (starts or times)[0]), False
    if len(periods) == 1:
        return (dates[0], periods[0]), True
    return (dates[0],), False


def _values(
    kinds: Sequence[str], tokens: Sequence[frozenset[str]], taken: set[int | None], by_day: bool
) -> tuple[range | None, list[str]]:
    figures = [p for p, kind in enumerate(kinds) if kind in ("number", "empty", "mpan") and p not in taken]
    if by_day:
        return _columns_of_a_day(figures)
    likely = [p for p in figures if _unit(tokens[p])] or [p for p in figures if tokens[p] & OF_A_VALUE]
    likely = likely or [p for p in figures if kinds[p] == "number"]
    return (range(likely[0], likely[0] + 1), []) if len(likely) == 1 else (None, [NO_VALUE])


def _columns_of_a_day(figures: Sequence[int]) -> tuple[range | None, list[str]]:
    """The longest run of columns side by side that can be a day."""
    runs: list[list[int]] = [figures[:1]] if figures else []  # type: ignore[list-item]
    for before, place in pairwise(figures):
        if place == before + 1:
            runs[-1] = [*runs[-1][:1], place]
        else:
            runs.append([place])
    spans = [range(run[0], run[-1] + 1) for run in runs]
    longest = max(spans, key=len, default=range(0))
    if len(longest) in LENGTHS_OF_A_DAY:
        return longest, []
    if len(longest) - 1 in LENGTHS_OF_A_DAY:  # a total of the day stands before or behind them
        return None, [
            f"{len(longest)} columns of readings stand side by side. Take the day's total out, or away from them."
        ]
    return None, [
        f"A row holds a date and {len(longest)} values. A day has 48 half-hours or 1,440 minutes (46 to 50, or 1,380 to "
        "1,500, in London time); a row per reading needs a time."
    ]


def _unit(tokens: frozenset[str]) -> str:
    return next((unit for unit, words in WORDS["unit"].items() if tokens & words), "")


def _said(
    tokens: Sequence[frozenset[str]],
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    stamp: Sequence[int],
    values: range,
    by_period: bool,
) -> dict[str, str]:
    """What header and values themselves say of unit, clock, stamp and sign."""
    of_stamp = frozenset().union(*(tokens[place] for place in stamp))
    of_value = tokens[values[0]] if len(values) == 1 else frozenset().union(*(tokens[p] for p in values))
    said = {"unit": _unit(of_value)}
    for name, where in (("clock", of_stamp), ("stamped", of_stamp), ("plus", of_value)):
        found = [meaning for meaning, words in WORDS[name].items() if where & words]
        said[name] = found[0] if len(found) == 1 else ""
    if len(values) > 1:
        said["stamped"] = _stamped_by_labels([names[place] for place in values])
        if len(values) not in (48, 1440):
            said["clock"] = "london"
    if by_period:
        said["stamped"] = "start"
        if "settlement" in tokens[stamp[-1]]:  # settlement periods are numbered from London's midnight
            said["clock"] = "london"
    if any(
        WITH_OFFSET.fullmatch(row[stamp[-1]].strip()[10 if len(stamp) == 1 else 0 :])
        for row in rows
        if len(row) > stamp[-1]
    ):
        said["clock"] = OFFSET
    return {name: meaning for name, meaning in said.items() if meaning}


def _stamped_by_labels(labels: Sequence[str]) -> str:
    """Of a row per day: labels that begin at midnight are starts; those that begin later are ends; numbers count up."""
    first = re.search(r"(\d{1,2}):(\d\d)", labels[0])
    if first is None:
        return "start"
    return "end" if int(first[1]) * 60 + int(first[2]) else "start"
