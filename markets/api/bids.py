"""Bids by API: the same operation as the page. Aggregators with thousands of bids do not click."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from ..bodies import read_all_rows
from ..endpoints import SellerEndpoint, reached
from ..idempotency import idempotent
from ..models import PRICES, Bid, BidLine, Market
from ..openapi import BEFORE, LIMIT, MARKET, call
from ..operations.bids import place_bids
from ..paging import newest, page_of
from ..rules.notices import Offer
from .lists import TAG, same
from .serializers import OfferFields, PlacedBids, SellerBid

BID = {
    **same("reference", "seller_ref", "status", "revision", "capacity_kw", *PRICES, "max_runtime_minutes"),
    **same("placed_at", "changed_at", "result_reason"),
    "market": "competition__market__key",
    "competition": "competition__reference",
    "windows": ArraySubquery(BidLine.objects.filter(bid=OuterRef("pk")).order_by("pk").values("window__name")),
}

A_BID = OpenApiExample(
    "One bid in two windows",
    {
        "competition": "T9A-0001-2027",
        "windows": ["April 2027", "May 2027"],
        "capacity_kw": "50.5",
        "availability_gbp_per_mw_h": "5",
        "utilisation_gbp_per_mwh": "300",
        "assets": ["EV-1"],
        "seller_ref": "spring-17",
    },
    request_only=True,
)


class BidsView(SellerEndpoint):
    """The seller's bids."""

    @call("seller_bids", "Your bids", tag=TAG, parameters=[BEFORE, LIMIT], answers={200: page_of(SellerBid)})
    def get(self, request: Request) -> Response:
        """Newest first, with their results where there are any."""
        return Response(newest(Bid.objects.filter(seller=self.seller), BID, request).answer())

    @call(
        "seller_place_bids",
        "Place bids",
        tag=TAG,
        parameters=[MARKET],
        request=OfferFields(many=True),
        answers={201: PlacedBids},
        examples=[A_BID],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """All of the list or none, counted as one moment of market time.

        A bid whose `seller_ref` stands already with the same terms is a repeat and is answered with that bid.
        """
        key = self.asked_market_key()
        market = reached(Market.objects.filter(key=key).first(), "market", key)
        rows = read_all_rows(OfferFields(), request.data)
        offers = [
            Offer(**values | {"windows": tuple(values["windows"]), "assets": tuple(values["assets"])}, line=line)
            for line, values in rows
        ]
        placed = place_bids(seller=self.seller, market=market, offers=offers, by=self.token)
        items = [
            {"reference": b.reference, "seller_ref": b.seller_ref, "status": b.status, "revision": b.revision}
            for b in placed
        ]
        return Response({"items": items}, status=201)
