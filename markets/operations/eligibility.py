"""What the rules of eligibility need of assets and competitions: read at once, one query for any number of rows."""

from collections.abc import Mapping
from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from ..models import Asset, Competition
from ..rules.eligibility import AssetFacts, Place

OFFERED_KW = Greatest(
    Coalesce("active_export_kw", "max_export_capacity_kw"), Coalesce("active_import_kw", "max_import_capacity_kw")
)


def facts(assets: QuerySet[Asset]) -> Mapping[int, AssetFacts]:
    """The facts of each asset, by its key."""
    zones = ArrayAgg("zones__code", filter=Q(zones__isnull=False), default=[])
    rows = assets.order_by().annotate(offered_kw=OFFERED_KW, zone_codes=zones)
    return {
        key: AssetFacts(kw, level, frozenset(codes), area)
        for key, kw, level, codes, area in rows.values_list(
            "pk", "offered_kw", "voltage_level", "zone_codes", "licence_area"
        )
    }


def places(competitions: QuerySet[Competition]) -> Mapping[int, Place]:
    """Where and what each competition buys, by its key. The smallest offer is that of its most lenient window."""
    rows = competitions.order_by().annotate(minimum_kw=Min("windows__minimum_kw"))
    return {
        key: Place(zone, area, level, minimum_kw or Decimal(0), highest_kv)
        for key, zone, area, level, minimum_kw, highest_kv in rows.values_list(
            "pk", "zone__code", "zone__licence_area", "zone__level", "minimum_kw", "max_connection_kv"
        )
    }
