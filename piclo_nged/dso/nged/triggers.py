"""NGED's triggers: its JSON, in its words, read into the notice that dispatch understands. Pure.

    {"market": "nged-long-term", "reference": "T-2026-00017", "revision": 1, "kind": "start",
     "product": "Dynamic", "zone": "CMZ_T7B_SWA_0012", "issued_at": "2026-11-03T16:45:00Z",
     "calls": [{"company": "...", "account": "...", "contract": "C-12", "asset": "DEPOT-1",
                "capacity_kw": 120.5, "starts_at": "2026-11-03T17:00:00Z",
                "ends_at": "2026-11-03T19:00:00Z"}]}

This dialect is ours: NGED has published none. Field names stand here and in `dispatch.rules.reading` alone.
"""

import json
from decimal import Decimal
from typing import Any, NoReturn

from dispatch.rules.notice import Fault, TriggerNotice, Unreadable
from dispatch.rules.reading import read_notice

CALLED = {"seller": "company"}


def read_trigger(raw: bytes) -> TriggerNotice:
    """The notice in the body of a POST. Raises Unreadable with every fault, named in NGED's words."""
    try:
        body = json.loads(raw, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise Unreadable(
            [Fault("body", "", f"No JSON: {error.msg} in line {error.lineno}, column {error.colno}.")]
        ) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable([Fault("body", "", f"No JSON that can be read: {error}")]) from error
    if not isinstance(body, dict):
        raise Unreadable([Fault("body", "", "Send one JSON object, with the fields of a trigger.")])
    return read_notice(body, called=CALLED)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose fields stand once each: JSON would let the last one win, unheard."""
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"The field {next(name for name in names if names.count(name) > 1)!r} stands twice.")
    return read
