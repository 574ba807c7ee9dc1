"""A CSV file of NGED into typed rows, and back. All faults are found in one reading.

Column order is free, names are exact. The original cells stay beside the typed rows, so that a file can be
given back as it came with columns added.
"""

import csv
import difflib
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from piclo_nged.dso.nged.columns import Column, Kind
from piclo_nged.dso.nged.wire.errors import FileRefused, RowError
from piclo_nged.dso.nged.wire.values import READERS
from piclo_nged.dso.nged.wire.writing import write_value

type Source = bytes | str | IO[bytes] | IO[str]

_UNIT = re.compile(r"\s*[\[(]\s*([^\])]*?)\s*[\])]\s*$")
_UNITS = {Kind.KW, Kind.MW, Kind.GBP_PER_MW_H, Kind.GBP_PER_MWH, Kind.GBP_PER_KW}


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it came: its physical line and its cells in the file's own order."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table[Row]:
    """A file read: good rows typed (`rows`, by line), every row as it came (`records`), and every fault."""

    header: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    rows: dict[int, Row] = field(default_factory=dict)
    errors: tuple[RowError, ...] = ()

    def refuse_errors(self) -> "Table[Row]":
        """This table; raises FileRefused with all errors where there are any."""
        if self.errors:
            raise FileRefused(self.errors)
        return self


def text_of(source: Source) -> str:
    """The text of a file given as bytes, text or stream: UTF-8 with or without a mark, else latin-1."""
    content = source if isinstance(source, bytes | str) else source.read()
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def read_table[Row](source: Source, columns: Sequence[Column], row_type: Callable[..., Row]) -> Table[Row]:
    """Read one file. A fault of the header or of the CSV itself leaves no rows, a bad cell costs its row."""
    try:
        records = _records(text_of(source))
    except _Malformed as fault:
        return Table(errors=(fault.error,))
    if not records:
        return Table(errors=(RowError(1, "", "", "the file is empty: the first line names the columns"),))
    header, *body = records
    faults = _header_errors(header, columns)
    if faults:
        return Table(header.cells, tuple(body), errors=tuple(faults))
    rows, errors = {}, []
    places = [(column, READERS[column.kind], header.cells.index(column.label)) for column in columns]
    for record in body:
        values, wrong = _read_cells(record, places, len(header.cells))
        if wrong:
            errors += wrong
        else:
            rows[record.line] = row_type(**values)
    return Table(header.cells, tuple(body), rows, tuple(errors))


def write_table(columns: Sequence[Column], rows: Iterable[object]) -> str:
    """Rows as CSV text with NGED's labels, in NGED's order."""
    return write_cells(
        [column.label for column in columns],
        ([write_value(column.kind, getattr(row, column.field)) for column in columns] for row in rows),
    )


def write_cells(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells as CSV text with NGED's line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


class _Malformed(Exception):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.error = RowError(line, "", "", f"malformed CSV: {reason}")


def _records(text: str) -> list[Record]:
    """Rows with the line on which each begins; blank lines are no rows."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records, begins = [], 1
    try:
        for cells in reader:
            if cells:
                records.append(Record(begins, tuple(cells)))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _Malformed(begins, str(error)) from None
    return records


def _header_errors(header: Record, columns: Sequence[Column]) -> list[RowError]:
    expected = {column.label: column for column in columns}
    missing = dict.fromkeys(label for label in expected if label not in header.cells)
    errors = []
    for place, label in enumerate(header.cells):
        if label not in expected:
            error, meant = _stranger(header.line, label, list(missing), expected)
            errors.append(error)
            missing.pop(meant, None)
        elif label in header.cells[:place]:
            errors.append(RowError(header.line, label, label, "this column stands twice"))
    return errors + [RowError(header.line, label, "", "this column is missing") for label in missing]


def _stranger(line: int, label: str, missing: list[str], expected: dict[str, Column]) -> tuple[RowError, str]:
    """What is wrong with a label that the file should not have, and the label that was probably meant."""
    unit = _UNIT.search(label)
    base = _UNIT.sub("", label).strip()
    for candidate in missing:
        kind = expected[candidate].kind
        if unit and kind in _UNITS and base == _UNIT.sub("", candidate) and unit[1] != kind.value:
            wrong = f"wrong unit: {unit[1]} where {kind.value} is expected"
            reason = f"{wrong}; convert the values and name the column '{candidate}'"
            return RowError(line, label, label, reason), candidate
    close = difflib.get_close_matches(label, missing, n=1, cutoff=0.8)
    if close:
        return RowError(line, label, label, f"unknown column: perhaps '{close[0]}' is meant"), close[0]
    return RowError(line, label, label, "unknown column: take it out"), ""


def _read_cells(
    record: Record, places: Sequence[tuple[Column, Any, int]], width: int
) -> tuple[dict[str, Any], list[RowError]]:
    if len(record.cells) != width:
        reason = f"{len(record.cells)} cells where the header has {width}"
        return {}, [RowError(record.line, "", "", reason)]
    values: dict[str, Any] = {}
    errors = []
    for column, read, place in places:
        try:
            values[column.field] = read(record.cells[place])
        except ValueError as error:
            errors.append(RowError(record.line, column.label, record.cells[place], str(error)))
    return values, errors
