"""From a trigger to its instructions and their ready mails: part of receiving, in the same transaction."""

from collections.abc import Sequence

from markets.models import Mail
from markets.operations import mail

from .. import emails
from ..models import Instruction, Notice, Trigger
from ..rules.addressee import Addressee
from ..rules.changes import Order, orders
from ..rules.notice import TriggerNotice
from .answers import answer_token
from .recipients import addressees, oncall_addresses


def instruct(*, trigger: Trigger, notice: TriggerNotice, before: TriggerNotice | None) -> list[Instruction]:
    """One instruction per call, one mail per recipient. `before`: the notice that this revision replaces."""
    market = trigger.market
    assert market is not None, "only a trigger that was read has instructions"
    told = list(orders(notice, before))
    reached = addressees(market=market, zone=notice.zone, calls=[order.call for order in told])
    instructions = Instruction.objects.bulk_create(
        _instruction(trigger, notice, order, who) for order, who in zip(told, reached, strict=True)
    )
    notices: list[Notice] = []
    for instruction, order, who in zip(instructions, told, reached, strict=True):
        notices += _notices(instruction, order, who)
    mail.queue([notice.mail for notice in notices])
    Notice.objects.bulk_create(notices)
    return instructions


def _instruction(trigger: Trigger, notice: TriggerNotice, order: Order, who: Addressee) -> Instruction:
    call = order.call
    return Instruction(
        trigger=trigger,
        market=trigger.market,
        seller_id=who.seller.seller_id if who.seller else None,
        kind=order.kind,
        seller_named=call.named[:200],
        contract_named=call.contract,
        product_named=notice.product,
        zone_named=notice.zone,
        capacity_kw=call.capacity_kw,
        starts_at=call.starts_at,
        ends_at=call.ends_at,
    )


def _notices(instruction: Instruction, order: Order, who: Addressee) -> Sequence[Notice]:
    market = instruction.market
    to: list[tuple[int | None, str, str]] = [(box.contact_id, box.email, "") for box in who.mailboxes]
    if who.tell_oncall:
        to += [(None, address, who.note) for address in oncall_addresses(market=market, operator=market.operator)]
    addressed = [
        emails.Addressed(address, answer_token(instruction_id=instruction.pk, mailbox=address), note)
        for _, address, note in to
    ]
    mails: list[Mail] = emails.instruction_mails(instruction, addressed, order.changes)
    return [
        Notice(instruction=instruction, mail=mail, contact_id=contact_id)
        for mail, (contact_id, _, _) in zip(mails, to, strict=True)
    ]
