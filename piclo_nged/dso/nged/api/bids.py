"""NGED collects bids in the exact order in which they changed, and says what it holds."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from markets.models import BidChange, SandboxFault
from markets.operations.feeds import bid_changes_after, receive_receipts
from markets.rest.bodies import read_all_rows
from markets.rest.idempotency import idempotent
from markets.rest.openapi import AFTER, LIMIT, MARKET, call
from markets.rest.paging import stretch

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
    def get(self, request: Request) -> HttpResponse:
        """Every change once and in order. Unless the market's feed runs live, bids appear at their gate closure.

        The last entry of a competition is `closed`: count, total kW and a SHA-256 over the bids that stand.
        """
        wanted = stretch(request)
        market, again = self.market, 0
        if wanted.after and self.next_fault(SandboxFault.Kind.DOUBLE):
            again = min(REPEATED, wanted.after)
        changes = bid_changes_after(market=market, after=wanted.after - again, limit=wanted.limit + again)
        page = list(changes.values_list("position", "kind", "changed_at", Cast("content", TextField())))
        entries = list(_entries(page))
        if BidChange.Kind.CLOSED in [kind for _, kind, *_ in page] and self.next_fault(SandboxFault.Kind.CONTRADICTORY):
            entries = [json.dumps(entry) for entry in contradicted([json.loads(entry) for entry in entries])]
        last = page[-1][0] if page else wanted.after
        body = f'{{"items":[{",".join(entries)}],"next":{last}}}'
        return HttpResponse(body, content_type="application/json")


def _entries(page: Iterable[tuple[int, str, datetime, str]]) -> Iterable[str]:
    """Each change as JSON. Its content is kept as JSON and goes out as it is kept: a season's bids are not read for it."""
    for position, kind, changed_at, content in page:
        instant = changed_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        told = json.dumps({"position": position, "kind": kind, "changed_at": instant})
        yield f"{told[:-1]}, {content[1:]}"


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
