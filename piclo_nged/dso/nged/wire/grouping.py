"""Rows of the results files into competitions, windows and offers: both files tell the same story.

Rows are one offer when they agree in everything but technology, number of assets and installed capacity.
In NGED's file such rows stand together, never repeat a technology, and where the offer is neither cut to the
requirement nor to what is available, their installed capacities add up to it. So a technology that comes
again begins a second, equal offer of that company.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from piclo_nged.dso.nged.columns import Column, label_of
from piclo_nged.dso.nged.wire.errors import RowError
from piclo_nged.dso.nged.wire.naming import competition_reference, gate_closes_at, gate_opens_at
from piclo_nged.dso.nged.wire.rows import AuctionRow
from piclo_nged.dso.nged.wire.season import (
    Competition,
    Fate,
    Offer,
    Outcome,
    RowAccount,
    Season,
    Technology,
    Window,
)
from piclo_nged.dso.nged.wire.table import Table

NOBODY = ("", "0")  # NGED's company where nobody responded


@dataclass(frozen=True, slots=True)
class Placed:
    """One row, its windows, its competition's delivery period, and what tells its offer from others."""

    line: int
    row: AuctionRow
    windows: tuple[Window, ...]
    period: tuple[date, date]
    offer_key: Hashable
    technology_key: Hashable


@dataclass(slots=True)
class _OfferRows:
    placed: list[Placed] = field(default_factory=list)
    seen: set[Hashable] = field(default_factory=set)


def offer_key(row: AuctionRow) -> Hashable:
    """What the rows of one offer agree in, beside the windows."""
    return (
        row.company,
        row.offered_kw,
        row.offered,
        row.outcome,
        row.accepted_kw,
        row.awarded,
        row.for_restore,
        row.restore_price,
    )


def good_rows[Row: AuctionRow](
    table: Table[Row], columns: tuple[Column, ...]
) -> tuple[list[tuple[int, Row]], list[RowError]]:
    """The rows that don't contradict themselves, with their lines, and the faults of the others."""
    good, faults = [], []
    for line, row in table.rows.items():
        wrong = _faults_of(line, row, columns)
        if wrong:
            faults += wrong
        else:
            good.append((line, row))
    return good, faults


def season_of(placed: Iterable[Placed], columns: tuple[Column, ...]) -> tuple[Season, list[RowError]]:
    """Competitions in the order of the file. A row that contradicts its competition is an error."""
    groups: dict[tuple[Hashable, ...], list[Placed]] = {}
    errors = []
    for item in placed:
        row = item.row
        group = groups.setdefault((row.zone, row.product, row.name, *item.period), [])
        contradictions = _contradictions(item, group[0], columns) if group else []
        if contradictions:
            errors += contradictions
        else:
            group.append(item)
    competitions, accounts = [], []
    for group in groups.values():
        competition, told = _competition(group)
        competitions.append(competition)
        accounts += told
    return Season(tuple(competitions), tuple(sorted(accounts, key=lambda account: account.line))), errors


def _faults_of(line: int, row: AuctionRow, columns: tuple[Column, ...]) -> list[RowError]:
    def fault(name: str, reason: str) -> RowError:
        return RowError(line, label_of(columns, name), str(getattr(row, name)), reason)

    faults = []
    if row.last_day < row.first_day:
        faults.append(fault("last_day", f"before the first day, {row.first_day}"))
    if row.closes_on < row.opens_on:
        faults.append(fault("closes_on", f"before the trade opens, {row.opens_on}"))
    nobody = row.company in NOBODY
    if nobody != (row.outcome is Outcome.NO_RESPONSE):
        named = "no company is named" if nobody else "a company is named"
        faults.append(fault("company", f"{named}, yet the outcome is '{row.outcome}'"))
    if nobody and row.offered_kw:
        faults.append(fault("offered_kw", "capacity is offered, yet no company is named"))
    return faults


def _contradictions(item: Placed, first: Placed, columns: tuple[Column, ...]) -> list[RowError]:
    same = ("ceiling_availability", "ceiling_utilisation", "ceiling_sustain", "opens_on", "closes_on")
    return [
        RowError(
            item.line,
            label_of(columns, name),
            str(getattr(item.row, name)),
            f"line {first.line} of the same competition says {getattr(first.row, name)}",
        )
        for name in same
        if getattr(item.row, name) != getattr(first.row, name)
    ]


def _competition(group: list[Placed]) -> tuple[Competition, list[RowAccount]]:
    first = group[0].row
    windows = _distinct_windows(group)
    period = group[0].period
    reference = competition_reference(first.zone, first.product, first.name, *period)
    offers, accounts = [], []
    answered = [item for item in group if item.row.outcome is not Outcome.NO_RESPONSE]
    for number, rows in enumerate(_offers(answered), start=1):
        offer = _offer(f"{reference}/{number}", rows, windows)
        offers.append(offer)
        accounts += [_account(line, reference, offer) for line in offer.lines]
    silent = [item for item in group if item.row.outcome is Outcome.NO_RESPONSE]
    accounts += [RowAccount(item.line, Fate.NO_RESPONSE, reference) for item in silent]
    competition = Competition(
        reference=reference,
        zone=first.zone,
        product=first.product,
        name=first.name,
        first_day=period[0],
        last_day=period[1],
        opens_at=gate_opens_at(first.opens_on),
        closes_at=gate_closes_at(first.closes_on),
        ceiling=first.ceiling,
        windows=tuple(windows.values()),
        offers=tuple(offers),
        unanswered=_windows_of(silent, windows),
    )
    return competition, accounts


def _account(line: int, competition: str, offer: Offer) -> RowAccount:
    if offer.capacity_kw:
        return RowAccount(line, Fate.OFFER, competition, offer.reference)
    return RowAccount(line, Fate.SKIPPED, competition, offer.reference, "offered 0 kW, so there is no bid")


def _distinct_windows(group: list[Placed]) -> dict[str, Window]:
    """Windows by label. Where rows give the same window another peak, the lower one bounds it closer."""
    windows: dict[str, Window] = {}
    for item in group:
        for window in item.windows:
            known = windows.setdefault(window.label, window)
            if window.required_kw < known.required_kw:
                windows[window.label] = replace(known, required_kw=window.required_kw)
    return windows


def _windows_of(items: Iterable[Placed], windows: dict[str, Window]) -> tuple[Window, ...]:
    labels = dict.fromkeys(window.label for item in items for window in item.windows)
    return tuple(windows[label] for label in labels)


def _offers(items: Iterable[Placed]) -> list[list[Placed]]:
    offers: list[_OfferRows] = []
    latest: dict[Hashable, _OfferRows] = {}
    for item in items:
        offer = latest.get(item.offer_key)
        if offer is None or item.technology_key in offer.seen:
            offer = latest[item.offer_key] = _OfferRows()
            offers.append(offer)
        offer.placed.append(item)
        offer.seen.add(item.technology_key)
    return [offer.placed for offer in offers]


def _offer(reference: str, items: list[Placed], windows: dict[str, Window]) -> Offer:
    row = items[0].row
    technologies = {
        item.row.technology: Technology(item.row.technology, item.row.assets, item.row.installed_kw) for item in items
    }
    return Offer(
        reference=reference,
        company=row.company,
        windows=_windows_of(items, windows),
        capacity_kw=row.offered_kw,
        prices=row.offered,
        outcome=row.outcome,
        accepted_kw=row.accepted_kw,
        awarded=row.awarded,
        technologies=tuple(technologies.values()),
        for_restore=row.for_restore,
        restore_price_gbp_per_mwh=row.restore_price,
        lines=tuple(item.line for item in items),
    )
