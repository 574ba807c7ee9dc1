"""NGED's dialect into ours and back: names, units, clock. Pure: text in, frozen nouns and errors out.

`read_*` takes bytes, text or a stream and gives a `Reading`: the season, the file as it came, every fault.
`read_file` finds out by itself which of NGED's files it has.
"""

from piclo_nged.dso.nged.wire.errors import FileRefused, RowError
from piclo_nged.dso.nged.wire.qualifications import read_qualifications, write_qualifications
from piclo_nged.dso.nged.wire.reading import Reading
from piclo_nged.dso.nged.wire.recognition import read_file
from piclo_nged.dso.nged.wire.results import read_results, result_rows, write_results
from piclo_nged.dso.nged.wire.rows import ParameterRow, QualificationRow, ResultRow, SummaryRow
from piclo_nged.dso.nged.wire.season import (
    NO_PRICES,
    Competition,
    Fate,
    Offer,
    Outcome,
    Prices,
    RowAccount,
    Season,
    Technology,
    Window,
)
from piclo_nged.dso.nged.wire.short_term import parameter_rows, read_short_term, write_short_term
from piclo_nged.dso.nged.wire.summary import read_summary, summary_rows, write_summary
from piclo_nged.dso.nged.wire.table import Source, Table, write_cells

__all__ = [
    "NO_PRICES",
    "Competition",
    "Fate",
    "FileRefused",
    "Offer",
    "Outcome",
    "ParameterRow",
    "Prices",
    "QualificationRow",
    "Reading",
    "ResultRow",
    "RowAccount",
    "RowError",
    "Season",
    "Source",
    "SummaryRow",
    "Table",
    "Technology",
    "Window",
    "parameter_rows",
    "read_file",
    "read_qualifications",
    "read_results",
    "read_short_term",
    "read_summary",
    "result_rows",
    "summary_rows",
    "write_cells",
    "write_qualifications",
    "write_results",
    "write_short_term",
    "write_summary",
]
