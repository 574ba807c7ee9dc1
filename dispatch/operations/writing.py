"""Rows of several models in one statement. The seller waits for every round trip of a trigger, and each costs more than
what the database does in it: so keys are fetched first, and all that hangs together is then written at once.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from markets.operations import mail


def keys(**wanted: tuple[type[models.Model], int]) -> dict[str, Iterator[int]]:
    """New keys, so many of each model, under the names given."""
    arrays = [
        f"ARRAY(SELECT nextval(pg_get_serial_sequence('{model._meta.db_table}', 'id')) FROM generate_series(1, {int(count)}))"
        for model, count in wanted.values()
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(arrays)}")
        return {name: iter(found) for name, found in zip(wanted, cursor.fetchone(), strict=True)}


def insert_and_wake(*batches: Sequence[models.Model]) -> None:
    """Like bulk_create of each batch (rows of one model), and wakes the worker at the commit.

    Rows keep the keys they have. What the database itself fills in, they do not learn.
    """
    filled = [batch for batch in batches if batch]
    rows = [[_columns(row) for row in batch] for batch in filled]
    inserts = [_insert(batch[0]._meta.db_table, first) for batch, (first, *_) in zip(filled, rows, strict=True)]
    parts = ", ".join(f"part_{number} AS ({insert})" for number, insert in enumerate(inserts))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {parts} SELECT pg_notify('{mail.CHANNEL}', '')",
            [json.dumps(batch, default=_written) for batch in rows],
        )
    for row in (row for batch in filled for row in batch):
        row._state.adding, row._state.db = False, connection.alias


def _insert(table: str, columns: dict[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s)"


def _columns(row: models.Model) -> dict[str, Any]:
    """What Django would write: without generated columns, and without those that the database fills in."""
    values = {field.column: field.pre_save(row, True) for field in row._meta.concrete_fields if not field.generated}
    if row.pk is None:
        del values[row._meta.pk.column]
    return {column: value for column, value in values.items() if not isinstance(value, DatabaseDefault)}


def _written(value: Any) -> str:
    return "\\x" + bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
