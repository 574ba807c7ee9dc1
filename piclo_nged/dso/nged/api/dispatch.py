"""Triggers: received, instructed and answered within two seconds, before any matching; and what became of them."""

from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.models import Instruction, Notice, Trigger
from dispatch.operations import Receipt, receive_trigger
from markets.models import Market
from markets.rest.deadline import answered_within
from markets.rest.endpoints import reached
from markets.rest.idempotency import idempotent_after_commit
from markets.rest.openapi import MARKET_OPTIONAL, call
from markets.rest.paging import BadQuery

from ..serializers import examples
from ..serializers.dispatch import TriggerFields, TriggerReceipt, TriggerState
from ..triggers import read_trigger
from .base import TAG_PREFIX, NgedEndpoint

TAG = TAG_PREFIX + "dispatch"
COMMITTED_WITHIN = timedelta(seconds=2)


class AnyBody(BaseParser):
    """A trigger is kept byte for byte, whatever it calls itself."""

    media_type = "*/*"


class TriggersView(NgedEndpoint):
    """Calls of contracts."""

    parser_classes = [AnyBody]
    takes_any_query = True  # whatever is wrong with a trigger, it is kept first

    @call(
        "nged_trigger",
        "Trigger",
        tag=TAG,
        request={"application/json": TriggerFields},
        answers={202: TriggerReceipt},
        faults=[409],
        examples=[examples.TRIGGER],
        is_write=True,
    )
    @answered_within(COMMITTED_WITHIN)
    @idempotent_after_commit
    def post(self, request: Request) -> Response:
        """202 once it is committed with its mails; no matching is waited for. A repeat gets the first receipt.

        What can't be read (422) or contradicts an earlier one (409) is kept and alarms our people. 503: send it again.
        """
        operator = self.token.operator
        assert operator is not None
        receipt = receive_trigger(
            operator=operator, token=self.token, raw=request.body, read=read_trigger, by=self.token
        )
        return Response(_receipt(receipt), status=202)


class TriggerView(NgedEndpoint):
    """One trigger under NGED's reference."""

    @call(
        "nged_read_trigger",
        "See delivery and acknowledgement",
        tag=TAG,
        parameters=[MARKET_OPTIONAL],
        answers={200: TriggerState},
    )
    def get(self, request: Request, reference: str) -> Response:
        """The latest revision: each instruction with its mails, and what the seller answered."""
        markets = Market.objects.reached_by(self.token)
        if "market" in request.query_params:
            markets = markets.filter(key=self.asked_market_key())
        triggers = Trigger.objects.filter(market__in=markets, reference=reference, problem="")
        found = list(_with_all(triggers).order_by("market", "-revision").distinct("market")[:2])
        if len(found) > 1:
            raise BadQuery(f"Several markets have a trigger {reference}. Name one: ?market=<its key>.")
        return Response(_state(reached(found[0] if found else None, "trigger", reference)))


def _with_all(triggers: QuerySet[Trigger]) -> QuerySet[Trigger]:
    notices = Notice.objects.select_related("mail").order_by("pk")
    instructions = Instruction.objects.order_by("pk").prefetch_related(
        Prefetch("notices", queryset=notices), "acknowledgements"
    )
    return triggers.select_related("market").prefetch_related(Prefetch("instructions", queryset=instructions))


def _head(trigger: Trigger) -> dict[str, Any]:
    assert trigger.market is not None
    return {
        "market": trigger.market.key,
        "reference": trigger.reference,
        "revision": trigger.revision,
        "kind": trigger.kind,
        "received_at": trigger.received_at,
    }


def _instructed(instruction: Instruction) -> dict[str, Any]:
    return {
        "reference": instruction.reference,
        "company": instruction.seller_named,
        "contract": instruction.contract_named,
        "asset": instruction.asset_named,
        "seller_known": instruction.seller_id is not None,
        "is_held": instruction.is_held,
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    instructions = [_instructed(instruction) for instruction in receipt.instructions]
    return _head(receipt.trigger) | {"is_repeat": receipt.is_repeat, "instructions": instructions}


def _state(trigger: Trigger) -> dict[str, Any]:
    return _head(trigger) | {"instructions": [_followed(instruction) for instruction in trigger.instructions.all()]}


def _followed(instruction: Instruction) -> dict[str, Any]:
    latest = max(instruction.acknowledgements.all(), key=lambda answer: answer.pk, default=None)
    mails = [notice.mail for notice in instruction.notices.all()]
    return _instructed(instruction) | {
        "capacity_kw": instruction.capacity_kw,
        "starts_at": instruction.starts_at,
        "ends_at": instruction.ends_at,
        "mails": [{"status": mail.status, "sent_at": mail.sent_at} for mail in mails],
        "answer": instruction.answer,
        "answered_at": latest.given_at if latest else None,
        "reason": latest.reason if latest else "",
    }
