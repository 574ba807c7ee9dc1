"""What NGED's addresses share: whose they are, and its files as bodies."""

from collections.abc import Iterable
from typing import Any

from markets.endpoints import OperatorEndpoint
from markets.problems import Refused, RowProblem

from .. import wire

TAG_PREFIX = "NGED: "


class NotTaken(Refused):
    """A file that is none of NGED's, or whose faults leave nothing to keep."""

    title = "Nothing of it was kept"


class NgedEndpoint(OperatorEndpoint):
    """An address for NGED's tokens."""

    operator_key = "nged"


def read_nged_file(content: bytes) -> wire.Reading[Any]:
    """One of NGED's files. Raises NotTaken where it is none of them."""
    try:
        return wire.read_file(content)
    except wire.FileRefused as error:
        raise NotTaken(f"Nothing was kept: {error.errors[0].reason}.", row_problems(error.errors)) from error


def row_problems(errors: Iterable[wire.RowError]) -> list[RowProblem]:
    """Faults of a file as the API words them."""
    return [RowProblem(error.line, error.column, error.value, error.reason) for error in errors]
