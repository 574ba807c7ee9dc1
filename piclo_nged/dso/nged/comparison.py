"""The mock auction: clear a results file with our rule, and hold the awards against what NGED decided."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from piclo_nged.dso.nged.clearing import REFUSED, Award, HalfHour, Offered, Requirement, clear
from piclo_nged.dso.nged.columns import REHEARSED
from piclo_nged.dso.nged.wire import Offer, Outcome, Reading, Season, SummaryRow, Window, write_cells
from piclo_nged.dso.nged.wire.writing import write_value

_HALF_HOUR = 30  # minutes


@dataclass(slots=True)
class Score:
    """How many offers came out as NGED decided. A price matches when all three awarded prices are equal."""

    offers: int = 0
    outcome_matches: int = 0
    price_matches: int = 0

    def count(self, offer: Offer, award: Award) -> None:
        """Add one offer."""
        self.offers += 1
        self.outcome_matches += _outcome(award) is offer.outcome
        self.price_matches += award.prices == offer.awarded


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A file cleared again: the award of every offer, and how often it agrees with NGED."""

    reading: Reading[SummaryRow]
    awards: dict[str, Award]  # by reference of the offer
    total: Score
    by_product: dict[str, Score]


def rehearse(reading: Reading[SummaryRow]) -> Rehearsal:
    """Clear every auction of a file that was read without errors, and compare."""
    awards = clear_season(reading.season)
    total, by_product = Score(), defaultdict[str, Score](Score)
    for competition in reading.season.competitions:
        for offer in competition.offers:
            for score in (total, by_product[competition.product]):
                score.count(offer, awards[offer.reference])
    return Rehearsal(reading, awards, total, dict(sorted(by_product.items())))


def clear_season(season: Season) -> dict[str, Award]:
    """The award of every offer of a season, by its reference. What NGED decided stays out of sight.

    (One trace of it can't be kept out: where only some windows of an offer were accepted, NGED's summary
    shows the offer as several rows, each with its own windows.)

    Competitions of one name that are open at the same time are one auction: their days are the hull of the
    windows that each offer covers, so they are nested and ask for the same half-hours.
    """
    auctions = defaultdict(list)
    for competition in season.competitions:
        auctions[competition.opportunity, competition.ceiling].append(competition)
    awards: dict[str, Award] = {}
    for (_, ceiling), competitions in auctions.items():
        requirement = {
            _key(window): Requirement(half_hours(window), window.required_kw)
            for competition in competitions
            for window in competition.windows
        }
        bids = [offered(offer) for competition in competitions for offer in competition.offers]
        awards |= clear(requirement, ceiling, bids)
    return awards


def offered(offer: Offer) -> Offered:
    """The part of an offer that the rule may see."""
    return Offered(
        reference=offer.reference,
        seller=offer.company,
        capacity_kw=offer.capacity_kw,
        prices=offer.prices,
        windows=frozenset(_key(window) for window in offer.windows),
        assets=offer.assets,
    )


def half_hours(window: Window) -> frozenset[HalfHour]:
    """The half-hours of one week of a window, by its name: windows of one name ask for the same days (A)."""
    minutes = range(window.start_minute, window.end_minute, _HALF_HOUR)
    return frozenset((window.name, day, minute) for day in window.weekdays for minute in minutes)


def rehearsed_file(rehearsal: Rehearsal) -> str:
    """Every row and column of the file as it came, and the rehearsed columns after them."""
    table = rehearsal.reading.table
    cells = dict(_rehearsed_cells(rehearsal))
    nobody = _cells(Outcome.NO_RESPONSE, REFUSED)
    return write_cells(
        [*table.header, *(column.label for column in REHEARSED)],
        ([*record.cells, *cells.get(record.line, nobody)] for record in table.records),
    )


def _rehearsed_cells(rehearsal: Rehearsal) -> Iterator[tuple[int, list[str]]]:
    for offer in rehearsal.reading.season.offers:
        award = rehearsal.awards[offer.reference]
        cells = _cells(_outcome(award), award)
        for line in offer.lines:
            yield line, cells


def _cells(outcome: Outcome, award: Award) -> list[str]:
    prices = award.prices
    values = {
        "outcome": outcome,
        "accepted_kw": award.accepted_kw,
        "price": prices.sustain_gbp_per_kw or prices.utilisation_gbp_per_mwh,
        "availability_price": prices.availability_gbp_per_mw_h,
    }
    return [write_value(column.kind, values[column.field]) for column in REHEARSED]


def _outcome(award: Award) -> Outcome:
    return Outcome.ACCEPTED if award.is_accepted else Outcome.REJECTED


def _key(window: Window) -> str:
    """Windows of two competitions may share a label and differ in their peak."""
    return f"{window.label} {window.required_kw}"
