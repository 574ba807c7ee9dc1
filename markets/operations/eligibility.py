"""What the rules of eligibility need of assets: read at once, one query for any number of them."""

from collections.abc import Mapping

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from ..models import Asset
from ..rules.eligibility import AssetFacts

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
