"""Rows of several models in one statement. The seller waits for every round trip of a trigger, and each costs more than
what the database does in it: so keys are fetched with the first question, and what hangs together is written at once.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from markets.operations import mail


def new_keys(model: type[models.Model], count: str) -> str:
    """SQL of an array of new keys of a model, to be fetched along with something else; `count` is a parameter's name."""
    sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
    return f"ARRAY(SELECT nextval({sequence}) FROM generate_series(1, %({count})s))"


class KeyStock:
    """New keys of a model, fetched before it was known how many are needed. Those left over are never used."""

    def __init__(self, model: type[models.Model], keys: Sequence[int]):
        self._model, self._keys = model, list(keys)

    def take(self, count: int) -> Iterator[int]:
        """So many keys; asks the database again where the stock is too small."""
        missing = count - len(self._keys)
        if missing > 0:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {new_keys(self._model, 'missing')}", {"missing": missing})
                self._keys += cursor.fetchone()[0]
        taken, self._keys = self._keys[:count], self._keys[count:]
        return iter(taken)


def insert_and_wake(*batches: Sequence[models.Model], channels: Sequence[str] = (mail.CHANNEL,)) -> None:
    """Like bulk_create of each batch (rows of one model), and wakes who listens to the `channels` at the commit.

    Rows keep the keys they have. What the database itself fills in, they do not learn.
    """
    filled = [batch for batch in batches if batch]
    rows = [[_columns(row) for row in batch] for batch in filled]
    inserts = [_insert(batch[0]._meta.db_table, first) for batch, (first, *_) in zip(filled, rows, strict=True)]
    parts = ", ".join(f"part_{number} AS ({insert})" for number, insert in enumerate(inserts))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {parts} SELECT {', '.join(f"pg_notify('{channel}', '')" for channel in channels)}",
            [json.dumps(batch, default=_written) for batch in rows],
        )
    for row in (row for batch in filled for row in batch):
        row._state.adding, row._state.db = False, connection.alias


def _insert(table: str, columns: dict[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s)"


def _columns(row: models.Model) -> dict[str, Any]:
    """What Django would write: without generated columns, and without those that the database fills in."""
    fields = [
        field for field in row._meta.concrete_fields if not (field.generated or (field.primary_key and row.pk is None))
    ]
    values = {str(field.column): field.pre_save(row, True) for field in fields}
    return {column: value for column, value in values.items() if not isinstance(value, DatabaseDefault)}


def _written(value: Any) -> str:
    return "\\x" + bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
