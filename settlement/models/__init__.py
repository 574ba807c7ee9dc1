"""The nouns of settlement."""

from .reading import ForwardedReading, ReadingDay
from .run import InvoiceLine, SettlementLine, SettlementRun, Statement, Terms

__all__ = ["ForwardedReading", "InvoiceLine", "ReadingDay", "SettlementLine", "SettlementRun", "Statement", "Terms"]
