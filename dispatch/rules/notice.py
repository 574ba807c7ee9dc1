"""What a trigger says, once it is read: frozen values, whatever the operator's dialect. Pure.

Two notices with the same content are the same trigger: `content_sha256` is over what is asked, so the order of the
calls, the time of issue and the way a number is written do not matter.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

KINDS = ("start", "stop", "change", "emergency_stop", "cancel", "test")
NEEDS_TERMS = frozenset({"start", "change"})
"""Kinds that say nothing without a capacity, a start, a product and a zone. The others must get through with less."""
FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Call:
    """What one seller is asked. The operator names the seller by whatever it has; instants are UTC, capacity is kW.

    `asset`: of the assets behind a contract the one that is meant, by the seller's reference or our number; empty: all of
    them. `ends_at` None: until a stop. Only a start or a change always has a capacity and a start.
    """

    seller: str = ""
    account: str = ""
    contract: str = ""
    asset: str = ""
    capacity_kw: Decimal | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def named(self) -> str:
        """How the operator named the seller, in one line."""
        account = f"account {self.account}" if self.account else ""
        return ", ".join(filter(None, [self.seller, account]))


@dataclass(frozen=True, slots=True)
class TriggerNotice:
    """One trigger of an operator: `market` is our key of the market, `reference` the operator's."""

    reference: str
    revision: int
    kind: str
    market: str
    product: str
    zone: str
    issued_at: datetime
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field. `field` is named as the sender wrote it, e.g. `calls[0].capacity_kw`."""

    field: str
    value: str
    reason: str


class Unreadable(ValueError):
    """The trigger can't be read. `faults` are all that were found; `content` is what could be read none the less."""

    def __init__(self, faults: list[Fault], content: dict[str, Any] | None = None):
        super().__init__("; ".join(f"{fault.field}: {fault.reason}" for fault in faults))
        self.faults = faults
        self.content = content or {}


def content_of(notice: TriggerNotice) -> dict[str, Any]:
    """The notice as JSON, under our own field names; `read_notice` reads it back. Empty fields are left out."""
    head = {
        "market": notice.market,
        "reference": notice.reference,
        "revision": notice.revision,
        "kind": notice.kind,
        "product": notice.product,
        "zone": notice.zone,
        "issued_at": _written(notice.issued_at),
    }
    return _filled(head) | {"calls": [_filled(_call_content(call)) for call in notice.calls]}


def content_sha256(notice: TriggerNotice) -> str:
    """The hash by which a repeat is known."""
    content = content_of(notice)
    del content["issued_at"]
    content["calls"].sort(key=lambda call: json.dumps(call, sort_keys=True))
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _call_content(call: Call) -> dict[str, Any]:
    return {
        "seller": call.seller,
        "account": call.account,
        "contract": call.contract,
        "asset": call.asset,
        "capacity_kw": None if call.capacity_kw is None else str(call.capacity_kw.quantize(FOUR_PLACES)),
        "starts_at": _written(call.starts_at),
        "ends_at": _written(call.ends_at),
    }


def _filled(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value not in (None, "")}


def _written(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
