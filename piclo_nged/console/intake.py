"""What a file of NGED can be for, and the operation that takes it in: the same reading and operation as its API."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from markets.models import Market, User
from markets.operations.assets import decide_qualifications
from markets.operations.results import record_results
from markets.problems import Refused, RowProblem

from ..dso.nged.files import decisions_in, publish_file, results_in, take_postcode_file


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
    published = publish_file(market=market, content=content, by=by)
    counts = {name: len(getattr(published, name)) for name in ("created", "revised", "unchanged")}
    stops = "" if any(counts.values()) else "No competition of this file can be published."
    return Outcome(counts, published.problems, stops)


def _record(market: Market, content: bytes, by: User) -> Outcome:
    """All or none, since a season's results belong together."""
    decided = results_in(market=market, content=content)
    recorded = record_results(market=market, results=decided.results, no_responses=decided.no_responses, by=by)
    counts = {name.replace("_", " "): count for name, count in vars(recorded).items()}
    return Outcome(counts | {"not of our sellers": decided.not_ours}, [])


def _decide(market: Market, content: bytes, by: User) -> Outcome:
    """All or none: a file of decisions is short, and sent again once it is right."""
    decisions = decisions_in(content)
    changed = decide_qualifications(market=market, decisions=decisions, by=by)
    return Outcome({"decisions changed": changed, "as they were": len(decisions) - changed}, [])


def _postcodes(market: Market, content: bytes, by: User) -> Outcome:
    """The good postcodes are kept, for all markets of the operator; the others reported."""
    taken = take_postcode_file(market=market, content=content, by=by)
    counts = vars(taken.taken)
    stops = "" if taken.read else "No postcode of this file can be kept."
    told = {
        "new postcodes": counts["new"],
        "changed": counts["changed"],
        "unchanged": counts["unchanged"],
        "new zones": counts["zones"],
        "assets that now have a zone": counts["assets"],
    }
    return Outcome(told, taken.problems, stops)


KINDS = {
    "competitions": Kind("Competitions to publish or revise", _publish, "admin:markets_competition_changelist"),
    "postcodes": Kind("Postcodes and their zones (WHERE)", _postcodes, "admin:markets_postcode_changelist"),
    "results": Kind("Results of bids", _record, "admin:markets_contract_changelist"),
    "qualifications": Kind("Decisions on assets", _decide, "admin:markets_qualification_changelist"),
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
