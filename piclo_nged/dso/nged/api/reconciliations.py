"""NGED's list of contracts beside ours: the answer is the difference."""

from rest_framework.request import Request
from rest_framework.response import Response

from markets.bodies import read_all_rows
from markets.idempotency import idempotent
from markets.openapi import MARKET, call
from markets.operations.results import reconcile
from markets.rules.notices import ListedContract

from ..serializers import examples
from ..serializers.bids import AwardFields, Differences
from .base import TAG_PREFIX, NgedEndpoint


class ReconciliationsView(NgedEndpoint):
    """Comparisons of both lists of contracts."""

    @call(
        "nged_reconcile",
        "Compare the lists of contracts",
        tag=TAG_PREFIX + "results",
        parameters=[MARKET],
        request=AwardFields(many=True),
        answers={200: Differences},
        examples=[examples.CONTRACT],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send the whole list of a market's contracts. Changes nothing; no differences: both sides agree."""
        market = self.market
        rows = read_all_rows(AwardFields(), request.data)
        listed = [ListedContract(**values, line=line) for line, values in rows]
        return Response({"differences": [vars(found) for found in reconcile(market=market, listed=listed)]})
