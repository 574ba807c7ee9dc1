"""NGED's files taken in: the same reading, operation and words for its API and for the console."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from markets.models import Market
from markets.operations.competitions import Published, publish_competitions
from markets.operations.journal import By
from markets.operations.postcodes import Taken, take_postcodes
from markets.operations.results import Recorded, record_results
from markets.problems import Refused, RowProblem
from markets.rules.notices import QualificationDecision
from markets.rules.words import to_correct

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


class NothingSent(NotTaken):
    """A file without a row: somebody exported or attached the wrong thing."""

    status = 400
    title = "Nothing was sent"


@dataclass(frozen=True)
class ResultsTaken:
    """What became of a results file; `not_ours` counts the offers in it that are other platforms' business."""

    recorded: Recorded
    not_ours: int


def publish_file(*, market: Market, content: bytes, by: By) -> Published:
    """Publishes the good competitions of any of NGED's files; `problems` tell the others, in the order of the file.

    Raises NotTaken where it is none of NGED's files, and NothingSent where it has no rows.
    """
    reading = _with_rows(_read(content))
    known = known_in(market, reading.season)
    in_half_hours = label_of(SHORT_TERM_PARAMETERS, "delivery_date") in reading.table.header
    notices = [
        as_known(notice, known.get(notice.reference), in_half_hours=in_half_hours)
        for notice in notices_of(reading.season)
    ]
    published = publish_competitions(market=market, notices=notices, by=by, keep_good=True)
    published.problems = _in_order([*_problems(reading.errors), *map(in_labels, published.problems)])
    return published


def record_results_file(*, market: Market, content: bytes, by: By) -> ResultsTaken:
    """Records what a results file decides on bids of the market, all or none, as the same list in JSON is recorded.

    Raises NotTaken where it is no results file, NothingSent where it has no rows, and what `record_results` raises:
    with every row that cannot be read, means no bid of ours, comes too early or contradicts, all at once.
    """
    reading = _read(content)
    if reading.table.header and label_of(RESULTS, "outcome") not in reading.table.header:
        raise NotTaken("This file asks for capacity, it has no results. Send Trade Results or their Summary.")
    decided = _decided(market, _with_rows(reading))
    recorded = record_results(
        market=market,
        results=decided.results,
        no_responses=decided.no_responses,
        unknown=decided.unknown,
        faults=decided.faults,
        by=by,
    )
    return ResultsTaken(recorded, decided.not_ours)


def _decided(market: Market, reading: wire.Reading[Any]) -> Decisions:
    """What the file means of our bids. None is looked for while its gate is open: whether an offer is found would tell
    the price of a sealed bid to whoever guesses."""
    season = _as_called(market, reading.season)
    known = known_to(market, [competition.reference for competition in season.competitions])
    closed = [c for c in season.competitions if c.reference not in known.still_open]
    decided = decisions_of(
        replace(season, competitions=tuple(closed)),
        known.bids,
        companies=known.companies,
        competitions=known.competitions,
    )
    decided.faults += [*_problems(reading.errors), *too_early(season, known.still_open)]
    return decided


def _as_called(market: Market, season: wire.Season) -> wire.Season:
    """The season with its competitions under the references that we know them by."""
    known = known_in(market, season)
    ours = {reference: notice.reference for reference, notice in known.items()}
    return wire.Season(
        tuple(replace(c, reference=ours.get(c.reference, c.reference)) for c in season.competitions),
        tuple(replace(a, competition=ours.get(a.competition, a.competition)) for a in season.accounts),
    )


def decisions_in(content: bytes) -> list[QualificationDecision]:
    """What a file of qualifications decides; rows without a decision decide nothing. Raises NotTaken with every bad row."""
    table = wire.read_qualifications(content)
    if table.errors:
        raise NotTaken(f"No decision was kept: {to_correct(len(table.errors))}.", _problems(table.errors))
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
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise NothingSent(
            "The file is empty. Send one of NGED's files: a line that names the columns, and the rows below."
        )
    try:
        return wire.read_file(content)
    except wire.FileRefused as error:
        raise NotTaken(f"Nothing was kept: {error.errors[0].reason}.", _problems(error.errors)) from error


def _with_rows(reading: wire.Reading[Any]) -> wire.Reading[Any]:
    if reading.table.records or reading.errors:
        return reading
    raise NothingSent(
        "The file names its columns and has no row below them: there is nothing to do. Was it exported whole?"
    )


def _problems(errors: Iterable[wire.RowError]) -> list[RowProblem]:
    return [RowProblem(error.line, error.column, error.value, error.reason) for error in errors]


def _in_order(problems: Iterable[RowProblem]) -> list[RowProblem]:
    return sorted(problems, key=lambda problem: problem.line)
