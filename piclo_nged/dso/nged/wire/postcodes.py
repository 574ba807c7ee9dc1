"""WHERE All Postcodes: which zones, primary substation and grid supply point each postcode lies behind.

About 75,000 rows, sometimes latin-1. One row per postcode; a zone's cells are empty where there is none at that level.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from markets.rules.notices import PostcodeNotice, ZoneNotice
from markets.rules.registering import is_postcode, postcode_key

from ..columns import POSTCODES, label_of
from .errors import RowError
from .naming import licence_area
from .table import Source, Table, read_table

_CODE = re.compile(r"\S{1,60}")


@dataclass(frozen=True, slots=True)
class PostcodeRow:
    """One row as it came."""

    postcode: str
    hv_zone: str
    hv_name: str
    lv_zone: str
    lv_name: str
    primary_substation: str
    primary_substation_number: str
    grid_supply_point: str


@dataclass(frozen=True)
class PostcodeReading:
    """The good rows, and every fault of the others."""

    notices: tuple[PostcodeNotice, ...]
    errors: tuple[RowError, ...]


def read_postcodes(source: Source) -> PostcodeReading:
    """Reads the file. A row that says of a postcode what an earlier one said is left out; another saying is a fault."""
    table: Table[PostcodeRow] = read_table(source, POSTCODES, PostcodeRow)
    errors, found = list(table.errors), dict[str, tuple[int, PostcodeNotice]]()
    for line, row in table.rows.items():
        faults = _faults(line, row)
        if not faults:
            notice = _notice(row)
            first, known = found.setdefault(notice.code, (line, notice))
            if known != notice:
                reason = f"this postcode stands in line {first} with other zones or substations; keep one row"
                faults = [_fault(line, "postcode", row.postcode, reason)]
        errors += faults
    notices = tuple(notice for _, notice in found.values())
    return PostcodeReading(notices, tuple(sorted(errors, key=lambda error: error.line)))


def _faults(line: int, row: PostcodeRow) -> list[RowError]:
    faults = []
    if not is_postcode(row.postcode):
        faults.append(_fault(line, "postcode", row.postcode, "this is no postcode: write it whole, as in NG1 1AA"))
    for field in ("hv_zone", "lv_zone"):
        code = getattr(row, field)
        if code and not _CODE.fullmatch(code):
            faults.append(_fault(line, field, code, "a zone's code has no spaces and at most 60 characters"))
    for field, most in _LONGEST.items():
        if len(getattr(row, field)) > most:
            faults.append(_fault(line, field, getattr(row, field), f"too long: at most {most} characters"))
    return faults


_LONGEST = {
    "hv_name": 200,
    "lv_name": 200,
    "primary_substation": 200,
    "primary_substation_number": 40,
    "grid_supply_point": 200,
}


def _fault(line: int, field: str, value: str, reason: str) -> RowError:
    return RowError(line, label_of(POSTCODES, field), value, reason)


def _notice(row: PostcodeRow) -> PostcodeNotice:
    return PostcodeNotice(
        postcode_key(row.postcode),
        _zone(row.hv_zone, row.hv_name, "hv"),
        _zone(row.lv_zone, row.lv_name, "lv"),
        row.primary_substation,
        row.primary_substation_number,
        row.grid_supply_point,
    )


@lru_cache(maxsize=8192)
def _zone(code: str, name: str, level: str) -> ZoneNotice | None:
    """Cached: some thousand zones stand in many rows each."""
    return ZoneNotice(code, name, licence_area(code), level) if code else None
