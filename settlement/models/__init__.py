"""The nouns of settlement."""

from .reading import ForwardedReading, ReadingDay
from .run import InvoiceLine, RunPart, SettlementLine, SettlementRun, Statement, Terms

__all__ = [
    "ForwardedReading",
    "InvoiceLine",
    "ReadingDay",
    "RunPart",
    "SettlementLine",
    "SettlementRun",
    "Statement",
    "Terms",
]
