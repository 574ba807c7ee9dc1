"""The sellers' pages of settlement: readings in, statements out."""

from .queries import QueryFile, RaiseQuery
from .readings import AssetReadings, ReadingMonth
from .statements import StatementList, StatementPage

__all__ = ["AssetReadings", "QueryFile", "RaiseQuery", "ReadingMonth", "StatementList", "StatementPage"]
