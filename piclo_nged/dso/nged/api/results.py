"""Results come back: per bid a decision, per window that nobody bid in the fact; as JSON or as NGED's results file."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from markets.operations.results import record_results
from markets.rest.bodies import CsvBody, JsonBody, NotAsDescribed, file_in, read_all_rows, read_object
from markets.rest.idempotency import idempotent
from markets.rest.openapi import MARKET, call
from markets.rules.notices import BidResult, NoResponse

from ..files import ResultsTaken, record_results_file
from ..serializers import examples
from ..serializers.bids import NoResponseFields, RecordedCounts, ResultFields, ResultsDescription, ResultsFields
from .base import TAG_PREFIX, NgedEndpoint


class ResultsView(NgedEndpoint):
    """Decisions on bids."""

    parser_classes = [JsonBody, CsvBody]

    @call(
        "nged_record_results",
        "Return results",
        tag=TAG_PREFIX + "results",
        parameters=[MARKET],
        request={"application/json": ResultsDescription, "text/csv": OpenApiTypes.STR},
        answers={200: RecordedCounts},
        faults=[409],
        examples=[examples.RESULTS],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """All or none. A repeat changes nothing; another result for a decided bid is a contradiction (409).

        In any order and in parts: a competition is decided once none of its bids waits. What contradicts, and results of
        bids that we do not know, are refused and kept for our people to settle with yours.

        CSV: Trade Results Summary or Trade Results; offers of companies that are not Piclo's are counted and left alone.
        """
        market = self.market
        if (file := file_in(request)) is not None:
            taken = record_results_file(market=market, content=file, by=self.token)
        else:
            results, silent = _of_json(request.data)
            taken = ResultsTaken(record_results(market=market, results=results, no_responses=silent, by=self.token), 0)
        return Response(vars(taken.recorded) | {"not_ours": taken.not_ours})


def _of_json(body: Any) -> tuple[list[BidResult], list[NoResponse]]:
    lists = read_object(ResultsFields(), body)
    if not any(lists.values()):
        raise NotAsDescribed('Send {"results": [...]} or {"no_responses": [...]}, or both.')
    results = read_all_rows(ResultFields(), lists["results"])
    silent = read_all_rows(NoResponseFields(), lists["no_responses"])
    return (
        [BidResult(**values, line=line) for line, values in results],
        [NoResponse(**values, line=line) for line, values in silent],
    )
