"""What is wrong with a file of NGED: every fault at once, each with line, column, value and reason."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowError:
    """One fault. `line` is the physical line of the file on which the row begins; `column` may be empty."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", column '{self.column}'" if self.column else "")
        return f"{place}: {self.value[:80]!r}: {self.reason}" if self.value else f"{place}: {self.reason}"


class FileRefused(ValueError):
    """The file can't be used as it stands. `errors` holds every fault found; nothing was kept."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        self.errors = tuple(errors)
        count = "1 error" if len(self.errors) == 1 else f"{len(self.errors)} errors"
        super().__init__("\n".join([f"{count}; correct the file and try again.", *map(str, self.errors)]))
