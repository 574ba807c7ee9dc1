"""Where postcodes lie: the operator's table taken in whole, and the zones of any number of postcodes looked up at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from ..models import Operator, Postcode, Zone
from ..rules.notices import PostcodeNotice, ZoneNotice
from ..rules.registering import postcode_key
from .journal import By, record

_COLUMNS = "operator_id, code, hv_zone_id, lv_zone_id, primary_substation, primary_substation_number, grid_supply_point"
_STAGED = f"CREATE TEMPORARY TABLE staged_postcode AS SELECT {_COLUMNS} FROM markets_postcode WITH NO DATA"
_CHANGED = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS.split(", ")[2:])
_KEPT = ", ".join(f"kept.{name}" for name in _COLUMNS.split(", ")[2:])
_MERGED = f"""
    WITH merged AS (
        INSERT INTO markets_postcode AS kept ({_COLUMNS}) SELECT {_COLUMNS} FROM staged_postcode
        ON CONFLICT (operator_id, code) DO UPDATE SET {_CHANGED}
        WHERE ({_KEPT}) IS DISTINCT FROM ({_KEPT.replace("kept.", "EXCLUDED.")})
        RETURNING xmax = 0 AS is_new
    )
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM merged
"""
_FILLED = """
    INSERT INTO markets_asset_zones (asset_id, zone_id)
    SELECT asset.id, zone_id
    FROM markets_asset asset
    JOIN markets_postcode place ON place.operator_id = %(operator)s AND place.code = replace(asset.postcode, ' ', '')
    CROSS JOIN LATERAL (VALUES (place.hv_zone_id), (place.lv_zone_id)) AS zones (zone_id)
    WHERE zone_id IS NOT NULL AND asset.retired_at IS NULL AND NOT EXISTS (
        SELECT FROM markets_asset_zones known JOIN markets_zone zone ON zone.id = known.zone_id
        WHERE known.asset_id = asset.id AND zone.operator_id = %(operator)s
    )
    RETURNING asset_id
"""


@dataclass(frozen=True)
class Taken:
    """How many postcodes were new, changed and unchanged; zones nobody had named before; assets that now have a zone."""

    new: int
    changed: int
    unchanged: int
    zones: int
    assets: int


@transaction.atomic
def take_postcodes(*, operator: Operator, notices: Sequence[PostcodeNotice], by: By) -> Taken:
    """Keeps an operator's table of postcodes, each at most once in `notices`; those it leaves out stay as they were.

    Unknown zones are added. Assets of this operator's postcodes whose zone nobody knew get their zones.
    """
    Operator.objects.select_for_update(no_key=True).get(pk=operator.pk)  # one table at a time
    zones, added = _zones(operator, notices)
    with connection.cursor() as cursor:
        cursor.execute(_STAGED)
        with cursor.copy(f"COPY staged_postcode ({_COLUMNS}) FROM STDIN") as copy:
            for row in _rows(operator, notices, zones):
                copy.write_row(row)
        cursor.execute(_MERGED)
        new, changed = cursor.fetchone()
        cursor.execute(_FILLED, {"operator": operator.pk})
        filled = {asset for (asset,) in cursor.fetchall()}
        cursor.execute("DROP TABLE staged_postcode")
    taken = Taken(new, changed, len(notices) - new - changed, added, len(filled))
    record(by=by, verb="take_postcodes", subject=operator, **vars(taken))
    return taken


def zones_at(postcodes: Collection[str]) -> Mapping[str, list[Zone]]:
    """The zones of each of the postcodes that an operator's table has, by the postcode as tables hold it."""
    rows = Postcode.objects.filter(code__in={postcode_key(code) for code in postcodes if code})
    found: dict[str, list[Zone]] = {}
    for row in rows.select_related("hv_zone", "lv_zone"):
        found.setdefault(row.code, []).extend(zone for zone in (row.hv_zone, row.lv_zone) if zone)
    return found


def _zones(operator: Operator, notices: Sequence[PostcodeNotice]) -> tuple[dict[str, int], int]:
    """The keys of all zones that the notices name, by code; and how many of them are new."""
    named: dict[str, ZoneNotice] = {}
    for notice in notices:
        named |= {zone.code: zone for zone in (notice.hv_zone, notice.lv_zone) if zone}
    known = {zone.code: zone for zone in Zone.objects.filter(operator=operator, code__in=named)}
    fresh = [Zone(operator=operator, **vars(zone)) for code, zone in named.items() if code not in known]
    nameless = [zone for zone in known.values() if not zone.name and named[zone.code].name]
    for zone in nameless:
        zone.name = named[zone.code].name
    Zone.objects.bulk_update(nameless, ["name"])
    added = Zone.objects.bulk_create(fresh)
    return {zone.code: zone.pk for zone in [*known.values(), *added]}, len(added)


def _rows(operator: Operator, notices: Sequence[PostcodeNotice], zones: dict[str, int]) -> Iterator[tuple[object, ...]]:
    for notice in notices:
        yield (
            operator.pk,
            notice.code,
            zones[notice.hv_zone.code] if notice.hv_zone else None,
            zones[notice.lv_zone.code] if notice.lv_zone else None,
            notice.primary_substation,
            notice.primary_substation_number,
            notice.grid_supply_point,
        )
