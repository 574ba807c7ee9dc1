"""What a file of NGED can be for, and the operation that takes it in: the same reading and operation as its API."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from markets.models import Discrepancy, Market, User
from markets.operations.assets import decide_qualifications
from markets.problems import Refused, RowProblem

from ..dso.nged.files import decisions_in, publish_file, record_results_file, take_postcode_file


@dataclass(frozen=True)
class Outcome:
    """What the file does, in counts by name, and every row that is wrong. `stops`: why nothing of it can be kept.

    `to_settle`: where the operator and we hold different things, as many new cases are what is left of a refused file.
    """

    told: dict[str, int]
    problems: list[RowProblem]
    stops: str = ""
    to_settle: int = 0


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
    taken = record_results_file(market=market, content=content, by=by)
    counts = {name.replace("_", " "): count for name, count in vars(taken.recorded).items()}
    return Outcome(counts | {"not of our sellers": taken.not_ours}, [])


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
    """Does what the file is for, and rolls it back unless it is to be kept and something of it can be.

    Of a refusal only what is to be settled is kept: an operation that refuses has undone its own part.
    """
    unsettled = Discrepancy.objects.filter(market=market, resolved_at=None)
    with transaction.atomic():
        before = unsettled.count()
        try:
            outcome = KINDS[kind].take_in(market, content, by)
        except Refused as refusal:
            outcome = Outcome({}, refusal.rows, str(refusal), to_settle=unsettled.count() - before)
        if not keep or (outcome.stops and not outcome.to_settle):
            transaction.set_rollback(True)
    return outcome
