"""Settlement as customer success sees it: terms and baselines, readings, runs with their lines, statements and queries, invoices."""

from . import queries, readings, runs, statements, terms

__all__ = ["queries", "readings", "runs", "statements", "terms"]
