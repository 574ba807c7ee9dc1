"""A promise to answer in time: what the database cannot do within the limit is given up, and answered 503."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection


@contextmanager
def answered_within(limit: timedelta) -> Iterator[None]:
    """No statement, and no wait for a lock, lasts longer: OperationalError is raised and its transaction undone.

    The limits stand on the session, since the operation inside opens and commits its own transaction.
    """
    milliseconds = str(int(limit.total_seconds() * 1000))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false)",
            [milliseconds, milliseconds],
        )
    try:
        yield
    finally:
        _lift()


def _lift() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout; RESET lock_timeout")
    except DatabaseError:  # a broken connection takes its limits with it
        connection.close()
