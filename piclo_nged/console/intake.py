"""What a file of NGED can be for, and the operation that takes it in: the same reading and operation as its API."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from markets.models import Market, User
from markets.operations.competitions import publish_competitions
from markets.operations.results import record_results
from markets.problems import Refused, RowProblem

from ..dso.nged.api.base import read_nged_file, row_problems
from ..dso.nged.bids_known import known_to
from ..dso.nged.outcomes import decisions_of
from ..dso.nged.publication import in_labels, notices_of


@dataclass(frozen=True)
class Outcome:
    """What the file does, in counts by name, and every row that is wrong. `stops`: why nothing of it can be kept."""

    told: dict[str, int]
    problems: list[RowProblem]
    stops: str = ""


@dataclass(frozen=True)
class Kind:
    """A use of a file: its operation, and the list of the console that shows what came of it."""

    label: str
    take_in: Callable[[Market, bytes, User], Outcome]
    page: str


def _publish(market: Market, content: bytes, by: User) -> Outcome:
    """The good competitions are kept, the others reported."""
    reading = read_nged_file(content)
    published = publish_competitions(market=market, notices=notices_of(reading.season), by=by, keep_good=True)
    counts = {name: len(getattr(published, name)) for name in ("created", "revised", "unchanged")}
    problems = [*row_problems(reading.errors), *map(in_labels, published.problems)]
    stops = "" if any(counts.values()) else "No competition of this file can be published."
    return Outcome(counts, sorted(problems, key=lambda problem: problem.line), stops)


def _record(market: Market, content: bytes, by: User) -> Outcome:
    """All or none, since a season's results belong together."""
    reading = read_nged_file(content)
    known = known_to(market, [competition.reference for competition in reading.season.competitions])
    decided = decisions_of(reading.season, known.bids, companies=known.companies, competitions=known.competitions)
    problems = sorted([*row_problems(reading.errors), *decided.problems], key=lambda problem: problem.line)
    if problems:
        raise Refused(f"No result can be kept: {len(problems)} rows need correcting.", problems)
    recorded = record_results(market=market, results=decided.results, no_responses=decided.no_responses, by=by)
    counts = {name.replace("_", " "): count for name, count in vars(recorded).items()}
    return Outcome(counts | {"not of our sellers": decided.not_ours}, [])


KINDS = {
    "competitions": Kind("Competitions to publish or revise", _publish, "admin:markets_competition_changelist"),
    "results": Kind("Results of bids", _record, "admin:markets_contract_changelist"),
}


def take_in(kind: str, market: Market, content: bytes, by: User, *, keep: bool) -> Outcome:
    """Does what the file is for, and rolls it back unless it is to be kept and something of it can be."""
    with transaction.atomic():
        try:
            outcome = KINDS[kind].take_in(market, content, by)
        except Refused as refusal:
            outcome = Outcome({}, refusal.rows, str(refusal))
        if outcome.stops or not keep:
            transaction.set_rollback(True)
    return outcome
