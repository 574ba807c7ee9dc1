"""Assets on offer, and NGED's decisions about them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from markets.models import QualificationChange
from markets.operations.assets import decide_qualifications
from markets.operations.feeds import read_qualifications
from markets.rest.bodies import read_all_rows
from markets.rest.idempotency import idempotent
from markets.rest.openapi import AFTER, LIMIT, MARKET, call
from markets.rest.paging import feed_page, stretch
from markets.rules.notices import QualificationDecision

from ..serializers import examples
from ..serializers.assets import AssetFacts, DecisionFields, OfferedAssets
from ..serializers.bids import Changed
from .base import TAG_PREFIX, NgedEndpoint

TAG = TAG_PREFIX + "assets"
_OF_ASSET = [str(name) for name in AssetFacts().fields if name != "zones"]


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
        """In the order in which they were offered; go on with the last answer's `next`.

        An asset that changed after your decision is offered, and stands here, again: decide on it once more.
        """
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


def _entry(offer: QualificationChange) -> dict[str, Any]:
    qualification, asset = offer.qualification, offer.qualification.asset
    return {
        "position": offer.position,
        "asset": asset.pk,
        "status": qualification.status,
        "reason": qualification.reason,
        "offered_at": offer.at,
        "company": asset.seller.name,
        "zones": sorted(zone.code for zone in asset.zones.all()),
        **{name: getattr(asset, name) for name in _OF_ASSET},
    }
