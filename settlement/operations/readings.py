"""Readings in: stored in bulk, with every revision kept."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction

from markets.models import Asset, Seller
from markets.operations.journal import By, record, user_of
from markets.problems import Refused, RowProblem
from markets.rules.words import to_correct

from ..models import ReadingDay
from ..rules.gaps import gaps_of
from ..rules.halfhours import Watts
from ..rules.readings import DayOfWatts, as_array, day_fault, merged
from ..rules.shape import still_open
from ..rules.shaped_file import ShapedFile, read_shaped
from .copying_days import copy_days
from .locks import while_no_run_looks

AT_ONCE = 2000
NOTHING_CHOSEN: Mapping[str, str] = {}


@dataclass(frozen=True)
class DayOfReadings:
    """One asset and UTC day: 48 half-hours or 1,440 minutes in watts from UTC midnight, + export; None: not read.

    `line` is the row it came from, for errors.
    """

    asset: Asset
    day: date
    watts: Watts | DayOfWatts
    line: int = 0


@dataclass(frozen=True)
class Stored:
    """How many days were new, how many changed what was held before, how many said what we held already."""

    new: int
    revised: int
    unchanged: int


@transaction.atomic
def store_readings(*, days: Sequence[DayOfReadings], source: str, by: By) -> Stored:
    """Keeps the days, all or none. A day that differs from what we hold adds a revision; the same again changes nothing.

    Where a day is silent (None), what was read before stays. Whoever calls has checked whose assets these are.
    Raises Refused with one problem per bad day.
    """
    source = ReadingDay.Source(source)
    if problems := _problems(days):
        raise Refused(f"No readings were stored: {to_correct(len(problems), 'day')}.", problems)
    while_no_run_looks()
    assets = sorted({day.asset.pk for day in days})
    list(Asset.objects.filter(pk__in=assets).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    new = revised = 0
    for start in range(0, len(days), AT_ONCE):
        rows = _revisions(days[start : start + AT_ONCE])
        new += sum(revision == 1 for _, revision, _ in rows)
        revised += sum(revision > 1 for _, revision, _ in rows)
        person = getattr(user_of(by), "pk", None)
        copy_days(((day.asset.pk, day.day, revision, watts) for day, revision, watts in rows), source, person)
    stored = Stored(new, revised, len(days) - new - revised)
    if new or revised:
        subject = days[0].asset if len(assets) == 1 else None
        record(by=by, verb="store_readings", subject=subject, assets=len(assets), new=new, revised=revised)
    return stored


@transaction.atomic
def upload_readings(
    *,
    seller: Seller,
    file: bytes,
    source: str,
    by: By,
    keep_gaps: bool = False,
    choices: Mapping[str, str] = NOTHING_CHOSEN,
) -> Stored:
    """Reads a seller's CSV in any of the common shapes (`settlement.rules.recognising`) and stores it, all or nothing.

    `choices` says what the file does not (`settlement.rules.shape.CHOICES`; `asset`: of which one it is).
    Raises UnreadableFile for what is no CSV, else Refused with every bad row, and with what the file leaves open; gaps
    are bad rows too, unless the seller says `keep_gaps`.
    """
    read = read_upload(seller=seller, file=file, choices=choices)
    faults = [*read.problems, *(() if keep_gaps else read.gaps)]
    if (shape := read.file.shape) and shape.open:
        faults.append(RowProblem(shape.header_line, "", "", still_open(shape)))
    if faults:
        rows = sorted(faults, key=lambda fault: fault.line)
        raise Refused(f"No readings were stored: {to_correct(len(rows), 'row')} in the file.", rows)
    return store_readings(days=read.days, source=source, by=by)


@dataclass(frozen=True)
class UploadRead:
    """A file with the seller's own assets: its days, what is wrong with it, and where it is silent."""

    file: ShapedFile
    days: list[DayOfReadings]
    problems: list[RowProblem]
    gaps: list[RowProblem]


def read_upload(*, seller: Seller, file: bytes, choices: Mapping[str, str]) -> UploadRead:
    """Reads a seller's CSV and writes nothing. Raises UnreadableFile."""
    read = read_shaped(file, choices)
    days, problems = _owned_days(seller=seller, file=read, choices=choices)
    gaps = list(gaps_of(read.days, read.interval_minutes)) if read.interval_minutes else []
    return UploadRead(read, days, problems, gaps)


def _owned_days(
    *, seller: Seller, file: ShapedFile, choices: Mapping[str, str]
) -> tuple[list[DayOfReadings], list[RowProblem]]:
    """The days of a file with the seller's own assets, by reference or MPAN; and all that is wrong with the file."""
    faults = list(file.faults)
    found: dict[str, list[Asset]] = defaultdict(list)
    for asset in seller.assets.all():
        known_by = {asset.import_meter_id, asset.export_meter_id} if file.shape and file.shape.by_mpan else {asset.ref}
        for name in known_by:
            found[name].append(asset)
    days = []
    for day in file.days:
        name = day.asset or choices.get("asset", "")
        if len(assets := found.get(name, []) if name else []) == 1:
            days.append(DayOfReadings(assets[0], day.day, day.watts, day.line))
        else:
            faults.append(RowProblem(day.line, "asset", name, _stranger(file, name, len(assets))))
    return days, faults


def _stranger(file: ShapedFile, name: str, count: int) -> str:
    if count:
        return f"{count} of your assets have this MPAN: send their readings by your reference of the asset."
    if not name:
        return "The file names no asset: add a column asset with your reference."
    return f"You have no asset with this {'MPAN' if file.shape and file.shape.by_mpan else 'reference'}."


def _problems(days: Sequence[DayOfReadings]) -> list[RowProblem]:
    problems = []
    first: dict[tuple[int, date], int] = {}
    for place, day in enumerate(days, start=1):
        line = day.line or place
        if fault := day_fault(day.watts):
            problems.append(RowProblem(line, *fault))
        if first.setdefault((day.asset.pk, day.day), line) != line:
            reason = f"{day.asset.ref} has this day already in line {first[day.asset.pk, day.day]}."
            problems.append(RowProblem(line, "day", day.day.isoformat(), reason))
    return problems


def _revisions(days: Sequence[DayOfReadings]) -> list[tuple[DayOfReadings, int, DayOfWatts]]:
    """The days that say something new, with the number and the content of their next revision."""
    held = {
        (asset_id, day): (revision, watts)
        for asset_id, day, revision, watts in ReadingDay.objects.standing()
        .filter(asset__in={day.asset.pk for day in days}, day__in={day.day for day in days})
        .values_list("asset_id", "day", "revision", "watts")
    }
    rows = []
    for day in days:
        revision, stood = held.get((day.asset.pk, day.day), (0, None))
        before = None if stood is None else as_array(stood)
        watts = merged(before, as_array(day.watts))
        if before is None or not np.array_equal(watts, before):
            rows.append((day, revision + 1, watts))
    return rows
