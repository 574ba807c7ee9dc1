"""How the API answers what cannot be done: RFC 9457 problems, and nothing else, whatever went wrong.

Every error of every address leaves by `problem_response`, with one shape: title, status, detail, and in `errors` each
single fault as line, column, value and reason.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions

from ..problems import Refused, RowProblem

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def error_entry(row: RowProblem) -> dict[str, Any]:
    """One fault as the API words it; a line only where there is one, and of a long value its beginning."""
    entry = asdict(row) | {"value": row.value[:200], "line": row.line or None}
    return {name: _keepable(value) for name, value in entry.items()}


def problem(status: int, title: str, detail: str, rows: Iterable[RowProblem] = ()) -> HttpResponse:
    """An answer of type application/problem+json, whatever the caller accepts."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": _keepable(detail)}
    errors = [error_entry(row) for row in rows]
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
    answer = problem(error.status_code, HTTPStatus(error.status_code).phrase, _detail(error, context))
    if scheme := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = scheme
    return answer


def _detail(error: exceptions.APIException, context: dict[str, Any]) -> str:
    view, said = context.get("view"), str(error.detail)
    if isinstance(error, exceptions.NotAuthenticated):
        return "Send a token: 'Authorization: Bearer <token>'. Customer success gives them out."
    if isinstance(error, exceptions.MethodNotAllowed) and view:
        return f"{said} This address takes {', '.join(view.allowed_methods)}."
    if isinstance(error, exceptions.UnsupportedMediaType) and view:
        return f"{said} Send it with Content-Type {_either(view.parser_classes)}."
    if isinstance(error, exceptions.NotAcceptable) and view:
        return f"This address answers {_either(view.renderer_classes)}. Ask for that in Accept, or leave Accept out."
    return said


def _either(kinds: Iterable[Any]) -> str:
    return " or ".join(kind.media_type for kind in kinds)


def _our_fault(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """Loud for us (log, and the signal that error trackers and tests listen to), plain for the caller."""
    log.error("An address of the API failed", exc_info=error)
    got_request_exception.send(sender=problem_response, request=context.get("request"))
    return problem(500, "Internal Server Error", "The fault is ours. We are told of it; send the same again later.")
