"""The sellers' pages of settlement: readings in, statements out."""

from .lines import LinePage
from .queries import QueryFile, RaiseQuery
from .reading_uploads import ReadingUploadPage, SendReadings
from .readings import AssetReadings, ReadingMonth
from .statement_files import StatementCsv, StatementPdf
from .statements import StatementList, StatementPage

__all__ = [
    "AssetReadings",
    "LinePage",
    "QueryFile",
    "RaiseQuery",
    "ReadingMonth",
    "ReadingUploadPage",
    "SendReadings",
    "StatementCsv",
    "StatementList",
    "StatementPage",
    "StatementPdf",
]
