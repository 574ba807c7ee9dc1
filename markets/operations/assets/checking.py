"""What of a list of assets could be registered at this moment: read in a constant number of queries, nothing written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Q

from ...models import Asset, Seller, Zone
from ...problems import RowProblem
from ...rules.notices import AssetEntry
from ...rules.registering import FIELDS, METERS, differences, entry_problems, postcode_key, tidied
from ..postcodes import zones_at


@dataclass
class Checked:
    """The tidied entries; the zones of each, in their order; known assets that some of them repeat, by ref; problems."""

    entries: list[AssetEntry]
    zones: list[list[Zone]]
    repeats: Mapping[str, Asset]
    problems: list[RowProblem] = field(default_factory=list)

    def fresh(self) -> list[tuple[AssetEntry, list[Zone]]]:
        """What is not here yet."""
        return [(e, z) for e, z in zip(self.entries, self.zones, strict=True) if e.ref not in self.repeats]


@dataclass(frozen=True)
class _Ground:
    """What the seller has, and what the operators' tables say."""

    known: Mapping[str, Asset]
    meters: Mapping[str, str]
    at: Mapping[str, list[Zone]]
    zones: Mapping[str, list[Zone]]


def check_assets(*, seller: Seller, entries: Sequence[AssetEntry], instead_of: Asset | None = None) -> Checked:
    """What `register_assets` would make of the entries, or with `instead_of` a revision of that asset."""
    entries = [tidied(entry) for entry in entries]
    ground = _ground(seller, entries, instead_of)
    checked = Checked(entries, [], {})
    repeats, refs = dict[str, Asset](), set[str]()
    meters = dict(ground.meters)
    for entry in entries:
        found, problems = _zones(entry, ground)
        checked.zones.append(found)
        problems = [*entry_problems(entry), *problems]
        asset = ground.known.get(entry.ref)
        if entry.ref in refs:
            problems.append(("ref", entry.ref, "This reference stands twice."))
        elif asset and (reason := _why_no_repeat(asset, entry)):
            problems.append(("ref", entry.ref, reason))
        elif asset:
            repeats[entry.ref] = asset
        if entry.ref not in repeats:
            problems += _taken_meters(entry, meters)
        refs.add(entry.ref)
        checked.problems += [RowProblem(entry.line, *problem) for problem in problems]
    checked.repeats = repeats
    return checked


def entry_of(asset: Asset) -> AssetEntry:
    """A registered asset as its seller would state it. Reads its zones."""
    said = {name: getattr(asset, name) for name in FIELDS if name != "zones"}
    return AssetEntry(**said, zones=tuple(sorted(zone.code for zone in asset.zones.all())))


def _ground(seller: Seller, entries: Sequence[AssetEntry], instead_of: Asset | None) -> _Ground:
    own = seller.assets.exclude(pk=instead_of.pk) if instead_of else seller.assets.all()
    named = own.filter(ref__in=[entry.ref for entry in entries]).prefetch_related("zones")
    numbers = {getattr(entry, name) for entry in entries for name in METERS} - {""}
    metered = own.filter(Q(import_meter_id__in=numbers) | Q(export_meter_id__in=numbers), retired_at=None)
    zones: dict[str, list[Zone]] = {}
    for zone in Zone.objects.filter(code__in={code for entry in entries for code in entry.zones}):
        zones.setdefault(zone.code, []).append(zone)
    return _Ground(
        known={asset.ref: asset for asset in named},
        meters={getattr(asset, name): asset.ref for asset in metered for name in METERS if getattr(asset, name)},
        at=zones_at({entry.postcode for entry in entries}),
        zones=zones,
    )


def _zones(entry: AssetEntry, ground: _Ground) -> tuple[list[Zone], list[tuple[str, str, str]]]:
    """The zones by the operators' tables; those the seller names count where no table has the postcode."""
    there = ground.at.get(postcode_key(entry.postcode), [])
    operators = {zone.operator_id for zone in there}
    found, problems = list(there), []
    for code in entry.zones:
        named = ground.zones.get(code, [])
        if not named:
            problems.append(("zones", code, "No market has a zone with this code."))
        elif code not in {zone.code for zone in there} and operators & {zone.operator_id for zone in named}:
            told = " and ".join(sorted(zone.code for zone in there))
            reason = f"By its table, the operator has {entry.postcode} in {told}."
            problems.append(("zones", code, f"{reason} Leave the zone empty, or correct the postcode."))
        else:
            found += [zone for zone in named if zone not in found]
    return found, problems


def _why_no_repeat(asset: Asset, entry: AssetEntry) -> str:
    if asset.retired_at:
        return "You retired an asset with this reference. Give this one a reference of its own."
    ours = entry_of(asset)
    same_zones = set(entry.zones) <= set(ours.zones)  # what the seller left to the table is not compared with it
    if other := differences(ours, replace(entry, zones=ours.zones) if same_zones else entry):
        told = ", ".join(name.replace("_", " ") for name in other)
        return (
            f"You already have an asset with this reference, and it differs in: {told}. "
            "Change it on its page, or use a new reference."
        )
    return ""


def _taken_meters(entry: AssetEntry, meters: dict[str, str]) -> list[tuple[str, str, str]]:
    """Problems where another asset of this seller has the meter; and from now on this one has it."""
    problems = []
    for name in METERS:
        number = getattr(entry, name)
        if number and meters.setdefault(number, entry.ref) != entry.ref:
            reason = f"Your asset {meters[number]} has this MPAN already. Register what stands behind one meter as one asset."
            problems.append((name, number, reason))
    return problems
