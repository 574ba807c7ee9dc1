"""Writing twice is safe: a write may carry an `Idempotency-Key`, and the same key again gets the first answer.

The key is held by an advisory lock until the write is committed, so of two equal calls at once the second waits and
is then answered from what the first one stored. Answers of our own faults (5xx) are not kept: a repeat tries again.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import IdempotentCall, Token
from ..problems import Refused
from .answers import MEDIA_TYPE, problem_response
from .authentication import token_of
from .rendering import JsonAnswer

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
_EXPECTED = (Refused, APIException, PermissionDenied)

type Write = Callable[..., HttpResponseBase]


class KeyReused(Refused):
    """One key, two different requests."""

    title = "Idempotency-Key used before"


def idempotent(write: Write) -> Write:
    """Decorates a write method of an endpoint: the write and its kept answer are one transaction."""
    return _decorated(write, _in_one_transaction)


def idempotent_after_commit(write: Write) -> Write:
    """The same for an operation that commits by itself and knows its own repeats: the answer is kept afterwards."""
    return _decorated(write, _holding_the_session)


def _decorated(write: Write, turn: Callable[[str], AbstractContextManager[Any]]) -> Write:
    @wraps(write)
    def call(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        if key is None:
            return write(view, request, *args, **kwargs)
        if not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
            raise Refused(f"An {HEADER} has 1 to {LONGEST_KEY} printable characters.")
        token = token_of(request)
        assert token is not None, "the permissions let in nobody without one"
        with turn(f"idempotency {token.pk} {key}"):
            return _once(view, request, token, key, lambda: write(view, request, *args, **kwargs))

    return call


@contextmanager
def _in_one_transaction(lock: str) -> Iterator[None]:
    with transaction.atomic():
        _ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", lock)
        yield


@contextmanager
def _holding_the_session(lock: str) -> Iterator[None]:
    _ask("SELECT pg_advisory_lock(hashtextextended(%s, 0))", lock)
    try:
        yield
    finally:
        try:
            _ask("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", lock)
        except DatabaseError:  # a broken connection lets go of its locks
            connection.close()


def _ask(statement: str, lock: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [lock])


def _once(
    view: Any, request: Request, token: Token, key: str, write: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    digest = _digest(request)
    known = IdempotentCall.objects.filter(token=token, key=key).first()
    if known is not None:
        return _again(known, digest)
    answer: HttpResponseBase
    try:
        answer = write()
    except _EXPECTED as error:  # an operation that refuses has undone its own part
        answer = problem_response(error, {"view": view, "request": request})
    if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        IdempotentCall.objects.create(
            token=token, key=key, request_sha256=digest, status=answer.status_code, answer=_content(answer)
        )
    return answer


def _digest(request: Request) -> str:
    """Over all that makes a request the same: method, address, type and body."""
    address = f"{request.method} {request.get_full_path()} {request.content_type}\n"
    return hashlib.sha256(address.encode() + request.body).hexdigest()


def _content(answer: HttpResponseBase) -> Any:
    if isinstance(answer, Response):
        return json.loads(JsonAnswer().render(answer.data))
    assert isinstance(answer, HttpResponse)
    return json.loads(answer.content)


def _again(known: IdempotentCall, digest: str) -> HttpResponse:
    if known.request_sha256 != digest:
        raise KeyReused(f"This {HEADER} came before with another request. Use a new key for a new request.")
    media_type = MEDIA_TYPE if known.status >= HTTPStatus.BAD_REQUEST else "application/json"
    return JsonResponse(
        known.answer,
        status=known.status,
        safe=False,
        content_type=media_type,
        headers={"Idempotency-Replayed": "true"},
    )
