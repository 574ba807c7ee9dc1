"""Two at once: runs of one market, and a run beside uploads of readings."""

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from dispatch.models import Instruction
from markets.models import Asset, Market
from markets.problems import Refused
from settlement.models import SettlementRun
from settlement.operations import DayOfReadings, start_run, store_readings
from settlement.operations.locks import newest_reading_id

from .world import JANUARY


@pytest.fixture
def somebody_else(db: None) -> Iterator[psycopg.Cursor[tuple[object, ...]]]:
    """A second connection to the same database, in a transaction of its own."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    settings = {ours: connection.settings_dict[name] for name, ours in names.items() if connection.settings_dict[name]}
    with psycopg.connect(**settings) as other:
        yield other.cursor()
        other.rollback()


def lock(cursor: psycopg.Cursor[tuple[object, ...]], function: str, key: str) -> bool:
    row = cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [key]).fetchone()  # type: ignore[arg-type]
    return bool(row and row[0])


def test_two_runs_of_one_market_cannot_race(
    market: Market, january: Instruction, somebody_else: psycopg.Cursor[tuple[object, ...]]
) -> None:
    lock(somebody_else, "pg_try_advisory_xact_lock", f"settlement of market {market.pk}")
    with pytest.raises(Refused, match="being made at this moment"):
        start_run(market=market, month=JANUARY, by="tests")
    assert not SettlementRun.objects.exists()
    somebody_else.connection.rollback()
    assert start_run(market=market, month=JANUARY, by="tests").version == 1


def test_a_run_waits_for_uploads_under_way(somebody_else: psycopg.Cursor[tuple[object, ...]]) -> None:
    lock(somebody_else, "pg_try_advisory_xact_lock_shared", "readings")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
    with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
        newest_reading_id()
    somebody_else.connection.rollback()
    assert newest_reading_id() == 0


def test_a_run_holds_no_upload_up(
    market: Market, january: Instruction, somebody_else: psycopg.Cursor[tuple[object, ...]]
) -> None:
    start_run(market=market, month=JANUARY, by="tests")
    assert lock(somebody_else, "pg_try_advisory_xact_lock_shared", "readings")


def test_an_upload_holds_the_run_up_until_it_is_committed(
    asset: Asset, somebody_else: psycopg.Cursor[tuple[object, ...]]
) -> None:
    store_readings(days=[DayOfReadings(asset, date(2025, 1, 6), [1] * 48)], source="upload", by="tests")
    assert not lock(somebody_else, "pg_try_advisory_xact_lock", "readings")
    assert lock(somebody_else, "pg_try_advisory_xact_lock_shared", "readings")
