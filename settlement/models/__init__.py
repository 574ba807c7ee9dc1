"""The nouns of settlement."""

from .reading import ReadingDay
from .run import InvoiceLine, SettlementLine, SettlementRun, Statement, Terms

__all__ = ["InvoiceLine", "ReadingDay", "SettlementLine", "SettlementRun", "Statement", "Terms"]
