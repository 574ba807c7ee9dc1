"""Statements sent together. A round trip costs more than most of what the database does for a trigger, and the seller
waits for each: so nothing is waited for before its result is needed (libpq's pipeline mode).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models
from django.db.models.sql import InsertQuery


@contextmanager
def together() -> Iterator[None]:
    """Statements inside are sent at once; the database still runs them in order, in the same transaction.

    To read a result waits for all statements before it. What fails is raised there, or at the end.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def insert(rows: Sequence[models.Model]) -> None:
    """Like bulk_create of rows of one model, but asks nothing back: the rows do not learn what the database fills in."""
    model = type(rows[0])
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    if rows[0].pk is None:
        fields.remove(model._meta.pk)
    query = InsertQuery(model)
    query.insert_values(fields, list(rows))
    with connection.cursor() as cursor:
        for statement, values in query.get_compiler(connection=connection).as_sql():
            cursor.execute(statement, values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
