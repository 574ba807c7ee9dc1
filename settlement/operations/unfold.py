"""A line's way back to the readings: the same rules over the same readings, for one line alone."""

from dataclasses import replace

from markets.problems import Refused

from ..models import SettlementLine
from ..rules.events import MonthOfEvents
from ..rules.unfolding import Unfolded, needed_for, unfolded
from .book import open_book
from .lines import NAMES, meters_of
from .terms import rules_of


def unfold(line: SettlementLine) -> Unfolded:
    """What the line was made of, computed anew from the readings that its run looked at; the shapes: `rules.unfolding`.

    A few queries, whatever the run's size. Raises Refused where the month no longer has the line's event, because
    contracts or instructions were changed since the run.
    """
    run = line.run
    book = open_book(market=run.market, month=run.month, sellers=[line.seller_id], run=run)
    contract, month = book.to_settle.get(line.contract_id, (None, None))
    event = next((event for event in month.events if _is_of(event, line)), None) if month else None
    if contract is None or month is None or event is None:
        raise Refused("What this line is about was changed after its run. A rerun of the month shows it as it is now.")
    events = needed_for(event, month.events)
    meters = meters_of(book, [(contract, MonthOfEvents(tuple(events), ()))], run.terms, run.last_reading_id)
    of_contract = [meters[asset_id] for asset_id in contract.asset_ids]
    found = unfolded(contract, book.seasons[contract.id], event, events, of_contract, rules_of(run.terms))
    return replace(found, is_as_stored=all(getattr(found.line, name) == getattr(line, name) for name in NAMES))


def _is_of(event: object, line: SettlementLine) -> bool:
    names = ("starts_at", "ends_at", "instruction_id", "window_id")
    return all(getattr(event, name) == getattr(line, name) for name in names)
