"""Assets by API: the same checks and operation as the form and the file."""

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import Asset, Qualification
from ..operations.assets import register_assets
from ..rest.bodies import read_all_rows
from ..rest.endpoints import SellerEndpoint
from ..rest.idempotency import idempotent
from ..rest.openapi import BEFORE, LIMIT, call
from ..rest.paging import newest, page_of
from ..rules.notices import AssetEntry
from .asset_serializers import AssetFields, RegisteredAssets, SellerAsset
from .lists import TAG, same

ASSET = same(*[str(name) for name in SellerAsset().fields if name not in ("qualifications", "zones")])
ZONES = ArrayAgg("zones__code", filter=Q(zones__isnull=False), default=[], order_by="zones__code")

AN_ASSET = OpenApiExample(
    "A group of charge points",
    {
        "ref": "EV-2",
        "name": "Depot",
        "technology": "EV charge point",
        "device_count": 12,
        "postcode": "NG1 1AA",
        "import_meter_id": "1111111111114",
        "max_import_capacity_kw": "84",
    },
    request_only=True,
)


class AssetsView(SellerEndpoint):
    """The seller's assets."""

    @call("seller_assets", "Your assets", tag=TAG, parameters=[BEFORE, LIMIT], answers={200: page_of(SellerAsset)})
    def get(self, request: Request) -> Response:
        """Those in use, newest first, each with what the markets decided about it."""
        own = Asset.objects.filter(seller=self.seller, retired_at=None).annotate(zone_codes=ZONES)
        page = newest(own, {**ASSET, "zones": "zone_codes"}, request)
        decided: dict[int, dict[str, str]] = {key: {} for key in page.keys}
        offers = Qualification.objects.filter(asset__in=page.keys)
        for key, market, status in offers.values_list("asset_id", "market__key", "status"):
            decided[key][market] = status
        for key, item in zip(page.keys, page.items, strict=True):
            item["qualifications"] = decided[key]
        return Response(page.answer())

    @call(
        "seller_register_assets",
        "Register assets",
        tag=TAG,
        request=AssetFields(many=True),
        answers={201: RegisteredAssets},
        examples=[AN_ASSET],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """All of the list or none.

        An asset whose `ref` stands already with the same values is a repeat and is answered as it stands; with other
        values it is refused.
        """
        rows = read_all_rows(AssetFields(), request.data)
        entries = [AssetEntry(**values | {"zones": tuple(values["zones"])}, line=line) for line, values in rows]
        registered = register_assets(seller=self.seller, entries=entries, by=self.token)
        standing = Asset.objects.filter(pk__in=[asset.pk for asset in registered]).annotate(zone_codes=ZONES)
        known = {
            asset.pk: {
                "ref": asset.ref,
                "zones": asset.zone_codes,
                "licence_area": asset.licence_area,
                "registered_at": asset.registered_at,
            }
            for asset in standing
        }
        return Response({"items": [known[asset.pk] for asset in registered]}, status=201)
