"""NGED's columns in the console: bids, contracts and competitions as rows of NGED's files.

Labels and order come from `columns.py`, rows and cells are made as in `wire`. Prices of a bid whose gate is
still open stay empty. Text that a spreadsheet would run as a formula is put behind an apostrophe.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from import_export.fields import Field
from import_export.resources import Resource

from markets.models import Asset, Bid, Competition, Contract, Qualification, ServiceWindow
from markets.web.sealing import with_seal

from . import wire
from .columns import QUALIFICATIONS, RESULTS, RESULTS_SUMMARY, SHORT_TERM_PARAMETERS, WINDOWS, Column, Kind
from .products import Direction
from .wire.season import NO_PRICES, ZERO
from .wire.writing import write_value

CHUNK = 2000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIELDS = [column.field for column in RESULTS_SUMMARY]
_ASKED = [field for field in _FIELDS if field.startswith("offered_") and field != "offered_kw"]
_DECIDED = ["outcome", "accepted_kw", *(field for field in _FIELDS if field.startswith("awarded_"))]
_OUTCOMES = {Bid.Status.ACCEPTED: wire.Outcome.ACCEPTED, Bid.Status.REJECTED: wire.Outcome.REJECTED}


class Cell(Field):
    """A cell of one of NGED's columns, as NGED writes it; empty where there is nothing to say yet."""

    def __init__(self, column: Column):
        super().__init__(attribute=column.field, column_name=column.label)
        self.kind = column.kind

    def export(self, instance: Any, **options: Any) -> str:
        value = getattr(instance, self.attribute)
        text = "" if value is None else write_value(self.kind, value)
        return f"'{text}" if self.kind is Kind.TEXT and text.startswith(FORMULA) else text


class NgedFile(Resource):
    """A file in NGED's columns, made of what the console lists."""

    name: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]] = ()

    @classmethod
    def get_display_name(cls) -> str:
        """What the choice of files calls it."""
        return cls.name

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.fields = {column.field: Cell(column) for column in self.columns}

    def get_export_order(self) -> tuple[str, ...]:
        return tuple(self.fields)

    def export_resource(self, instance: Any, selected_fields: Any = None, **options: Any) -> list[str]:
        """All cells of a row: a file of NGED has all its columns, and to choose them row by row is slow."""
        return [cell.export(instance) for cell in self.fields.values()]


class OffersFile(NgedFile):
    """Trade Results Summary: a row per bid and technology."""

    name = "Trade Results Summary"
    columns = RESULTS_SUMMARY

    def iter_queryset(self, bids: QuerySet[Bid]) -> Iterator[wire.SummaryRow]:
        yield from _offers(bids, wire.summary_rows)


class OfferWindowsFile(NgedFile):
    """Trade Results: a row per bid, window and technology."""

    name = "Trade Results"
    columns = RESULTS

    def iter_queryset(self, bids: QuerySet[Bid]) -> Iterator[wire.ResultRow]:
        yield from _offers(bids, wire.result_rows)


class ContractsFile(NgedFile):
    """The accepted rows of a Trade Results Summary."""

    name = "Trade Results Summary"
    columns = RESULTS_SUMMARY

    def iter_queryset(self, contracts: QuerySet[Contract]) -> Iterator[wire.SummaryRow]:
        bids = Bid.objects.filter(contract__in=contracts.values("pk")).order_by("contract")
        yield from _offers(bids, wire.summary_rows)


class WindowsFile(NgedFile):
    """Trade Results without its offers: a row per window of each competition."""

    name = "Trade Results without offers"
    columns = WINDOWS

    def iter_queryset(self, competitions: QuerySet[Competition]) -> Iterator[wire.ResultRow]:
        told = competitions.select_related("zone", "product").prefetch_related("windows")
        for competition in told.iterator(chunk_size=CHUNK):
            windows = tuple(_window(window) for window in competition.windows.all())
            yield from wire.result_rows(wire.Season((_competition(competition, windows, unanswered=windows),)))


class HalfHoursFile(NgedFile):
    """Short Term Trade Parameters: a row per half-hour of each competition, in MW."""

    name = "Short Term Trade Parameters"
    columns = SHORT_TERM_PARAMETERS

    def iter_queryset(self, competitions: QuerySet[Competition]) -> Iterator[wire.ParameterRow]:
        told = competitions.select_related("zone", "product").prefetch_related("windows")
        for competition in told.iterator(chunk_size=CHUNK):
            windows = tuple(_window(window) for window in competition.windows.all())
            area, direction = competition.zone.licence_area, Direction(competition.product.direction)
            yield from wire.parameter_rows(_competition(competition, windows), licence_area=area, direction=direction)


class QualificationsFile(NgedFile):
    """Assets on offer, to be decided on by hand and brought back."""

    name = "Qualifications"
    columns = QUALIFICATIONS

    def iter_queryset(self, offers: QuerySet[Qualification]) -> Iterator[wire.QualificationRow]:
        told = offers.select_related(None).prefetch_related("asset__seller", "asset__zones")
        for offer in told.iterator(chunk_size=CHUNK):
            yield _qualification(offer)


# What the console exports of which noun.
RESOURCES: dict[type[Model], list[type[NgedFile]]] = {
    Bid: [OffersFile, OfferWindowsFile],
    Contract: [ContractsFile],
    Competition: [WindowsFile, HalfHoursFile],
    Qualification: [QualificationsFile],
}


def _qualification(offer: Qualification) -> wire.QualificationRow:
    asset, undecided = offer.asset, offer.status == Qualification.Status.OFFERED
    return wire.QualificationRow(
        asset=asset.pk,
        company=asset.seller.name,
        ref=asset.ref,
        name=asset.name,
        technology=asset.technology,
        postcode=asset.postcode,
        import_mpan=asset.import_meter_id,
        export_mpan=asset.export_meter_id,
        zones=", ".join(zone.code for zone in asset.zones.all()),
        import_kw=asset.max_import_capacity_kw,
        export_kw=asset.max_export_capacity_kw,
        decision="" if undecided else offer.status,
        reason=offer.reason,
    )


def _offers[Row: wire.SummaryRow | wire.ResultRow](
    bids: QuerySet[Bid], rows_of: Callable[[wire.Season], Iterator[Row]]
) -> Iterator[Row]:
    """Neighbours are prefetched rather than joined: a thousand bids share one competition and one seller."""
    neighbours = ("competition__zone", "competition__product", "seller", "contract", "lines__window", "assets")
    for bid in with_seal(bids).prefetch_related(*neighbours).iterator(chunk_size=CHUNK):
        windows = tuple(_window(line.window) for line in bid.lines.all())
        season = wire.Season((_competition(bid.competition, windows, offers=(_offer(bid, windows),)),))
        for row in rows_of(season):
            yield _as_far_as_known(row, bid)


def _window(window: ServiceWindow) -> wire.Window:
    return wire.Window(
        window.name,
        window.first_day,
        window.last_day,
        tuple(window.weekdays),
        window.local_start,
        window.local_end,
        window.required_kw,
        window.minimum_kw,
    )


def _competition(competition: Competition, windows: tuple[wire.Window, ...], **told: Any) -> wire.Competition:
    return wire.Competition(
        reference=competition.reference,
        zone=competition.zone.code,
        product=competition.product.name,
        name=competition.name,
        first_day=competition.first_day,
        last_day=competition.last_day,
        opens_at=competition.opens_at,
        closes_at=competition.closes_at,
        ceiling=wire.Prices(
            competition.availability_ceiling_gbp_per_mw_h,
            competition.utilisation_ceiling_gbp_per_mwh,
            competition.sustain_ceiling_gbp_per_kw,
        ),
        windows=windows,
        zone_name=competition.zone.name,
        max_connection_kv=competition.max_connection_kv,
        **told,
    )


def _offer(bid: Bid, windows: tuple[wire.Window, ...]) -> wire.Offer:
    contract = getattr(bid, "contract", None)
    return wire.Offer(
        reference=bid.reference,
        company=bid.seller.name,
        windows=windows,
        capacity_kw=bid.capacity_kw,
        prices=_prices(bid),
        outcome=_OUTCOMES.get(Bid.Status(bid.status), wire.Outcome.REJECTED),
        accepted_kw=contract.accepted_kw if contract else ZERO,
        awarded=_prices(contract) if contract else NO_PRICES,
        technologies=tuple(_technologies(bid.assets.all())),
        for_restore=False,
        restore_price_gbp_per_mwh=ZERO,
        lines=(),
    )


def _prices(terms: Bid | Contract) -> wire.Prices:
    return wire.Prices(terms.availability_gbp_per_mw_h, terms.utilisation_gbp_per_mwh, terms.sustain_gbp_per_kw)


def _technologies(assets: QuerySet[Asset]) -> Iterator[wire.Technology]:
    """The assets behind a bid by technology; one empty entry where the bid names none."""
    names = dict.fromkeys(asset.technology for asset in assets) or {"": None}
    for name in names:
        behind = [asset for asset in assets if asset.technology == name]
        installed_kw = sum((max(a.max_import_capacity_kw, a.max_export_capacity_kw) for a in behind), ZERO)
        yield wire.Technology(name, sum(asset.device_count for asset in behind), installed_kw)


def _as_far_as_known[Row: wire.SummaryRow | wire.ResultRow](row: Row, bid: Any) -> Row:
    """Without what is not decided yet, and without prices while the bid is sealed."""
    unknown: dict[str, Any] = dict.fromkeys(_ASKED) if bid.is_sealed else {}
    if bid.status not in _OUTCOMES:
        unknown |= dict.fromkeys(_DECIDED)
    return replace(row, **unknown)
