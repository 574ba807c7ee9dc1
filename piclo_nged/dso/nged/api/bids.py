"""NGED collects bids in the exact order in which they changed, and says what it holds."""

from rest_framework.request import Request
from rest_framework.response import Response

from markets.bodies import read_all_rows
from markets.idempotency import idempotent
from markets.models import BidChange, SandboxFault
from markets.openapi import AFTER, LIMIT, MARKET, call
from markets.operations.feeds import read_bid_changes, receive_receipts
from markets.paging import feed_page, stretch

from ..serializers import examples
from ..serializers.bids import BidFeed, Changed, ReceiptFields
from .base import TAG_PREFIX, NgedEndpoint
from .faults import REPEATED, contradicted

TAG = TAG_PREFIX + "bids"


class BidsView(NgedEndpoint):
    """The feed of bid changes."""

    @call(
        "nged_read_bids",
        "Read the changes of bids",
        tag=TAG,
        parameters=[MARKET, AFTER, LIMIT],
        answers={200: BidFeed},
    )
    def get(self, request: Request) -> Response:
        """Every change once and in order. Unless the market's feed runs live, bids appear at their gate closure.

        The last entry of a competition is `closed`: count, total kW and a SHA-256 over the bids that stand.
        """
        wanted = stretch(request)
        market, again = self.market, 0
        if wanted.after and self.next_fault(SandboxFault.Kind.DOUBLE):
            again = min(REPEATED, wanted.after)
        page = read_bid_changes(market=market, after=wanted.after - again, limit=wanted.limit + again)
        items = [
            {"position": change.position, "kind": change.kind, "changed_at": change.changed_at} | change.content
            for change in page
        ]
        if any(change.kind == BidChange.Kind.CLOSED for change in page) and self.next_fault(
            SandboxFault.Kind.CONTRADICTORY
        ):
            items = contradicted(items)
        return Response(feed_page(items, wanted))


class ReceiptsView(NgedEndpoint):
    """What NGED holds."""

    @call(
        "nged_receive_receipts",
        "Acknowledge bids",
        tag=TAG,
        parameters=[MARKET],
        request=ReceiptFields(many=True),
        answers={200: Changed},
        examples=[examples.RECEIPT],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """All receipts or none. A repeat changes nothing."""
        market = self.market
        receipts = [(row["bid"], row["revision"]) for _, row in read_all_rows(ReceiptFields(), request.data)]
        return Response({"changed": receive_receipts(market=market, receipts=receipts, by=self.token)})
