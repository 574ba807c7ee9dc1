"""One meter, two sellers: found when an asset is registered, and a question for customer success alone."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from ..models import Asset, MpanClash
from ..problems import Refused
from ..rules.registering import METERS
from .journal import By, record


def note_clashes(assets: Sequence[Asset]) -> int:
    """Notes where another seller has a meter of these assets too. Returns how many. Nobody is told but the console.

    Two sellers may register one meter in the same moment: the later one waits, and finds the earlier.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('meters of assets', 0))")
    holders: dict[str, list[Asset]] = {}
    numbers = {number for asset in assets for number in _meters(asset)}
    with_one = Q(import_meter_id__in=numbers) | Q(export_meter_id__in=numbers)
    for other in Asset.objects.filter(with_one, retired_at=None).exclude(pk__in=[asset.pk for asset in assets]):
        for number in _meters(other):
            holders.setdefault(number, []).append(other)
    found = [
        MpanClash(mpan=number, asset=asset, other=other)
        for asset in assets
        for number in _meters(asset)
        for other in holders.get(number, ())
        if other.seller_id != asset.seller_id
    ]
    open_already = set(
        MpanClash.objects.filter(resolved_at=None, asset__in={clash.asset_id for clash in found}).values_list(
            "mpan", "asset", "other"
        )
    )
    fresh = [clash for clash in found if (clash.mpan, clash.asset_id, clash.other_id) not in open_already]
    return len(MpanClash.objects.bulk_create(fresh))


def end_clashes(asset: Asset, numbers: Iterable[str], why: str) -> None:
    """The asset has these meters no more: what was open about them answers itself."""
    MpanClash.objects.filter(Q(asset=asset) | Q(other=asset), mpan__in=[*numbers], resolved_at=None).update(
        resolved_at=timezone.now(), resolution=why
    )


@transaction.atomic
def resolve_clash(*, clash: MpanClash, reason: str, by: By) -> MpanClash:
    """Closes the question with what customer success found out. Raises Refused where it is closed, or without a reason."""
    clash = MpanClash.objects.select_for_update(of=("self",)).get(pk=clash.pk)
    if clash.resolved_at is not None:
        raise Refused(f"This was resolved before: {clash.resolution}")
    if not reason.strip():
        raise Refused("Say what you found out: whose meter it is, and who says so.")
    clash.resolved_at, clash.resolution = timezone.now(), reason.strip()
    clash.save(update_fields=["resolved_at", "resolution"])
    record(by=by, verb="resolve_clash", subject=clash, reason=clash.resolution)
    return clash


def _meters(asset: Asset) -> list[str]:
    return [number for name in METERS if (number := getattr(asset, name))]
