"""Errors of the API as RFC 9457 problems, and the errors of operations that interfaces translate into them.

Every error of every address leaves by `problem_response`, with one shape: title, status, detail, and in `errors` each
single fault as line, column, value and reason.
"""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row of a file or list: `line` counts from 1, the header included where there is one.

    0 stands for what is no row of a list.
    """

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


def error_entry(row: RowProblem) -> dict[str, Any]:
    """One fault as the API words it; a line only where there is one, and of a long value its beginning."""
    entry = asdict(row) | {"value": row.value[:200]}
    return entry if row.line else entry | {"line": None}


def problem(status: int, title: str, detail: str, rows: Iterable[RowProblem] = ()) -> HttpResponse:
    """An answer of type application/problem+json, whatever the caller accepts."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": _keepable(detail)}
    errors = [{name: _keepable(value) for name, value in error_entry(row).items()} for row in rows]
    answer = JsonResponse(body | {"errors": errors}, status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _keepable(value: Any) -> Any:
    """Text without the letters that neither UTF-8 nor the database can hold: a caller may have sent them."""
    return _UNKEEPABLE.sub("\ufffd", value) if isinstance(value, str) else value


def problem_response(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """The exception handler of the API."""
    if isinstance(error, Refused):
        return problem(error.status, error.title, str(error), error.rows)
    if isinstance(error, (OperationalError, InterfaceError)):
        log.warning("The database did not answer in time: %s", error)
        return problem(503, "Service Unavailable", "The database did not answer in time. Send the same again.")
    if isinstance(error, RequestDataTooBig):
        return problem(413, "Content Too Large", "This is more than one call may carry. Send it in parts.")
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing here for this token.")
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return _our_fault(error, context)
    answer = problem(error.status_code, HTTPStatus(error.status_code).phrase, _detail(error))
    if scheme := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = scheme
    return answer


def _detail(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.NotAuthenticated):
        return "Send a token: 'Authorization: Bearer <token>'. Customer success gives them out."
    return str(error.detail)


def _our_fault(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """Loud for us (log, and the signal that error trackers and tests listen to), plain for the caller."""
    log.error("An address of the API failed", exc_info=error)
    got_request_exception.send(sender=problem_response, request=context.get("request"))
    return problem(500, "Internal Server Error", "The fault is ours. We are told of it; send the same again later.")
