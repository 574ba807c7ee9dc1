"""NGED's files taken in: the same reading, operation and words for its API and for the console."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from markets.models import Market
from markets.operations.competitions import Published, publish_competitions
from markets.operations.journal import By
from markets.operations.postcodes import Taken, take_postcodes
from markets.problems import Refused, RowProblem
from markets.rules.notices import QualificationDecision

from . import wire
from .already_known import as_known, known_in
from .bids_known import known_to
from .columns import RESULTS, SHORT_TERM_PARAMETERS, label_of
from .outcomes import Decisions, decisions_of, too_early
from .publication import in_labels, notices_of
from .wire.postcodes import read_postcodes


class NotTaken(Refused):
    """A file that is none of NGED's, or whose faults leave nothing to keep."""

    title = "Nothing of it was kept"


def publish_file(*, market: Market, content: bytes, by: By) -> Published:
    """Publishes the good competitions of any of NGED's files; `problems` tell the others, in the order of the file.

    Raises NotTaken where it is none of NGED's files.
    """
    reading = _read(content)
    known = known_in(market, reading.season)
    in_half_hours = label_of(SHORT_TERM_PARAMETERS, "delivery_date") in reading.table.header
    notices = [
        as_known(notice, known.get(notice.reference), in_half_hours=in_half_hours)
        for notice in notices_of(reading.season)
    ]
    published = publish_competitions(market=market, notices=notices, by=by, keep_good=True)
    published.problems = _in_order([*_problems(reading.errors), *map(in_labels, published.problems)])
    return published


def results_in(*, market: Market, content: bytes) -> Decisions:
    """What a results file decides on bids of the market. Raises NotTaken with every row that is wrong."""
    reading = _read(content)
    if label_of(RESULTS, "outcome") not in reading.table.header:
        raise NotTaken("This file asks for capacity, it has no results. Send Trade Results or their Summary.")
    called = known_in(market, reading.season)
    season = replace(
        reading.season,
        competitions=tuple(
            replace(competition, reference=called[competition.reference].reference)
            if competition.reference in called
            else competition
            for competition in reading.season.competitions
        ),
    )
    known = known_to(market, [competition.reference for competition in season.competitions])
    if problems := too_early(season, known.still_open):
        raise NotTaken(f"No result was kept: {len(problems)} competitions still take bids.", problems)
    decided = decisions_of(season, known.bids, companies=known.companies, competitions=known.competitions)
    if problems := _in_order([*_problems(reading.errors), *decided.problems]):
        raise NotTaken(f"No result was kept: {len(problems)} rows need correcting.", problems)
    return decided


def decisions_in(content: bytes) -> list[QualificationDecision]:
    """What a file of qualifications decides; rows without a decision decide nothing. Raises NotTaken with every bad row."""
    table = wire.read_qualifications(content)
    if table.errors:
        raise NotTaken(f"No decision was kept: {len(table.errors)} things need correcting.", _problems(table.errors))
    return [
        QualificationDecision(asset_id=row.asset, status=row.decision, reason=row.reason, line=line)
        for line, row in table.rows.items()
        if row.decision
    ]


@dataclass(frozen=True)
class PostcodesTaken:
    """What became of a table of postcodes: how many rows could be read, what they changed, and the rows that are wrong."""

    read: int
    taken: Taken
    problems: list[RowProblem]


def take_postcode_file(*, market: Market, content: bytes, by: By) -> PostcodesTaken:
    """Keeps the good rows of WHERE All Postcodes for the market's operator; `problems` tell the others."""
    reading = read_postcodes(content)
    taken = take_postcodes(operator=market.operator, notices=reading.notices, by=by)
    return PostcodesTaken(len(reading.notices), taken, _problems(reading.errors))


def _read(content: bytes) -> wire.Reading[Any]:
    try:
        return wire.read_file(content)
    except wire.FileRefused as error:
        raise NotTaken(f"Nothing was kept: {error.errors[0].reason}.", _problems(error.errors)) from error


def _problems(errors: Iterable[wire.RowError]) -> list[RowProblem]:
    return [RowProblem(error.line, error.column, error.value, error.reason) for error in errors]


def _in_order(problems: Iterable[RowProblem]) -> list[RowProblem]:
    return sorted(problems, key=lambda problem: problem.line)
