"""A seller's file of readings, in any of the common shapes: recognised, read, with every fault at once; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from markets.problems import RowProblem
from markets.rules.csv_text import rows_of, text_of

from .packing import MOST_ROWS, ReadDay, packed
from .read_days import read_days
from .read_rows import read_rows
from .recognising import SAMPLE_ROWS, recognise
from .shape import Shape

SAMPLED_LINES = 4 * SAMPLE_ROWS  # some are empty


@dataclass(frozen=True, eq=False)
class ShapedFile:
    """What a file holds. Without a shape, or while it is open, there are no days; `repeats` rows say a thing once more."""

    shape: Shape | None
    days: Sequence[ReadDay] = ()
    faults: Sequence[RowProblem] = ()
    interval_minutes: int | None = None
    repeats: int = 0

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """How we read it."""
        return self.shape.in_words(self.interval_minutes) if self.shape else []


def read_shaped(content: bytes, choices: Mapping[str, str]) -> ShapedFile:
    """Reads the file as it is recognised and as its seller corrected that. Raises UnreadableFile for what is no CSV."""
    text = text_of(content).replace("\r\n", "\n").replace("\r", "\n")
    head = _first_lines(text, SAMPLED_LINES)
    sample = list(islice(rows_of(head, MOST_ROWS), SAMPLE_ROWS + 1))
    line, names = sample[0]
    names = [name.strip() for name in names]
    if len(sample) == 1:
        return ShapedFile(None, faults=[RowProblem(line, "", "", "The file has a header and no rows.")])
    header = head.split("\n", line)[line - 1]
    found = recognise(names, [cells for _, cells in sample[1:]], max(",;\t", key=header.count), line)
    if not isinstance(found, Shape):
        return ShapedFile(None, faults=found)
    shape = found.choosing(choices)
    if shape.open:
        return ShapedFile(shape)
    read = read_days(text, shape) if shape.by_day else read_rows(text, shape)
    days, contradictions, repeats = packed(read)
    faults = sorted([*read.faults, *contradictions], key=lambda fault: fault.line)
    if not days and not faults:
        faults = [RowProblem(line, "", "", "No row of the file holds a reading.")]
    return ShapedFile(shape, days if not faults else (), faults, read.interval_minutes, repeats)


def _first_lines(text: str, count: int) -> str:
    """The beginning of a file: to split all of it for a sample takes longer than to read it."""
    end = -1
    for _ in range(count):
        end = text.find("\n", end + 1)
        if end < 0:
            return text
    return text[:end]
