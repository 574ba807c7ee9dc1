"""Errors of operations, which interfaces translate: pages into sentences, the API into RFC 9457 problems (answers.py)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row of a file or list: `line` counts from 1, the header included where there is one.

    0 stands for what is no row of a list.
    """

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}, {self.column}: {self.reason}"


class Refused(Exception):
    """An operation that cannot be done as asked. The message says why and what to do; nothing was changed.

    `status` is the HTTP status with which an API answers; `rows` says it per row where there are rows.
    """

    status = 422
    title = "Refused"

    def __init__(self, message: str, rows: Sequence[RowProblem] = ()):
        super().__init__(message)
        self.rows = list(rows)


class Contradiction(Refused):
    """The same reference as before, with other content."""

    status = 409
    title = "Contradicts what was sent before"
