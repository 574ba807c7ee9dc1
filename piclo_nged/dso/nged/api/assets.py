"""Assets on offer, and NGED's decisions about them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from markets.bodies import read_all_rows
from markets.idempotency import idempotent
from markets.models import Qualification
from markets.openapi import AFTER, LIMIT, MARKET, call
from markets.operations.assets import decide_qualifications
from markets.operations.feeds import read_qualifications
from markets.paging import feed_page, stretch
from markets.rules.notices import QualificationDecision

from ..serializers import examples
from ..serializers.bids import Changed, DecisionFields, OfferedAssets
from .base import TAG_PREFIX, NgedEndpoint

TAG = TAG_PREFIX + "assets"
_OF_ASSET = (
    "ref",
    "name",
    "technology",
    "device_count",
    "voltage_level",
    "connection_status",
    "postcode",
    "import_meter_id",
    "export_meter_id",
    "licence_area",
    "max_import_capacity_kw",
    "max_export_capacity_kw",
)


class AssetsView(NgedEndpoint):
    """The feed of assets on offer."""

    @call(
        "nged_read_assets",
        "Read the assets on offer",
        tag=TAG,
        parameters=[MARKET, AFTER, LIMIT],
        answers={200: OfferedAssets},
    )
    def get(self, request: Request) -> Response:
        """Each asset once, in the order in which they were offered; go on with the last answer's `next`."""
        wanted = stretch(request)
        page = read_qualifications(market=self.market, after=wanted.after, limit=wanted.limit)
        return Response(feed_page([_entry(offer) for offer in page], wanted))


class QualificationsView(NgedEndpoint):
    """Decisions about assets."""

    @call(
        "nged_decide_qualifications",
        "Qualify or refuse assets",
        tag=TAG,
        parameters=[MARKET],
        request=DecisionFields(many=True),
        answers={200: Changed},
        examples=[examples.DECISION],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """All decisions or none. A repeat changes nothing; a later decision replaces the earlier one."""
        market = self.market
        rows = read_all_rows(DecisionFields(), request.data)
        decisions = [QualificationDecision(**values, line=line) for line, values in rows]
        return Response({"changed": decide_qualifications(market=market, decisions=decisions, by=self.token)})


def _entry(offer: Qualification) -> dict[str, Any]:
    asset = offer.asset
    return {
        "position": offer.position,
        "asset": asset.pk,
        "status": offer.status,
        "reason": offer.reason,
        "offered_at": offer.offered_at,
        "company": asset.seller.name,
        "zones": [zone.code for zone in asset.zones.all()],
        **{name: getattr(asset, name) for name in _OF_ASSET},
    }
