"""A promise to answer in time: what the database cannot do within the limit is given up, and answered 503."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import OperationalError, connection


class TooLate(OperationalError):
    """The limit has passed before the statement was begun."""


@contextmanager
def answered_within(limit: timedelta) -> Iterator[None]:
    """All statements together, with their waits for locks, last no longer: OperationalError is raised, and what is not
    committed is undone.

    Each statement carries along how much is left, for its own transaction: asked for apart, that would be two more
    round trips.
    """
    until = monotonic() + limit.total_seconds()

    def limited(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        milliseconds = int((until - monotonic()) * 1000)
        if milliseconds <= 0:
            raise TooLate(f"Not done within {limit.total_seconds():g} s.")
        answer = execute(f"SET LOCAL statement_timeout = {milliseconds}; {sql}", params, many, context)
        context["cursor"].nextset()
        return answer

    with connection.execute_wrapper(limited):
        yield
