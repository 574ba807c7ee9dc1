"""NGED's list of contracts beside ours: the answer is the difference."""

from rest_framework.request import Request
from rest_framework.response import Response

from markets.operations.discrepancies import reconcile
from markets.rest.bodies import read_all_rows
from markets.rest.idempotency import idempotent
from markets.rest.openapi import MARKET, call
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
        """Send the whole list of a market's contracts. Changes no contract; no differences: both sides agree.

        Each difference is kept for our people to settle with yours; one that your next list no longer has is settled.
        """
        market = self.market
        rows = read_all_rows(AwardFields(), request.data)
        listed = [ListedContract(**values, line=line) for line, values in rows]
        found = reconcile(market=market, listed=listed, by=self.token)
        return Response({"differences": [vars(difference) for difference in found]})
