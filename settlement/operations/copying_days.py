"""Days of readings in bulk, as arrays in PostgreSQL's binary form: as text, writing and reading each number costs more
than all else that is done with it. Source: "Binary Format" of COPY and `array_send` of PostgreSQL."""

import struct
from collections.abc import Iterable
from datetime import date

import numpy as np
from django.db import connection

from ..rules.energy import UNREAD
from ..rules.readings import DayOfWatts

STATEMENT = (
    "COPY settlement_readingday (asset_id, day, revision, watts, source, received_by_id) FROM STDIN (FORMAT binary)"
)
HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), struct.pack(">h", -1)
BEFORE_WATTS = struct.Struct(
    ">hiqiiiii"
)  # six fields; each with its width: asset, day, revision; and the width of watts
ARRAY = struct.Struct(">iiIii")  # dimensions, has NULLs, type, length, first subscript
INT4 = 23
FIRST_DAY = date(2000, 1, 1)


def copy_days(rows: Iterable[tuple[int, date, int, DayOfWatts]], source: str, received_by_id: int | None) -> None:
    """Adds (asset, day, revision, watts) to the reading days, in the open transaction. Constraints hold as ever."""
    told = source.encode()
    who = struct.pack(">i", -1) if received_by_id is None else struct.pack(">iq", 8, received_by_id)
    after_watts = struct.pack(">i", len(told)) + told + who
    with connection.cursor() as cursor, cursor.copy(STATEMENT) as copy:
        copy.write(HEADER)
        for asset_id, day, revision, watts in rows:
            array = _array(watts)
            copy.write(
                BEFORE_WATTS.pack(6, 8, asset_id, 4, (day - FIRST_DAY).days, 4, revision, len(array))
                + array
                + after_watts
            )
        copy.write(TRAILER)


def _array(watts: DayOfWatts) -> bytes:
    """Each value as its width and itself; a NULL is the width -1 alone."""
    pairs = np.empty((len(watts), 2), ">i4")
    pairs[:, 0], pairs[:, 1] = 4, watts
    unread = watts == UNREAD
    has_nulls = bool(unread.any())
    if has_nulls:
        pairs[unread, 0] = -1
        kept = np.ones(pairs.shape, np.bool_)
        kept[unread, 1] = False
        pairs = pairs[kept]
    return ARRAY.pack(1, has_nulls, INT4, len(watts), 1) + pairs.tobytes()
