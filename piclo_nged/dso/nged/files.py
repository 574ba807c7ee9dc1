"""NGED's files taken in: the same reading, operation and words for its API and for the console."""

from collections.abc import Iterable
from typing import Any

from markets.models import Market
from markets.operations.competitions import Published, publish_competitions
from markets.operations.journal import By
from markets.problems import Refused, RowProblem

from . import wire
from .bids_known import known_to
from .columns import RESULTS, label_of
from .outcomes import Decisions, decisions_of
from .publication import in_labels, notices_of


class NotTaken(Refused):
    """A file that is none of NGED's, or whose faults leave nothing to keep."""

    title = "Nothing of it was kept"


def publish_file(*, market: Market, content: bytes, by: By) -> Published:
    """Publishes the good competitions of any of NGED's files; `problems` tell the others, in the order of the file.

    Raises NotTaken where it is none of NGED's files.
    """
    reading = _read(content)
    published = publish_competitions(market=market, notices=notices_of(reading.season), by=by, keep_good=True)
    published.problems = _in_order([*_problems(reading.errors), *map(in_labels, published.problems)])
    return published


def results_in(*, market: Market, content: bytes) -> Decisions:
    """What a results file decides on bids of the market. Raises NotTaken with every row that is wrong."""
    reading = _read(content)
    if label_of(RESULTS, "outcome") not in reading.table.header:
        raise NotTaken("This file asks for capacity, it has no results. Send Trade Results or their Summary.")
    known = known_to(market, [competition.reference for competition in reading.season.competitions])
    decided = decisions_of(reading.season, known.bids, companies=known.companies, competitions=known.competitions)
    if problems := _in_order([*_problems(reading.errors), *decided.problems]):
        raise NotTaken(f"No result was kept: {len(problems)} rows need correcting.", problems)
    return decided


def _read(content: bytes) -> wire.Reading[Any]:
    try:
        return wire.read_file(content)
    except wire.FileRefused as error:
        raise NotTaken(f"Nothing was kept: {error.errors[0].reason}.", _problems(error.errors)) from error


def _problems(errors: Iterable[wire.RowError]) -> list[RowProblem]:
    return [RowProblem(error.line, error.column, error.value, error.reason) for error in errors]


def _in_order(problems: Iterable[RowProblem]) -> list[RowProblem]:
    return sorted(problems, key=lambda problem: problem.line)
