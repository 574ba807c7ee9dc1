"""Readings out of the database as arrays: PostgreSQL sends an int4[] in binary, and numpy looks at those very bytes.

As Python lists a month of minute readings of 1,000 assets would be 45 million objects.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import Cursor
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format

from ..rules.energy import UNREAD, Meter

INT4_ARRAY = 1007  # its number in every PostgreSQL
HEADER_WORDS = 5
"""Of an array of one dimension: how many dimensions, whether it holds NULLs, the type, the length, the first subscript."""

STANDING = """
    SELECT DISTINCT ON (asset_id, day) asset_id, day, watts FROM settlement_readingday
    WHERE asset_id = ANY(%s) AND day = ANY(%s) AND id <= %s ORDER BY asset_id, day, revision DESC
"""


class WattsLoader(Loader):
    """An int4[] of one dimension as an array; NULL becomes `UNREAD`."""

    format = Format.BINARY

    def load(self, data: Buffer) -> NDArray[np.int32]:
        words = np.frombuffer(data, ">i4")
        if len(words) <= HEADER_WORDS:
            return np.zeros(0, np.int32)
        if not words[1]:
            return words[HEADER_WORDS + 1 :: 2].astype(np.int32)
        return _with_gaps(words[HEADER_WORDS:].tolist(), int(words[3]))


def _with_gaps(words: list[int], length: int) -> NDArray[np.int32]:
    """A value is its width in bytes and then itself; a NULL is -1 alone."""
    watts = np.full(length, UNREAD, np.int32)
    place = 0
    for interval in range(length):
        if words[place] < 0:
            place += 1
        else:
            watts[interval] = words[place + 1]
            place += 2
    return watts


def read_meters(*, assets: Iterable[int], days: Iterable[date], up_to: int) -> dict[int, Meter]:
    """The meters of the assets over these UTC days, as they stood when the reading with key `up_to` was the newest.

    One query. An asset of which nothing was read is not among them.
    """
    found: dict[int, tuple[list[date], list[NDArray[np.int32]]]] = defaultdict(lambda: ([], []))
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:  # Django's own cursors speak text
        cursor.adapters.register_loader(INT4_ARRAY, WattsLoader)
        for asset_id, day, watts in cursor.execute(STANDING, [list(assets), sorted(days), up_to], binary=True):
            of_days, rows = found[asset_id]
            of_days.append(day)
            rows.append(watts)
    return {asset_id: Meter.from_rows(*held) for asset_id, held in found.items()}
