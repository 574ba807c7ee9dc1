"""Errors of the API as RFC 9457 problems, and the errors of operations that interfaces translate into them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row of a file or list: `line` counts from 1, the header included where there is one."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}, {self.column}: {self.reason}"


class Refused(Exception):
    """An operation that cannot be done as asked. The message says why and what to do; nothing was changed.

    `status` is the HTTP status with which an API answers; `rows` says it per row where there are rows.
    """

    status = 422
    title = "Refused"

    def __init__(self, message: str, rows: Sequence[RowProblem] = ()):
        super().__init__(message)
        self.rows = list(rows)


class Contradiction(Refused):
    """The same reference as before, with other content."""

    status = 409
    title = "Contradicts what was sent before"


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """A response of type application/problem+json."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail} | more
    return Response(body, status=status, content_type="application/problem+json")


def _fields(detail: Any, path: str = "") -> list[dict[str, str]]:
    """Flattens a validation error of the framework to a list of field and reason."""
    if isinstance(detail, dict):
        return [entry for name, inner in detail.items() for entry in _fields(inner, f"{path}.{name}".strip("."))]
    if isinstance(detail, list) and any(isinstance(inner, (dict, list)) for inner in detail):
        return [entry for i, inner in enumerate(detail) for entry in _fields(inner, f"{path}[{i}]")]
    reasons = detail if isinstance(detail, list) else [detail]
    return [{"field": path.removesuffix(".non_field_errors") or "body", "reason": str(reason)} for reason in reasons]


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler of the API: every error leaves as a problem."""
    if isinstance(error, Refused):
        return problem(error.status, error.title, str(error), errors=[asdict(row) for row in error.rows])
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing here for this token.")
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    title = str(error.default_detail)
    if isinstance(error, exceptions.ValidationError):
        fields = _fields(error.detail)
        detail = "; ".join(f"{entry['field']}: {entry['reason']}" for entry in fields)
        answer = problem(400, title, detail, errors=fields)
    else:
        answer = problem(error.status_code, title, str(error.detail))
    for name, value in response.headers.items():
        if name.lower() != "content-type":
            answer[name] = value
    return answer
