"""A seller's file of readings: kept as it came, shown how we read it and what it would change, stored whole or not at all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from markets.models import Asset, Seller
from markets.operations.journal import By, record, user_of
from markets.problems import RowProblem

from ..models import ReadingDay, ReadingUpload
from ..rules.day_checks import CheckedDay, checked_days
from ..rules.readings import as_array, merged
from ..rules.shape import Shape
from ..rules.shaped_file import read_shaped
from .reading_month import COMPARED_DAYS, capacity_of, held_days
from .readings import DayOfReadings, UploadRead, read_upload, upload_readings

DAY = timedelta(days=1)


@dataclass(frozen=True)
class AssetLook:
    """What the file holds of one asset. `days` are London's, as they would stand; the counts are of UTC days."""

    asset: Asset
    days: Sequence[CheckedDay]
    new: int
    changed: int
    unchanged: int

    @property
    def odd(self) -> list[CheckedDay]:
        """Days on which something looks wrong. Gaps are told by themselves."""
        return [day for day in self.days if any(finding.kind != "gap" for finding in day.findings)]

    @property
    def import_kwh(self) -> float:
        return sum(day.import_kwh for day in self.days)

    @property
    def export_kwh(self) -> float:
        return sum(day.export_kwh for day in self.days)

    @property
    def peak_kw(self) -> float:
        return max((day.peak_kw for day in self.days), default=0.0)


@dataclass(frozen=True)
class UploadLook:
    """How we read the file at this moment. With problems, or while something is open, there are no assets."""

    shape: Shape | None
    in_words: Sequence[tuple[str, str]]
    needs_asset: bool
    problems: Sequence[RowProblem]
    gaps: Sequence[RowProblem]
    repeats: int
    assets: Sequence[AssetLook]

    @property
    def open(self) -> list[str]:
        return self.shape.open if self.shape else []


@transaction.atomic
def keep_reading_upload(*, seller: Seller, filename: str, content: bytes, by: By) -> ReadingUpload:
    """Keeps the file until it is stored. Raises UnreadableFile where it is no CSV."""
    read_shaped(content, {})
    upload = ReadingUpload.objects.create(
        seller=seller, uploaded_by=user_of(by), filename=filename[-200:], content=content
    )
    record(by=by, verb="upload_readings", subject=seller, filename=upload.filename, bytes=len(content))
    return upload


def look_at_upload(upload: ReadingUpload, choices: Mapping[str, str]) -> UploadLook:
    """Reads the file anew, with what its seller chose, and writes nothing."""
    read = read_upload(seller=upload.seller, file=bytes(upload.content), choices=choices)
    shape, problems = read.file.shape, sorted(read.problems, key=lambda problem: problem.line)
    needs_asset = shape is not None and shape.asset is None
    if needs_asset and not choices.get("asset"):
        problems = []  # nothing is wrong: the seller has yet to choose
    sound = not problems and not (shape and shape.open) and not (needs_asset and not choices.get("asset"))
    return UploadLook(
        shape=shape,
        in_words=read.file.in_words,
        needs_asset=needs_asset,
        problems=problems,
        gaps=read.gaps if sound else (),
        repeats=read.file.repeats,
        assets=_looks(read) if sound else (),
    )


@transaction.atomic
def store_reading_upload(
    *, upload: ReadingUpload, choices: Mapping[str, str], keep_gaps: bool, by: By
) -> ReadingUpload:
    """Stores every day of the file, or none; a file that was stored stays so. Raises Refused as `upload_readings` does."""
    upload = ReadingUpload.objects.select_for_update(of=("self",)).select_related("seller").get(pk=upload.pk)
    if upload.stored_at is not None:
        return upload
    stored = upload_readings(
        seller=upload.seller,
        file=bytes(upload.content),
        source=ReadingDay.Source.UPLOAD,
        by=by,
        keep_gaps=keep_gaps,
        choices=choices,
    )
    upload.stored_at, upload.choices = timezone.now(), dict(choices)
    upload.new_days, upload.revised_days, upload.unchanged_days = stored.new, stored.revised, stored.unchanged
    upload.save(update_fields=["stored_at", "choices", "new_days", "revised_days", "unchanged_days"])
    return upload


def _looks(read: UploadRead) -> list[AssetLook]:
    of_asset: dict[Asset, list[DayOfReadings]] = defaultdict(list)
    for day in read.days:
        of_asset[day.asset].append(day)
    if not of_asset:
        return []
    days = [day.day for day in read.days]
    held = held_days(assets=[a.pk for a in of_asset], first=min(days) - COMPARED_DAYS * DAY, last=max(days))
    return [
        _look(asset, sent, held.get(asset.pk, {})) for asset, sent in sorted(of_asset.items(), key=lambda of: of[0].ref)
    ]


def _look(asset: Asset, sent: Sequence[DayOfReadings], held: dict[date, np.ndarray]) -> AssetLook:
    stands, new, changed = dict(held), 0, 0
    for day in sent:
        before = held.get(day.day)
        stands[day.day] = merged(before, as_array(day.watts))
        new += before is None
        changed += before is not None and not np.array_equal(before, stands[day.day])
    days = checked_days(stands, min(d.day for d in sent), max(d.day for d in sent), capacity_of(asset))
    return AssetLook(asset, [day for day in days if day.read], new, changed, len(sent) - new - changed)
