"""Whether an asset may be registered as its seller states it: pure checks, each with a sentence that says what to do.

What the form, the file and the API send passes here first, so all three are told the same. Whether a reference is
taken, a postcode known or a meter already here is for the operation.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal

from .eligibility import plain
from .mpan import AREA_NAMES, licence_area, mpan_problem
from .notices import AssetEntry

FIELDS = tuple(field.name for field in fields(AssetEntry) if field.name != "line")
# What the operator's decision rests on: where these change, it is asked again.
MATTERS = frozenset(
    {
        *("technology", "device_count", "voltage_level", "connection_status", "postcode", "latitude", "longitude"),
        *("import_meter_id", "export_meter_id", "zones", "max_import_capacity_kw", "max_export_capacity_kw"),
        *("active_import_kw", "active_export_kw"),
    }
)
METERS = ("import_meter_id", "export_meter_id")
CAPACITIES = (
    *("max_import_capacity_kw", "max_export_capacity_kw", "active_import_kw", "active_export_kw"),
    *("reactive_import_kvar", "reactive_export_kvar"),
)
INTERVALS = {1: "Minute by minute", 30: "Half-hourly"}
MOST_DEVICES = 1_000_000
LARGEST_KW = Decimal(10) ** 8  # 100 GW: above it is a slip, and no column could hold it
BRITAIN = {"latitude": (Decimal(49), Decimal(61)), "longitude": (Decimal(-9), Decimal(2))}
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")

type Fault = tuple[str, str, str]


def postcode_key(text: str) -> str:
    """A postcode as tables hold it: `NG11AA`."""
    return "".join(text.split()).upper()


def is_postcode(text: str) -> bool:
    """Whether this is a whole postcode, in any writing."""
    return _POSTCODE.fullmatch(postcode_key(text)) is not None


def written_postcode(text: str) -> str:
    """A postcode as people write it: `NG1 1AA`."""
    key = postcode_key(text)
    return f"{key[:-3]} {key[-3:]}" if is_postcode(key) else text.strip()


def tidied(entry: AssetEntry) -> AssetEntry:
    """The entry without what only differs in the writing: spaces in MPANs, small letters in a postcode, a zone twice."""
    return replace(
        entry,
        postcode=written_postcode(entry.postcode),
        zones=tuple(sorted(set(entry.zones))),
        import_meter_id="".join(entry.import_meter_id.split()),
        export_meter_id="".join(entry.export_meter_id.split()),
    )


def entry_problems(entry: AssetEntry) -> list[Fault]:
    """Everything wrong with a tidied entry by itself, as (column, value, what to do)."""
    return [*_naming(entry), *_place(entry), *_meters(entry), *_capacities(entry), *_times(entry)]


def _naming(entry: AssetEntry) -> Iterator[Fault]:
    if not entry.ref:
        yield "ref", "", "Every asset needs a reference of your own."
    if not entry.name:
        yield "name", "", "Give it a name that people recognise."
    if not entry.technology:
        yield "technology", "", "Say what kind of asset it is, for example EV charge point."
    if not 1 <= entry.device_count <= MOST_DEVICES:
        yield "device_count", str(entry.device_count), f"Give a number of devices from 1 to {MOST_DEVICES:,}."


def _place(entry: AssetEntry) -> Iterator[Fault]:
    if not entry.postcode and not entry.zones:
        yield "postcode", "", "Give the postcode where it is connected: it decides the zone."
    if entry.postcode and not is_postcode(entry.postcode):
        yield "postcode", entry.postcode, "Write the whole postcode, for example NG1 1AA."
    if (entry.latitude is None) != (entry.longitude is None):
        missing = "latitude" if entry.latitude is None else "longitude"
        yield missing, "", "Give latitude and longitude together, or neither."
    for name, (least, most) in BRITAIN.items():
        value = getattr(entry, name)
        if value is not None and not least <= value <= most:
            yield name, str(value), f"In Great Britain the {name} lies between {least} and {most} degrees."
    if entry.connection_status == "planned" and entry.operational_date is None:
        yield "operational_date", "", "It is planned: say from which day it will be in operation."


def _meters(entry: AssetEntry) -> Iterator[Fault]:
    numbers = {name: getattr(entry, name) for name in METERS if getattr(entry, name)}
    if not numbers:
        yield "import_meter_id", "", "Give at least one MPAN: readings come by it."
    faulty = {name: reason for name, number in numbers.items() if (reason := mpan_problem(number))}
    for name, reason in faulty.items():
        yield name, numbers[name], reason
    if len(numbers) < 2 or faulty:
        return
    if entry.import_meter_id == entry.export_meter_id:
        yield "export_meter_id", entry.export_meter_id, "This is the import MPAN. Export has an MPAN of its own."
    areas = [licence_area(number) for number in numbers.values()]
    if all(areas) and areas[0] != areas[1]:
        told = " and ".join(AREA_NAMES[area] for area in areas)
        yield "export_meter_id", entry.export_meter_id, f"By their first digits the two MPANs lie in {told}."


def _capacities(entry: AssetEntry) -> Iterator[Fault]:
    given = {name: getattr(entry, name) for name in CAPACITIES if getattr(entry, name) is not None}
    for name, value in given.items():
        if value < 0:
            yield name, str(value), "A capacity is not negative."
        elif value >= LARGEST_KW:
            yield name, str(value), f"Too large: the limit is {LARGEST_KW:,}."
    if entry.max_import_capacity_kw == entry.max_export_capacity_kw == 0:
        yield "max_export_capacity_kw", "", "Say how much it can export, import, or both."
    for way in ("import", "export"):
        offered, most = given.get(f"active_{way}_kw"), given[f"max_{way}_capacity_kw"]
        if offered is not None and offered > most:
            yield f"active_{way}_kw", plain(offered), f"It can't offer more than its largest {way}, {plain(most)} kW."


def _times(entry: AssetEntry) -> Iterator[Fault]:
    shortest, longest = entry.min_runtime_minutes, entry.max_runtime_minutes
    if shortest is not None and longest is not None and shortest > longest:
        yield "max_runtime_minutes", str(longest), f"The longest run is shorter than the shortest, {shortest} minutes."
    if entry.meter_interval_minutes not in INTERVALS:
        known = " or ".join(map(str, INTERVALS))
        yield "meter_interval_minutes", str(entry.meter_interval_minutes), f"Readings come every {known} minutes."


def differences(ours: AssetEntry, theirs: AssetEntry) -> list[str]:
    """The fields in which two entries differ, except `line`."""
    return [name for name in FIELDS if getattr(ours, name) != getattr(theirs, name)]
