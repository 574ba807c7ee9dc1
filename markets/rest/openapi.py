"""What the OpenAPI document says of every address alike: the token, the query parameters, and how errors look."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from .answers import MEDIA_TYPE
from .idempotency import HEADER, LONGEST_KEY
from .paging import MOST_ITEMS, USUAL_ITEMS

MARKET = OpenApiParameter("market", str, required=True, description="Key of the market.")
MARKET_OPTIONAL = OpenApiParameter("market", str, description="Key of the market, where several have it.")
AFTER = OpenApiParameter("after", {"type": "integer", "minimum": 0, "default": 0}, description="The last `next`.")
BEFORE = OpenApiParameter("before", {"type": "integer", "minimum": 1}, description="The last `next`; newest first.")
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": USUAL_ITEMS},
    description="Items a page.",
)
FORMAT = OpenApiParameter("format", str, enum=["json", "csv"], description="Or ask by the Accept header.")
KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="The same key with the same request gets the first answer again; with another request 422.",
)


class ErrorEntry(serializers.Serializer):
    """One fault."""

    line = serializers.IntegerField(allow_null=True, help_text="From 1: row of a list, or line of a file.")
    column = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField(help_text="What is wrong, and what to do.")


class Problem(serializers.Serializer):
    """An error after RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="Why, and what to do.")
    errors = ErrorEntry(many=True)  # type: ignore[assignment]  # the standard's word, the framework's too


_ROW = {"line": 2, "column": "capacity_kw", "value": "1,37", "reason": "A valid number is required."}
_EXAMPLES: dict[int, tuple[str, str, str, list[dict[str, Any]]]] = {
    400: ("Malformed, or a bad query", "Malformed JSON", "Line 3, character 5: Expecting ',' delimiter.", []),
    401: ("No token, or one that is not taken", "Unauthorized", "This token was revoked on 01 March 2024. …", []),
    403: ("A token of another kind", "Forbidden", "This address is for the operator's token.", []),
    404: ("Not within this token's reach", "Not Found", "There is no market 'x' for this token.", []),
    409: ("Contradicts what was sent before", "Contradicts what was sent before", "TR-1 came with other content.", []),
    413: ("Too large", "Content Too Large", "This is more than one call may carry. Send it in parts.", []),
    415: ("Another type than this call takes", "Unsupported Media Type", 'Unsupported media type "text/plain"', []),
    422: ("Refused; nothing was kept", "Not as described", "Nothing was kept: 1 thing needs correcting.", [_ROW]),
    503: ("Not now", "Service Unavailable", "The database did not answer in time. Send the same again.", []),
}
_READING, _WRITING = (400, 401, 403, 404, 503), (400, 401, 403, 404, 413, 415, 422, 503)


def _fault(status: int) -> OpenApiResponse:
    meaning, title, detail, errors = _EXAMPLES[status]
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "errors": errors}
    return OpenApiResponse(Problem, meaning, [OpenApiExample(title, body, response_only=True)])


def as_csv_too(page: Any) -> dict[Any, Any]:
    """The answers of a list that is also given as CSV; its header `Next-Before` is what `next` is in JSON."""
    return {(200, "application/json"): page, (200, "text/csv"): OpenApiTypes.STR}


def call(
    operation_id: str,
    summary: str,
    *,
    tag: str,
    answers: Mapping[Any, Any],
    request: Any = None,
    parameters: Sequence[OpenApiParameter] = (),
    faults: Sequence[int] = (),
    examples: Sequence[OpenApiExample] = (),
    is_write: bool = False,
) -> Any:
    """Describes one call: `answers` by status are its own; the errors that every call may give are added.

    The query parameters named here are all that the call takes (`Endpoint.initial`).
    """
    common = _WRITING if is_write else _READING
    errors = {(status, MEDIA_TYPE): _fault(status) for status in sorted({*common, *faults})}
    described = extend_schema(
        operation_id=operation_id,
        summary=summary,
        tags=[tag],
        request=request,
        parameters=[*parameters, KEY] if is_write else list(parameters),
        responses={**answers, **errors},
        examples=list(examples),
    )
    known = [parameter.name for parameter in parameters if parameter.location == OpenApiParameter.QUERY]

    def decorate(method: Any) -> Any:
        method.query_names = known
        return described(method)

    return decorate


class BearerScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer piclo_...` in the document, so that the browsable docs can send it."""

    target_class = "markets.rest.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token: piclo_..., given out by customer success."}
