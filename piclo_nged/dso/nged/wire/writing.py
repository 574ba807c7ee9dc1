"""One cell of NGED's files: our value into its text, as NGED writes it."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from piclo_nged.dso.nged.columns import Kind
from piclo_nged.dso.nged.products import Direction
from piclo_nged.dso.nged.wire.values import LONDON, WEEKDAYS

_SERVICES = {
    Direction.TURN_DOWN: "Demand Turn Down (DTD) / Generation Turn Up (GTU)",
    Direction.TURN_UP: "Demand Turn Up (DTU) / Generation Turn Down (GTD)",
}


def write_number(value: Decimal) -> str:
    """With at least one place, as NGED does: 135.0, 22.48, 0.3996."""
    whole, _, places = f"{value:f}".partition(".")
    return f"{whole}.{places.rstrip('0') or '0'}"


def _write_megawatts(value_kw: Decimal) -> str:
    return write_number(value_kw / 1000)


def _write_kilovolts(value: Decimal | None) -> str:
    return "" if value is None else write_number(value)


def _write_instant(value: datetime) -> str:
    return value.astimezone(LONDON).strftime("%d/%m/%Y %H:%M:%S")


def _write_weekdays(value: tuple[int, ...]) -> str:
    return ",".join(WEEKDAYS[day - 1] for day in value)


def _write_names(value: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(value)
    return out.getvalue()


_WRITERS: dict[Kind, Callable[[Any], str]] = {
    Kind.KW: write_number,
    Kind.MW: _write_megawatts,
    Kind.KV: _write_kilovolts,
    Kind.GBP_PER_MW_H: write_number,
    Kind.GBP_PER_MWH: write_number,
    Kind.GBP_PER_KW: write_number,
    Kind.DATE: date.isoformat,
    Kind.INSTANT: _write_instant,
    Kind.TIME: time.isoformat,
    Kind.WEEKDAYS: _write_weekdays,
    Kind.NAMES: _write_names,
    Kind.DECISION: str.capitalize,
    Kind.YES_NO: lambda value: "Yes" if value else "No",
    Kind.SERVICE: _SERVICES.__getitem__,
}


def write_value(kind: Kind, value: Any) -> str:
    """One value as NGED writes it."""
    return _WRITERS.get(kind, str)(value)
