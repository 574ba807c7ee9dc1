"""Assets, stated by their seller: registered one or many, changed, and retired."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.db import connection, transaction
from django.db.models import DateField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from ...models import Asset, Bid, Competition, MarketTime, Seller
from ...problems import Refused
from ...rules.mpan import licence_area
from ...rules.notices import AssetEntry
from ...rules.registering import FIELDS, MATTERS, METERS, differences
from ...rules.words import to_correct
from ..clashes import end_clashes, note_clashes
from ..journal import By, record
from .checking import check_assets, entry_of
from .qualifying import ask_again

COLUMNS = [name for name in FIELDS if name != "zones"]
AT_ONCE = 1000


@transaction.atomic
def register_assets(*, seller: Seller, entries: Sequence[AssetEntry], by: By) -> list[Asset]:
    """Registers all entries, or none. Returns the assets in the order of the entries.

    An entry that says what the seller's asset of that reference says already is a repeat, and returns that asset.
    Zones come of the operators' tables of postcodes. Raises Refused with one problem per bad cell.
    """
    Seller.objects.select_for_update(no_key=True).get(
        pk=seller.pk
    )  # the same form twice at once: the second is a repeat
    checked = check_assets(seller=seller, entries=entries)
    if checked.problems:
        raise Refused(f"No asset was registered: {to_correct(len(checked.problems))}.", checked.problems)
    fresh = checked.fresh()
    made = Asset.objects.bulk_create(
        [Asset(seller=seller, **_columns(entry)) for entry, _ in fresh], batch_size=AT_ONCE
    )
    through = Asset.zones.through
    through.objects.bulk_create(
        [
            through(asset_id=asset.pk, zone_id=zone.pk)
            for asset, (_, zones) in zip(made, fresh, strict=True)
            for zone in zones
        ],
        batch_size=AT_ONCE,
    )
    if made:
        note_clashes(made)
        record(by=by, verb="register_assets", subject=seller, count=len(made))
    assets = {**checked.repeats, **{asset.ref: asset for asset in made}}
    return [assets[entry.ref] for entry in checked.entries]


@transaction.atomic
def revise_asset(*, asset: Asset, entry: AssetEntry, by: By) -> list[str]:
    """Gives the asset what the entry says. Returns the fields that changed; none where it says the same.

    Where what changed matters to an operator, the markets that had decided on the asset are asked again; so nothing of
    that kind changes while a bid or contract stands on it. Raises Refused.
    """
    asset = Asset.objects.select_for_update().get(pk=asset.pk)
    if asset.retired_at:
        raise Refused(f"{asset} is retired: it can't be changed any more. Register it anew.")
    if entry.ref != asset.ref:
        raise Refused(f"Bids and readings know this asset as {asset.ref}: its reference stays.")
    checked = check_assets(seller=asset.seller, entries=[entry], instead_of=asset)
    if checked.problems:
        raise Refused(f"{asset} stands as it was: {to_correct(len(checked.problems))}.", checked.problems)
    [entry], [zones], before = checked.entries, checked.zones, entry_of(asset)
    changed = differences(before, replace(entry, zones=tuple(sorted(zone.code for zone in zones))))
    mattering = MATTERS & set(changed)
    if mattering and (promises := promises_on(asset)):
        told = ", ".join(name.replace("_", " ") for name in changed if name in mattering)
        raise Refused(f"{_standing(promises)} rest on what you want to change: {told}. {_WHAT_TO_DO}")
    if not changed:
        return []
    for name, value in _columns(entry).items():
        setattr(asset, name, value)
    asset.save()
    asset.zones.set(zones)
    end_clashes(asset, {getattr(before, name) for name in METERS} - _meters(entry), "The seller corrected the MPAN.")
    note_clashes([asset])
    markets = ask_again(asset, by) if mattering else []
    record(by=by, verb="revise_asset", subject=asset, changed=changed, asked_again=[market.key for market in markets])
    return changed


@transaction.atomic
def retire_asset(*, asset: Asset, by: By, reason: str = "") -> Asset:
    """Takes the asset out of use: it stands behind no new bid. Raises Refused while a bid or contract stands on it."""
    asset = Asset.objects.select_for_update().get(pk=asset.pk)
    if asset.retired_at:
        return asset
    if promises := promises_on(asset):
        raise Refused(f"{_standing(promises)} rest on this asset. {_WHAT_TO_DO}")
    asset.retired_at = timezone.now()
    asset.save(update_fields=["retired_at"])
    end_clashes(asset, _meters(entry_of(asset)), f"{asset.ref} was retired.")
    record(by=by, verb="retire_asset", subject=asset, reason=reason)
    return asset


def hold_assets(seller: Seller, refs: Collection[str]) -> None:
    """Keeps the seller's assets of these references as they are until this transaction ends; waits for a change under way.

    Who bids holds them, with any number of others; who changes or retires one locks it alone. Readings come in all
    the while.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM markets_asset WHERE seller_id = %s AND ref = ANY(%s) ORDER BY id FOR KEY SHARE",
            [seller.pk, list(refs)],
        )


def promises_on(asset: Asset) -> QuerySet[Bid]:
    """Bids that wait for a decision and contracts not yet delivered to the end, in which the asset stands."""
    today = Cast(MarketTime("competition__market__clock_offset"), DateField())
    waiting = Q(status=Bid.Status.PLACED) & ~Q(competition__status=Competition.Status.WITHDRAWN)
    running = Q(status=Bid.Status.ACCEPTED, competition__last_day__gte=today)
    return Bid.objects.filter(waiting | running, assets=asset).order_by("pk")


_WHAT_TO_DO = "Withdraw what you still can; for a contract, write to customer success."


def _standing(promises: QuerySet[Bid]) -> str:
    """The first of them by name, and how many more."""
    references = list(promises.values_list("reference", flat=True)[:3])
    more = promises.count() - len(references)
    return f"Bids {', '.join(references)}{f' and {more} more' if more else ''}"


def _columns(entry: AssetEntry) -> dict[str, object]:
    area = licence_area(entry.import_meter_id or entry.export_meter_id)
    return {name: getattr(entry, name) for name in COLUMNS} | {"licence_area": area}


def _meters(entry: AssetEntry) -> set[str]:
    return {number for name in METERS if (number := getattr(entry, name))}
