"""Who waits for whom: uploads of readings run side by side; a run looks at the readings when no upload is under way."""

from django.db import connection, transaction

from markets.models import Market
from markets.problems import Refused

from ..models import ReadingDay

READINGS = "readings"


def while_no_run_looks() -> None:
    """Held to the end of the transaction by whoever stores readings; many may hold it at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [READINGS])


def newest_reading_id() -> int:
    """The key of the newest reading. Whatever is stored later has a greater one, since no upload was under way.

    Rolling back to the savepoint gives the lock back at once, so that a run of some seconds holds no upload up.
    """
    before = transaction.savepoint_create()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [READINGS])
    newest = ReadingDay.objects.order_by("-pk").values_list("pk", flat=True).first()
    transaction.savepoint_rollback(before)
    return newest or 0


def one_run_at_a_time(market: Market) -> None:
    """Held to the end of the transaction. Raises Refused where another run of the market is being made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"settlement of market {market.pk}"]
        )
        [free] = cursor.fetchone() or [False]
    if not free:
        raise Refused(f"A run of {market} is being made at this moment. Wait until it is there.")
