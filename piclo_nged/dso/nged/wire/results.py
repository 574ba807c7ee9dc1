"""Trade Results: one row per offer, window and technology, each window with its own days and requirement."""

from collections.abc import Iterable, Iterator
from typing import Any

from piclo_nged.dso.nged.columns import RESULTS, WINDOWS
from piclo_nged.dso.nged.wire.emission import NOBODYS_CELLS, auction_cells, unanswered_cells
from piclo_nged.dso.nged.wire.grouping import Placed, good_rows, offer_key, season_of
from piclo_nged.dso.nged.wire.reading import Reading, reading_of
from piclo_nged.dso.nged.wire.rows import ResultRow
from piclo_nged.dso.nged.wire.season import Season, Window
from piclo_nged.dso.nged.wire.table import Source, read_table, write_table


def read_results(source: Source) -> Reading[ResultRow]:
    """The season that a Trade Results file tells. A competition lasts from its first window to its last."""
    table = read_table(source, RESULTS, ResultRow)
    rows, faults = good_rows(table, RESULTS)
    season, contradictions = season_of(_place(rows), RESULTS)
    return reading_of(season, table, faults + contradictions, RESULTS)


def read_windows(source: Source) -> Reading[ResultRow]:
    """The competitions that a Trade Results file without its offers asks for."""
    table = read_table(source, WINDOWS, _nobodys_row)
    rows, faults = good_rows(table, RESULTS)
    season, contradictions = season_of(_place(rows), RESULTS)
    return reading_of(season, table, faults + contradictions, WINDOWS)


def _nobodys_row(**values: Any) -> ResultRow:
    return ResultRow(**values, **NOBODYS_CELLS)


def write_results(rows: Iterable[ResultRow]) -> str:
    """Rows as a Trade Results file."""
    return write_table(RESULTS, rows)


def result_rows(season: Season) -> Iterator[ResultRow]:
    """The season as rows of a Trade Results file."""
    for competition in season.competitions:
        for offer in competition.offers:
            for window in offer.windows:
                for technology in offer.technologies:
                    yield ResultRow(**_one(window), **auction_cells(competition, offer, technology))
        for window in competition.unanswered:
            yield ResultRow(**_one(window), **unanswered_cells(competition))


def _place(rows: list[tuple[int, ResultRow]]) -> Iterator[Placed]:
    auctions: dict[tuple[str, str, str], list[ResultRow]] = {}
    for _, row in rows:
        auctions.setdefault(_auction(row), []).append(row)
    periods = {
        auction: (min(row.first_day for row in members), max(row.last_day for row in members))
        for auction, members in auctions.items()
    }
    for line, row in rows:
        window = _window(row)
        technology = (row.technology, window.label)
        yield Placed(line, row, (window,), periods[_auction(row)], offer_key(row), technology)


def _window(row: ResultRow) -> Window:
    days = row.first_day, row.last_day, row.weekdays
    return Window(row.window, *days, row.start_time, row.end_time, row.required_kw)


def _auction(row: ResultRow) -> tuple[str, str, str]:
    return row.zone, row.product, row.name


def _one(window: Window) -> dict[str, Any]:
    return {
        "window": window.name,
        "first_day": window.first_day,
        "last_day": window.last_day,
        "weekdays": window.weekdays,
        "start_time": window.start_time,
        "end_time": window.end_time,
        "required_kw": window.required_kw,
    }
