"""The same trigger many times at once: one is stored, all get its answer."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from dispatch.models import Trigger
from dispatch.operations import ContradictoryTrigger, receive_trigger
from markets.models import Market, Seller
from piclo_nged.dso.nged.triggers import read_trigger

from .conftest import body, call, instruction_mails

pytestmark = pytest.mark.django_db(transaction=True)
COPIES = 200
THREADS = 16


def receive_at_once(market: Market, bodies: list[dict[str, Any]]) -> list[Any]:
    """What each got, receipts and refusals alike."""

    def receive(sent: dict[str, Any]) -> Any:
        try:
            raw = json.dumps(sent).encode()
            return receive_trigger(operator=market.operator, token=None, raw=raw, read=read_trigger, by="tests")
        except ContradictoryTrigger as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(receive, bodies))


def test_of_200_copies_at_once_one_is_stored(market: Market, seller: Seller) -> None:
    receipts = receive_at_once(market, [body()] * COPIES)
    [trigger] = Trigger.objects.all()
    assert {receipt.trigger for receipt in receipts} == {trigger}
    assert {receipt.instructions for receipt in receipts} == {tuple(trigger.instructions.all())}
    assert [receipt.is_repeat for receipt in receipts].count(False) == 1
    assert len(instruction_mails()) == 1


def test_of_contradictions_at_once_one_wins_and_all_are_kept(market: Market, seller: Seller) -> None:
    outcomes = receive_at_once(market, [body(call(capacity_kw=kw)) for kw in range(1, 9)])
    assert sum(isinstance(outcome, ContradictoryTrigger) for outcome in outcomes) == 7
    assert Trigger.objects.count() == 8
    assert len(instruction_mails()) == 1
