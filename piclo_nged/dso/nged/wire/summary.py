"""Trade Results Summary: one row per offer and technology, its windows summed up to hull and peak."""

from collections.abc import Iterable, Iterator
from typing import Any

from piclo_nged.dso.nged.columns import RESULTS_SUMMARY
from piclo_nged.dso.nged.wire.emission import auction_cells, unanswered_cells
from piclo_nged.dso.nged.wire.grouping import Placed, good_rows, offer_key, season_of
from piclo_nged.dso.nged.wire.naming import window_days
from piclo_nged.dso.nged.wire.reading import Reading, reading_of
from piclo_nged.dso.nged.wire.rows import SummaryRow
from piclo_nged.dso.nged.wire.season import Competition, Season, Window
from piclo_nged.dso.nged.wire.table import Source, read_table, write_table


def read_summary(source: Source) -> Reading[SummaryRow]:
    """The season that a Trade Results Summary tells."""
    table = read_table(source, RESULTS_SUMMARY, SummaryRow)
    rows, faults = good_rows(table, RESULTS_SUMMARY)
    season, contradictions = season_of((_place(line, row) for line, row in rows), RESULTS_SUMMARY)
    return reading_of(season, table, faults + contradictions, RESULTS_SUMMARY)


def write_summary(rows: Iterable[SummaryRow]) -> str:
    """Rows as a Trade Results Summary."""
    return write_table(RESULTS_SUMMARY, rows)


def summary_rows(season: Season) -> Iterator[SummaryRow]:
    """The season as rows of a Trade Results Summary."""
    for competition in season.competitions:
        for offer in competition.offers:
            hull = _hull(competition, offer.windows)
            for technology in offer.technologies:
                yield SummaryRow(**hull, **auction_cells(competition, offer, technology))
        for windows in _alike(competition.unanswered):
            yield SummaryRow(**_hull(competition, windows), **unanswered_cells(competition))


def _place(line: int, row: SummaryRow) -> Placed:
    windows = tuple(_window(name, row) for name in row.windows)
    labels = tuple(window.label for window in windows)
    return Placed(line, row, windows, (row.first_day, row.last_day), (offer_key(row), labels), row.technology)


def _window(name: str, row: SummaryRow) -> Window:
    first_day, last_day = window_days(name, row.first_day, row.last_day)
    return Window(name, first_day, last_day, row.weekdays, row.start_time, row.end_time, row.required_kw)


def _alike(windows: tuple[Window, ...]) -> Iterable[tuple[Window, ...]]:
    """Windows of the same days, hours and requirement share a row."""
    groups: dict[tuple[object, ...], tuple[Window, ...]] = {}
    for window in windows:
        key = window.weekdays, window.start_time, window.end_time, window.required_kw
        groups[key] = (*groups.get(key, ()), window)
    return groups.values()


def _hull(competition: Competition, windows: tuple[Window, ...]) -> dict[str, Any]:
    return {
        "windows": tuple(dict.fromkeys(window.name for window in windows)),
        "first_day": competition.first_day,
        "last_day": competition.last_day,
        "weekdays": tuple(sorted({day for window in windows for day in window.weekdays})),
        "start_time": min(window.start_time for window in windows),
        "end_time": max(windows, key=lambda window: window.end_minute).end_time,
        "required_kw": max(window.required_kw for window in windows),
    }
