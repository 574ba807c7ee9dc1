"""Which assets have a baseline of their own: nominated by their seller, or a reference profile times devices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from markets.models import Asset
from markets.operations.journal import By, record, user_of
from markets.problems import Refused
from markets.rules.spans import LONDON
from markets.rules.words import to_correct

from ..models import AssetBaseline
from ..rules.energy import Meter
from ..rules.nominated import WeekBaselines, begins_too_early, read_week


@dataclass(frozen=True)
class OwnWeek:
    """A week that stands in place of history. See `AssetBaseline`."""

    method: AssetBaseline.Method
    week_w: tuple[int, ...]
    devices: int
    from_month: date

    def baselines(self, meter: Meter, interval_minutes: int) -> WeekBaselines:
        """The baselines of the asset that has it."""
        method = "profile" if self.method == AssetBaseline.Method.PROFILE else "nominated"
        return WeekBaselines(meter, self.week_w, self.devices, interval_minutes, method, self.from_month)  # type: ignore[arg-type]


def checked_week(*, from_month: date, method: str, file: bytes, devices: int, reason: str) -> tuple[int, ...]:
    """The week that `set_baseline` would keep; raises as it does."""
    method = AssetBaseline.Method(method)
    if method != AssetBaseline.Method.PROFILE and devices != 1:
        raise Refused("Only a reference profile is of a number of devices: leave it at 1.")
    if begins_too_early(from_month, timezone.now().astimezone(LONDON).date()) and not reason:
        raise Refused(
            f"{from_month:%B %Y} has begun: a baseline is said beforehand. Choose a later month, or give a reason."
        )
    week: tuple[int, ...] = ()
    if method != AssetBaseline.Method.HISTORICAL:
        read = read_week(file)
        if read.faults:
            raise Refused(f"The week was not kept: {to_correct(len(read.faults), 'row')}.", read.faults)
        week = read.watts
    return week


@transaction.atomic
def set_baseline(
    *, asset: Asset, from_month: date, method: str, by: By, file: bytes = b"", devices: int = 1, reason: str = ""
) -> AssetBaseline:
    """Says how the asset's baseline is drawn from a month on. `file`: the template (`rules.nominated`), a device's for a
    profile; none for the historical one.

    Raises UnreadableFile for what is no such CSV, and Refused with every bad row; for a month that has begun already in
    London without a reason (a week is said before it is lived); and for devices of what is no profile.
    """
    week = checked_week(from_month=from_month, method=method, file=file, devices=devices, reason=reason)
    made = AssetBaseline.objects.create(
        asset=asset,
        from_month=from_month.replace(day=1),
        method=method,
        week_w=list(week),
        devices=devices,
        reason=reason,
        made_by=user_of(by),
    )
    record(by=by, verb="set_baseline", subject=asset, reason=reason, method=method, from_month=f"{from_month:%Y-%m}")
    return made


def newest_baseline_id() -> int:
    """The key of the newest: what comes later is for a rerun."""
    return AssetBaseline.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def own_weeks(*, assets: Iterable[int], month: date, up_to: int | None) -> dict[int, OwnWeek]:
    """By key of the asset: the week that stands in the month in place of history; `up_to`: as it stood with that newest key."""
    standing = AssetBaseline.objects.filter(asset__in=assets, from_month__lte=month)
    if up_to is not None:
        standing = standing.filter(pk__lte=up_to)
    latest = standing.order_by("asset_id", "-from_month", "-pk").distinct("asset_id")
    return {
        asset_id: OwnWeek(AssetBaseline.Method(method), tuple(week_w), devices, from_month)
        for asset_id, method, week_w, devices, from_month in latest.values_list(
            "asset_id", "method", "week_w", "devices", "from_month"
        )
        if method != AssetBaseline.Method.HISTORICAL
    }
