"""Which of NGED's files this is: its header says so."""

import csv
from collections.abc import Callable
from typing import Any

from piclo_nged.dso.nged.columns import RESULTS, RESULTS_SUMMARY, SHORT_TERM_PARAMETERS, WINDOWS, Column
from piclo_nged.dso.nged.wire.errors import FileRefused, RowError
from piclo_nged.dso.nged.wire.reading import Reading
from piclo_nged.dso.nged.wire.results import read_results, read_windows
from piclo_nged.dso.nged.wire.short_term import read_short_term
from piclo_nged.dso.nged.wire.summary import read_summary
from piclo_nged.dso.nged.wire.table import Source, text_of

_FILES: tuple[tuple[str, tuple[Column, ...], Callable[[Source], Reading[Any]]], ...] = (
    ("Trade Results Summary", RESULTS_SUMMARY, read_summary),
    ("Trade Results", RESULTS, read_results),
    ("Short Term Trade Parameters", SHORT_TERM_PARAMETERS, read_short_term),
    ("Trade Results without offers", WINDOWS, read_windows),
)


def read_file(source: Source) -> Reading[Any]:
    """Read any of NGED's files, as the one whose columns its header shares most; of two the one with fewer columns.

    Raises FileRefused where the header shares less than half of every file's.
    """
    text = text_of(source)
    header = set(next(csv.reader(text.splitlines()[:1]), []))
    shared = [(sum(column.label in header for column in columns), -len(columns)) for _, columns, _ in _FILES]
    best = max(shared)
    if best[0] < -best[1] / 2:
        known = ", ".join(name for name, _, _ in _FILES)
        raise FileRefused([RowError(1, "", "", f"this header is of none of NGED's files that we know: {known}")])
    return _FILES[shared.index(best)][2](text)
