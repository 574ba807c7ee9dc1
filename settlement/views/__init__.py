"""The sellers' pages of settlement: readings in, statements out."""

from .readings import AssetReadings, ReadingMonth
from .statements import StatementList, StatementPage

__all__ = ["AssetReadings", "ReadingMonth", "StatementList", "StatementPage"]
