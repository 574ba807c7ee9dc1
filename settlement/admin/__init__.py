"""Settlement as customer success sees it: terms and baselines, readings, runs with their lines, statements, invoices."""

from . import readings, runs, statements, terms

__all__ = ["readings", "runs", "statements", "terms"]
