"""Where zones lie: positions come apart from competitions, since no publication carries them."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from ..models import Operator, Zone
from .journal import By, record


@transaction.atomic
def place_zones(*, operator: Operator, positions: Mapping[str, tuple[Decimal, Decimal]], by: By) -> int:
    """Gives zones, by code, the latitude and longitude of their centres. Codes that are no zones are left out."""
    zones = list(Zone.objects.select_for_update().filter(operator=operator, code__in=positions))
    for zone in zones:
        zone.latitude, zone.longitude = positions[zone.code]
    Zone.objects.bulk_update(zones, ["latitude", "longitude"], batch_size=1000)
    record(by=by, verb="place_zones", subject=operator, zones=len(zones))
    return len(zones)
