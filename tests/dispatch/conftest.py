"""What the tests of dispatch share: NGED's bodies, and receiving one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.operations import Receipt, receive_trigger
from markets.models import Mail, Market, Token
from piclo_nged.dso.nged.triggers import read_trigger
from tests.conftest import ZONE


def call(**changes: Any) -> dict[str, Any]:
    """One call of a body, in NGED's words. A change to None leaves the field out."""
    values = {
        "company": "Voltwise Energy Ltd",
        "capacity_kw": 50.5,
        "starts_at": "2026-11-03T17:00:00Z",
        "ends_at": "2026-11-03T19:00:00Z",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def body(*calls: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A trigger, in NGED's words."""
    values = {
        "market": "nged-long-term-mock",
        "reference": "T-1",
        "revision": 1,
        "kind": "start",
        "product": "Dynamic",
        "zone": ZONE,
        "issued_at": "2026-11-03T16:45:00Z",
        "calls": list(calls) or [call()],
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def instruction_mails() -> list[Mail]:
    """What waits in the lane, the oldest first; alarms are not instructions."""
    return list(Mail.objects.filter(notice__isnull=False).order_by("pk"))


def alarms() -> list[Mail]:
    return list(Mail.objects.filter(subject__startswith="ALARM").order_by("pk"))


@pytest.fixture
def receive(market: Market) -> Callable[..., Receipt]:
    """Receives a body (or raw bytes) of NGED."""

    def receive(sent: dict[str, Any] | bytes, token: Token | None = None) -> Receipt:
        raw = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        return receive_trigger(operator=market.operator, token=token, raw=raw, read=read_trigger, by=token or "tests")

    return receive
