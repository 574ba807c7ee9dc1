"""An instruction for machines: the calls of sellers' webhooks, stored with the instruction, beside the emails."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from markets.models import Contract, Webhook, WebhookCall
from markets.operations.webhooks import stamp, wake_caller

from ..models import Instruction

CREATED = "instruction.created"


def calls_of(instructions: Iterable[Instruction], webhooks: Mapping[int, Sequence[int]]) -> list[WebhookCall]:
    """The calls that are due, not stored yet; `webhooks`: keys of addresses by the key of their seller."""
    return [
        WebhookCall(
            webhook_id=webhook,
            market_id=instruction.market_id,
            event=CREATED,
            event_id=f"msg_instruction_{instruction.reference}",
            body=_body(instruction),
        )
        for instruction in instructions
        if instruction.seller_id is not None
        for webhook in webhooks.get(instruction.seller_id, ())
    ]


def signal(instruction: Instruction, contract: Contract) -> None:
    """Part of telling a seller whose contract was found first: calls its addresses too, with the contract."""
    addresses = Webhook.objects.filter(seller=instruction.seller_id, stopped_at=None).select_for_update(no_key=True)
    calls = calls_of([instruction], {contract.seller_id: list(addresses.values_list("pk", flat=True))})
    for call in calls:
        call.body["data"]["contract"] = contract.reference
    if calls:
        WebhookCall.objects.bulk_create(calls, ignore_conflicts=True)
        wake_caller()


def _body(instruction: Instruction) -> dict[str, object]:
    """As the list of instructions in the API tells it."""
    capacity = instruction.capacity_kw
    told = {
        "reference": instruction.reference,
        "trigger": instruction.trigger.reference,
        "revision": instruction.trigger.revision,
        "market": instruction.market.key,
        "is_mock": instruction.market.is_mock,
        "kind": str(instruction.kind),
        "product": instruction.product_named,
        "zone": instruction.zone_named,
        "contract": instruction.contract_named,
        "asset": instruction.asset_named,
        "capacity_kw": None if capacity is None else str(capacity),
        "starts_at": _stamp(instruction.starts_at),
        "ends_at": _stamp(instruction.ends_at),
        "url": f"{settings.SITE_URL}{reverse('dispatch:instruction', args=[instruction.reference])}",
    }
    return {"type": CREATED, "timestamp": stamp(timezone.now()), "data": told}


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at else None
