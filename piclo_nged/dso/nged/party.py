"""A test party of NGED is started: filled from a results file, and its rounds of bidding opened one after the other.

The party plays NGED's side by the same operations that NGED's calls reach. A round is what closes at one instant; a
file may hold several, months apart. Each company of the file has a stand-in, which bids as the company really did.
How a round closes: `party_clearing`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from markets.models import Competition, Operator, Seller, TestParty
from markets.operations import parties
from markets.operations.clock import move_clock
from markets.operations.competitions import publish_competitions
from markets.operations.journal import By
from markets.problems import Refused, RowProblem
from markets.rules.words import to_correct

from . import wire
from .columns import RESULTS, label_of
from .playing import place_offers, register_assets
from .publication import in_labels, notices_of

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Round:
    """Competitions of the party that close together and have no result yet. Instants are market time."""

    opens_at: datetime
    closes_at: datetime
    references: frozenset[str]


@dataclass(frozen=True)
class Bids:
    """What stand-ins placed: how many bids stand, and why the others do not."""

    placed: int
    problems: list[RowProblem]


def read_results_file(content: bytes) -> wire.Season:
    """The season that a results file tells. Raises Refused with every fault: line, column, value, reason."""
    try:
        reading = wire.read_file(content).refuse_errors()
    except wire.FileRefused as refusal:
        rows = [RowProblem(e.line, e.column, e.value, e.reason) for e in refusal.errors]
        raise Refused(f"No party was started: {to_correct(len(rows))} in the file.", rows) from refusal
    if label_of(RESULTS, "outcome") not in reading.table.header:
        reason = "This file asks for capacity and has no results, so there is nothing to compare a party with."
        raise Refused(f"{reason} Choose Trade Results or their Summary.")
    if not reading.season.competitions:
        raise Refused("This file has a header and no rows: there is nothing to play. Choose another file.")
    return reading.season


def season_of(party: TestParty) -> wire.Season:
    """What the party was filled from."""
    return read_results_file(bytes(party.source))


@transaction.atomic
def start_party(
    *,
    operator: Operator,
    name: str,
    content: bytes,
    source_name: str,
    sellers: Iterable[Seller],
    by: By,
    with_original_offers: bool = True,
) -> TestParty:
    """Makes the market, publishes the file's competitions, invites the sellers, and lets the first round begin.

    All or nothing: raises Refused with every fault of the file by line.
    """
    season = read_results_file(content)
    party = parties.start_party(
        operator=operator,
        name=name,
        source=content,
        source_name=source_name,
        opens_at=min(competition.opens_at for competition in season.competitions),
        sellers=sellers,
        with_original_offers=with_original_offers,
        by=by,
    )
    _publish(party, season, by)
    if with_original_offers:
        _cast(party, season, by)
    open_round(party=party, by=by)
    return party


def _publish(party: TestParty, season: wire.Season, by: By) -> None:
    try:
        publish_competitions(market=party.market, notices=notices_of(season), by=by)
    except Refused as refusal:
        raise Refused(f"No party was started. {refusal}", [in_labels(row) for row in refusal.rows]) from refusal


def _cast(party: TestParty, season: wire.Season, by: By) -> None:
    companies = sorted({offer.company for offer in season.offers})
    cast = parties.cast_stand_ins(party=party, companies=companies, by=by)
    register_assets(season, cast, party.market, by=by, could_be_real=False)


def next_round(party: TestParty, season: wire.Season) -> Round:
    """The one that closes next. Raises Refused where every competition has its result."""
    left = rounds(party, season)
    if not left:
        raise Refused("Every competition of this party has its result: no round is left.")
    return left[0]


def rounds(party: TestParty, season: wire.Season) -> list[Round]:
    """What is still to be decided, in order of closing. Competitions that are not of the file are not the party's."""
    of_file = {competition.reference for competition in season.competitions}
    undecided = Competition.objects.filter(market=party.market_id, status=Competition.Status.PUBLISHED)
    together: dict[datetime, list[tuple[datetime, str]]] = {}
    for reference, opens_at, closes_at in undecided.values_list("reference", "opens_at", "closes_at"):
        if reference in of_file:
            together.setdefault(closes_at, []).append((opens_at, reference))
    return [
        Round(max(opens for opens, _ in members), closes_at, frozenset(reference for _, reference in members))
        for closes_at, members in sorted(together.items())
    ]


@transaction.atomic
def open_round(*, party: TestParty, by: By) -> Bids:
    """Moves the clock to where all of the next round is open, and lets the stand-ins bid in it. Again: changes nothing.

    Raises Refused where no round is left.
    """
    season = season_of(party)
    entered = next_round(party, season)
    market = party.market
    if market.now() < entered.opens_at:
        move_clock(market=market, to=entered.opens_at, by=by)
    parties.qualify_assets(party=party, by=by)
    cast = {stand_in.company: stand_in.seller for stand_in in party.stand_ins.select_related("seller")}
    played = [competition for competition in season.competitions if competition.reference in entered.references]
    return Bids(*place_offers(played, cast, market, by=by))


@transaction.atomic
def near_closing(*, party: TestParty, by: By) -> datetime:
    """Moves the clock to an hour before the gate of the round closes, stand-ins having bid. Returns market time then.

    Raises Refused where no round is left, or the hour has begun already.
    """
    season = season_of(party)
    entered = next_round(party, season)
    to = entered.closes_at - HOUR
    if party.market.now() >= to:
        raise Refused("The last hour of this round has begun already. Close it and clear it when everybody has bid.")
    open_round(party=party, by=by)
    move_clock(market=party.market, to=max(to, entered.opens_at), by=by)
    return max(to, entered.opens_at)
