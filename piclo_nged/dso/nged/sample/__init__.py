"""A made-up season in NGED's format, for the demo and the tests: every trap of the real files, in small.

Places, zones and companies are invented. The gate is open from 5 to 30 October 2026; delivery begins on
1 December 2026, for Secure and Dynamic too, so that one month can be dispatched and settled. Outcomes are
those of our clearing rule. The text is the same on every call.
"""

from dataclasses import replace

from piclo_nged.dso.nged.clearing import Award
from piclo_nged.dso.nged.comparison import clear_season
from piclo_nged.dso.nged.sample.filling import filling
from piclo_nged.dso.nged.sample.rows import rows_of
from piclo_nged.dso.nged.sample.scenes import scenes
from piclo_nged.dso.nged.wire import Outcome, SummaryRow, read_summary, write_summary

_ORDER = (Outcome.ACCEPTED, Outcome.NO_RESPONSE, Outcome.REJECTED)  # as NGED sorts its rows


def sample_season() -> str:
    """The season as the text of a Trade Results Summary."""
    rows = rows_of([*scenes(), *filling()])
    season = read_summary(write_summary(rows)).refuse_errors().season
    awards = clear_season(season)
    for offer in season.offers:
        for line in offer.lines:
            rows[line - 2] = _decided(rows[line - 2], awards[offer.reference])
    return write_summary(sorted(rows, key=lambda row: _ORDER.index(row.outcome)))


def _decided(row: SummaryRow, award: Award) -> SummaryRow:
    """The row with what the auction decided; the capacity keeps every place of the offer."""
    return replace(
        row,
        outcome=Outcome.ACCEPTED if award.is_accepted else Outcome.REJECTED,
        accepted_kw=row.offered_kw if award.is_accepted else award.accepted_kw,
        awarded_availability=award.prices.availability_gbp_per_mw_h,
        awarded_utilisation=award.prices.utilisation_gbp_per_mwh,
        awarded_sustain=award.prices.sustain_gbp_per_kw,
    )
