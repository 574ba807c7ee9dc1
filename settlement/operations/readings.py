"""Readings in: stored in bulk, with every revision kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from markets.models import Asset, Seller
from markets.operations.journal import By, record, user_of
from markets.problems import Refused, RowProblem
from markets.rules.words import to_correct

from ..models import ReadingDay
from ..rules.halfhours import Watts
from ..rules.readings import day_fault, merged
from ..rules.readings_file import read_file
from .copying import copy_rows
from .locks import while_no_run_looks

AT_ONCE = 2000
COLUMNS = ("asset_id", "day", "revision", "watts", "source", "received_by_id")


@dataclass(frozen=True)
class DayOfReadings:
    """One asset and UTC day: 48 half-hours or 1,440 minutes in watts from UTC midnight, + export; None: not read.

    `line` is the row it came from, for errors.
    """

    asset: Asset
    day: date
    watts: Watts
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
        copy_rows(
            ReadingDay,
            COLUMNS,
            ((day.asset.pk, day.day, revision, watts, source, person) for day, revision, watts in rows),
        )
    stored = Stored(new, revised, len(days) - new - revised)
    if new or revised:
        subject = days[0].asset if len(assets) == 1 else None
        record(by=by, verb="store_readings", subject=subject, assets=len(assets), new=new, revised=revised)
    return stored


@transaction.atomic
def upload_readings(*, seller: Seller, file: bytes, source: str, by: By, keep_gaps: bool = False) -> Stored:
    """Reads a seller's CSV (its columns: `settlement.rules.readings_file`) and stores it, all or nothing.

    Raises UnreadableFile for what is no CSV, else Refused with every bad row; gaps are bad rows too, unless the seller
    says `keep_gaps`.
    """
    read = read_file(file)
    faults = [*read.faults, *(() if keep_gaps else read.gaps)]
    assets = {asset.ref: asset for asset in seller.assets.all()}
    for day in read.days:
        if day.asset not in assets:
            faults.append(RowProblem(day.line, "asset", day.asset, "You have no asset with this reference."))
    if faults:
        rows = sorted(faults, key=lambda fault: fault.line)
        raise Refused(f"No readings were stored: {to_correct(len(rows), 'row')} in the file.", rows)
    days = [DayOfReadings(assets[day.asset], day.day, day.watts, day.line) for day in read.days]
    return store_readings(days=days, source=source, by=by)


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


def _revisions(days: Sequence[DayOfReadings]) -> list[tuple[DayOfReadings, int, list[int | None]]]:
    """The days that say something new, with the number and the content of their next revision."""
    held = {
        (asset_id, day): (revision, watts)
        for asset_id, day, revision, watts in ReadingDay.objects.standing()
        .filter(asset__in={day.asset.pk for day in days}, day__in={day.day for day in days})
        .values_list("asset_id", "day", "revision", "watts")
    }
    rows = []
    for day in days:
        revision, before = held.get((day.asset.pk, day.day), (0, None))
        watts = merged(before, day.watts)
        if watts != before:
            rows.append((day, revision + 1, watts))
    return rows
