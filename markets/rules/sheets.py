"""CSV as people open it in a spreadsheet and send it back: written in one place, its quoted cells read in the same."""

import csv
import re
from collections.abc import Iterable, Iterator

FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-\d+(\.\d+)?")


class _Echo:
    """What the csv module writes to: it hands back each line."""

    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """CSV, line by line, with the mark by which spreadsheets know UTF-8; no cell of it runs as a formula."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell: object) -> object:
    """Text that a spreadsheet would run as a formula gets a quote before it; a negative number is none."""
    risky = isinstance(cell, str) and cell[:1] in FORMULA and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if risky else cell


def as_typed(cell: str) -> str:
    """A cell as its author meant it: without the spaces around it, and without the quote of `harmless`."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
