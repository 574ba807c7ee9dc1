"""The nouns of settlement."""

from .baseline import AssetBaseline
from .invoice import InvoiceLine
from .query import LineQuery
from .reading import ForwardedReading, ReadingDay
from .run import RunPart, SettlementLine, SettlementRun, Statement, Terms
from .upload import ReadingUpload

__all__ = [
    "AssetBaseline",
    "ForwardedReading",
    "InvoiceLine",
    "LineQuery",
    "ReadingDay",
    "ReadingUpload",
    "RunPart",
    "SettlementLine",
    "SettlementRun",
    "Statement",
    "Terms",
]
