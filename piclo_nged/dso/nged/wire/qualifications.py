"""Assets on offer as a file that goes out, is decided on by hand, and comes back."""

from collections.abc import Iterable

from piclo_nged.dso.nged.columns import QUALIFICATIONS
from piclo_nged.dso.nged.wire.rows import QualificationRow
from piclo_nged.dso.nged.wire.table import Source, Table, read_table, write_table


def read_qualifications(source: Source) -> Table[QualificationRow]:
    """The rows as they came, with every fault."""
    return read_table(source, QUALIFICATIONS, QualificationRow)


def write_qualifications(rows: Iterable[QualificationRow]) -> str:
    """Rows as that file."""
    return write_table(QUALIFICATIONS, rows)
