"""Cells of files that people open in a spreadsheet."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: object) -> object:
    """Text that a spreadsheet would run as a formula gets a quote before it."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell
