"""The sellers' pages of settlement: readings in, statements out."""

from .lines import LinePage
from .queries import QueryFile, RaiseQuery
from .readings import AssetReadings, ReadingMonth
from .statement_files import StatementCsv, StatementPdf
from .statements import StatementList, StatementPage

__all__ = [
    "AssetReadings",
    "LinePage",
    "QueryFile",
    "RaiseQuery",
    "ReadingMonth",
    "StatementCsv",
    "StatementList",
    "StatementPage",
    "StatementPdf",
]
