"""[story] Seconds per 1,000 rows of a season, played from competition to statement.

The reference inserts the very rows that the play left behind, bare: one INSERT a row, into tables of the same columns
and indexes, in one transaction, without a check.
"""

import time

from django.apps import apps
from django.db import connection, transaction
from rich.console import Console

from piclo_nged.dso.nged import wire
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.story import people, screen
from piclo_nged.story.play import Story
from piclo_nged.story.stage import stage

from .measured import Measured

LIMIT = 10.0
"""What checks, guards, HTTP, mail and the waiting for both may cost, as a multiple of bare inserts."""
APPS = ("markets", "dispatch", "settlement", "sops")


def measure() -> list[Measured]:
    """Plays the made-up season once, then inserts what it left."""
    file = sample_season().encode()
    season = wire.read_summary(file).refuse_errors().season
    with stage() as (site, sink, _), screen.progress_bars(Console(stderr=True)) as step:
        _, approver = people.hire()
        summary = Story(season, file, site, step, sink).play(approver)
    thousands = summary.rows.total() / 1000
    seconds, rows = _bare_inserts()
    remark = f"{summary.rows.total()} rows of a season leave {rows} rows behind"
    return [
        Measured("story", summary.seconds / thousands, seconds / thousands, LIMIT, "s per 1,000 rows", remark=remark)
    ]


def _bare_inserts() -> tuple[float, int]:
    """Seconds to insert all rows of our tables again into copies of them, and how many they are."""
    tables = [model._meta.db_table for name in APPS for model in apps.get_app_config(name).get_models()]
    seconds, count = 0.0, 0
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            columns = _plain_columns(table)
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(f"SELECT {names} FROM {table}")
            rows = cursor.fetchall()
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
            insert = f"INSERT INTO bare_{table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"
            begun = time.perf_counter()
            for row in rows:
                cursor.execute(insert, row)
            seconds += time.perf_counter() - begun
            count += len(rows)
        transaction.set_rollback(True)
    return seconds, count


def _plain_columns(table: str) -> list[str]:
    """Columns that are written, not generated."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]
