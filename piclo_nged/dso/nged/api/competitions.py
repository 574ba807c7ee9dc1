"""Publishing: one competition, or many as JSON or as one of NGED's files."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from markets.answers import error_entry
from markets.bodies import CsvBody, JsonBody, read_object, read_rows
from markets.idempotency import idempotent
from markets.models import Market
from markets.openapi import MARKET, call
from markets.operations.competitions import Published, publish_competitions

from ..files import NotTaken, publish_file
from ..serializers import examples
from ..serializers.competitions import CompetitionFields, ListedCompetitionFields, PublishedFields, notice_of
from .base import TAG_PREFIX, NgedEndpoint

TAG = TAG_PREFIX + "competitions"


class CompetitionView(NgedEndpoint):
    """One competition under its reference."""

    @call(
        "nged_publish_competition",
        "Publish or revise a competition",
        tag=TAG,
        parameters=[MARKET],
        request=CompetitionFields,
        answers={201: PublishedFields, 200: PublishedFields},
        examples=[examples.COMPETITION],
        is_write=True,
    )
    @idempotent
    def put(self, request: Request, reference: str) -> Response:
        """201 where it is new, 200 where it was revised or is the same. A fault refuses the whole."""
        listed = request.data | {"reference": reference} if isinstance(request.data, dict) else request.data
        notice = notice_of(read_object(ListedCompetitionFields(), listed))
        published = publish_competitions(market=self.market, notices=[notice], by=self.token)
        return Response(vars(published), status=201 if published.created else 200)


class ImportView(NgedEndpoint):
    """Many competitions at once."""

    parser_classes = [JsonBody, CsvBody]

    @call(
        "nged_import_competitions",
        "Publish or revise many, as JSON or as one of NGED's files",
        tag=TAG,
        parameters=[MARKET],
        request={"application/json": ListedCompetitionFields(many=True), "text/csv": OpenApiTypes.STR},
        answers={200: PublishedFields, 207: PublishedFields},
        examples=[examples.LISTED_COMPETITION],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """The good competitions are kept, the others reported: 200 without problems, 207 with, 422 where none is good.

        CSV: Trade Results Summary, Trade Results or Short Term Trade Parameters, recognised by the header.
        """
        market = self.market
        if isinstance(request.data, bytes):
            published = publish_file(market=market, content=request.data, by=self.token)
        else:
            published = self._publish_listed(market, request.data)
        answer = vars(published)
        problems = answer.pop("problems")
        if problems and not any(answer.values()):
            raise NotTaken(f"Nothing was kept: {len(problems)} things need correcting.", problems)
        listed = [error_entry(problem) for problem in problems]
        return Response(answer | {"problems": listed}, status=207 if problems else 200)

    def _publish_listed(self, market: Market, body: Any) -> Published:
        rows, faults = read_rows(ListedCompetitionFields(), body)
        notices = [notice_of(values, line) for line, values in rows]
        published = publish_competitions(market=market, notices=notices, by=self.token, keep_good=True)
        published.problems = sorted(faults + published.problems, key=lambda problem: problem.line)
        return published
