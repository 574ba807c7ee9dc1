"""Publishing: one competition, or many as JSON or as one of NGED's files; its preview approved; and taking it back."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from markets.models import Competition, Market
from markets.operations.competitions import (
    Published,
    approve_competition,
    preview_link,
    publish_competitions,
    withdraw_competition,
)
from markets.rest.answers import error_entry
from markets.rest.bodies import CsvBody, JsonBody, file_in, read_object, read_rows
from markets.rest.endpoints import reached
from markets.rest.idempotency import idempotent
from markets.rest.openapi import MARKET, call
from markets.rules.words import to_correct

from ..files import NotTaken, publish_file
from ..serializers import examples
from ..serializers.competitions import (
    ApprovalFields,
    CompetitionFields,
    CompetitionState,
    ListedCompetitionFields,
    PublishedFields,
    WithdrawalFields,
    notice_of,
)
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
        return Response(_told(self.market, published), status=201 if published.created else 200)

    @call(
        "nged_read_competition",
        "See where a competition stands",
        tag=TAG,
        parameters=[MARKET],
        answers={200: CompetitionState},
    )
    def get(self, request: Request, reference: str) -> Response:
        """Its status and revision; while it is a preview, a fresh link to it."""
        return Response(_state(_found(self.market, reference)))


class ApprovalView(NgedEndpoint):
    """The approval of a preview."""

    @call(
        "nged_approve_competition",
        "Approve a preview",
        tag=TAG,
        parameters=[MARKET],
        request=ApprovalFields,
        answers={200: CompetitionState},
        faults=[409],
        examples=[examples.APPROVAL],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Sellers see it from now on; once more changes nothing. 409 where it was revised after the revision you name."""
        wanted = read_object(ApprovalFields(), request.data or {})
        competition = _found(self.market, reference)
        return Response(_state(approve_competition(competition=competition, by=self.token, **wanted)))


class WithdrawalView(NgedEndpoint):
    """The withdrawal of a competition."""

    @call(
        "nged_withdraw_competition",
        "Withdraw a competition",
        tag=TAG,
        parameters=[MARKET],
        request=WithdrawalFields,
        answers={200: CompetitionState},
        examples=[examples.WITHDRAWAL],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """With or without bids, until its results are in; sellers with bids are told the reason. Once more changes nothing."""
        reason = read_object(WithdrawalFields(), request.data)["reason"]
        competition = _found(self.market, reference)
        return Response(_state(withdraw_competition(competition=competition, by=self.token, reason=reason)))


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
        if (file := file_in(request)) is not None:
            published = publish_file(market=market, content=file, by=self.token)
        else:
            published = self._publish_listed(market, request.data)
        problems = published.problems
        if problems and not published.kept:
            raise NotTaken(f"Nothing was kept: {to_correct(len(problems))}.", problems)
        return Response(_told(market, published), status=207 if problems else 200)

    def _publish_listed(self, market: Market, body: Any) -> Published:
        rows, faults = read_rows(ListedCompetitionFields(), body)
        notices = [notice_of(values, line) for line, values in rows]
        published = publish_competitions(market=market, notices=notices, by=self.token, keep_good=True)
        published.problems = sorted(faults + published.problems, key=lambda problem: problem.line)
        return published


def _found(market: Market, reference: str) -> Competition:
    rows = market.competitions.select_related("market")
    return reached(rows.filter(reference=reference).first(), "competition", reference)


def _told(market: Market, published: Published) -> dict[str, Any]:
    previews = market.competitions.filter(reference__in=published.previews)
    return vars(published) | {
        "previews": [
            {"reference": c.reference, "revision": c.revision, "url": preview_link(c)}
            for c in previews.order_by("closes_at", "reference")
        ],
        "notes": [error_entry(note) for note in published.notes],
        "problems": [error_entry(problem) for problem in published.problems],
    }


def _state(competition: Competition) -> dict[str, Any]:
    waits = competition.status == Competition.Status.PREVIEW
    return {
        "reference": competition.reference,
        "status": competition.status,
        "revision": competition.revision,
        "published_at": competition.published_at,
        "preview": preview_link(competition) if waits else "",
    }
