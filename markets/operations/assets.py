"""Assets: registered by their seller, offered to a market, decided on by its operator."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from ..models import Asset, Market, Qualification, Seller, Zone
from ..problems import Refused, RowProblem
from ..rules.mpan import licence_area, mpan_problem
from ..rules.notices import AssetEntry, QualificationDecision
from .journal import By, record


@transaction.atomic
def register_assets(*, seller: Seller, entries: Sequence[AssetEntry], by: By) -> list[Asset]:
    """Registers all entries, or none. Returns the assets in the order of the entries.

    Raises Refused with one problem per bad cell: a repeated ref, an unknown zone, an MPAN that is none.
    """
    Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)  # one form sent twice is refused, no fault of ours
    taken = set(seller.assets.filter(ref__in=[e.ref for e in entries]).values_list("ref", flat=True))
    zones = {zone.code: zone for zone in Zone.objects.filter(code__in={code for e in entries for code in e.zones})}
    problems: list[RowProblem] = []
    for entry in entries:
        problems += _problems(entry, taken, zones)
        taken.add(entry.ref)
    if problems:
        raise Refused(f"No asset was registered: {len(problems)} things need correcting.", problems)
    assets = Asset.objects.bulk_create(
        Asset(
            seller=seller,
            licence_area=licence_area(entry.import_meter_id or entry.export_meter_id),
            **{name: value for name, value in vars(entry).items() if name not in ("zones", "line")},
        )
        for entry in entries
    )
    through = Asset.zones.through
    through.objects.bulk_create(
        through(asset_id=asset.pk, zone_id=zones[code].pk)
        for asset, entry in zip(assets, entries, strict=True)
        for code in entry.zones
    )
    record(by=by, verb="register_assets", subject=seller, count=len(assets))
    return assets


def _problems(entry: AssetEntry, taken: set[str], zones: dict[str, Zone]) -> list[RowProblem]:
    def wrong(column: str, value: str, reason: str) -> None:
        problems.append(RowProblem(entry.line, column, value, reason))

    problems: list[RowProblem] = []
    if not entry.ref:
        wrong("ref", "", "Every asset needs a reference of your own.")
    elif entry.ref in taken:
        wrong("ref", entry.ref, "You already have an asset with this reference.")
    for column in ("import_meter_id", "export_meter_id"):
        number = getattr(entry, column)
        if number and (reason := mpan_problem(number)):
            wrong(column, number, reason)
    if entry.max_import_capacity_kw < 0 or entry.max_export_capacity_kw < 0:
        wrong("max_import_capacity_kw", str(entry.max_import_capacity_kw), "A capacity is not negative.")
    for code in entry.zones:
        if code not in zones:
            wrong("zones", code, "No market has a zone with this code.")
    return problems


@transaction.atomic
def offer_assets(*, market: Market, assets: Sequence[Asset], by: By) -> list[Qualification]:
    """Offers assets to a market; those already offered stay as they are. Returns the new offers."""
    Market.objects.select_for_update(no_key=True).get(pk=market.pk)  # offered twice at once is offered once
    known = set(Qualification.objects.filter(market=market, asset__in=assets).values_list("asset_id", flat=True))
    offers = Qualification.objects.bulk_create(
        [Qualification(market=market, asset=asset) for asset in assets if asset.pk not in known]
    )
    if offers:
        record(by=by, verb="offer_assets", subject=market, count=len(offers))
    return offers


@transaction.atomic
def decide_qualifications(*, market: Market, decisions: Sequence[QualificationDecision], by: By) -> int:
    """Keeps the operator's decisions, all or none. Returns how many changed; a repeat changes nothing.

    Raises Refused with one problem per decision about an asset that was not offered.
    """
    offered = {
        q.asset_id: q
        for q in Qualification.objects.select_for_update()
        .filter(Q(market=market), asset_id__in=[d.asset_id for d in decisions])
        .order_by("pk")
    }
    problems, changed = [], []
    now = market.now()
    for decision in decisions:
        qualification = offered.get(decision.asset_id)
        if qualification is None:
            problems.append(
                RowProblem(decision.line, "asset", str(decision.asset_id), "This asset was not offered to this market.")
            )
        elif decision.status not in (Qualification.Status.QUALIFIED, Qualification.Status.REFUSED):
            problems.append(RowProblem(decision.line, "status", decision.status, "Say qualified or refused."))
        elif (qualification.status, qualification.reason) != (decision.status, decision.reason):
            qualification.status, qualification.reason = decision.status, decision.reason
            qualification.decided_at = now
            changed.append(qualification)
    if problems:
        raise Refused(f"No decision was kept: {len(problems)} rows need correcting.", problems)
    Qualification.objects.bulk_update(changed, ["status", "reason", "decided_at"])
    if changed:
        record(by=by, verb="decide_qualifications", subject=market, count=len(changed))
    return len(changed)
