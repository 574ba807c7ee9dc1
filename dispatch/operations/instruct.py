"""From a trigger to its instructions and their ready mails: part of receiving, in the same transaction."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from markets.models import Mail, Market
from markets.operations import mail

from .. import emails
from ..models import Instruction, Notice, Trigger
from ..rules.addressee import Addressee
from ..rules.changes import Order, orders
from ..rules.notice import TriggerNotice
from ..rules.reading import read_notice
from .answers import answer_token
from .recipients import addressees, oncall_addresses
from .situation import Situation, look_up
from .together import insert


class Letter(NamedTuple):
    """A mail of an instruction, and the dispatch contact that it goes to; None: customer success on call."""

    instruction: Instruction
    contact_id: int | None
    mail: Mail


def instruct(*, market: Market, trigger: Trigger, notice: TriggerNotice, situation: Situation) -> list[Instruction]:
    """One instruction per call, one mail per recipient. A revision is compared with what it replaces."""
    before = read_notice(situation.known[0].content) if situation.known else None
    told = list(orders(notice, before))
    if before is not None:  # the calls that it leaves out name sellers too
        situation = look_up(trigger, replace(notice, calls=tuple(order.call for order in told)))
    reached = addressees(market=market, situation=situation, zone=notice.zone, calls=[order.call for order in told])
    insert([trigger])
    instructions = Instruction.objects.bulk_create(
        _instruction(trigger, notice, order, who) for order, who in zip(told, reached, strict=True)
    )
    letters: list[Letter] = []
    for instruction, order, who in zip(instructions, told, reached, strict=True):
        letters += _letters(instruction, order, who)
    mail.queue([letter.mail for letter in letters])
    insert([Notice(instruction=i, mail=sent, contact_id=contact_id) for i, contact_id, sent in letters])
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


def _letters(instruction: Instruction, order: Order, who: Addressee) -> Iterator[Letter]:
    market = instruction.market
    to: list[tuple[int | None, str, str]] = [(box.contact_id, box.email, "") for box in who.mailboxes]
    if who.tell_oncall:
        to += [(None, address, who.note) for address in oncall_addresses(market=market, operator=market.operator)]
    addressed = [
        emails.Addressed(address, answer_token(instruction_id=instruction.pk, mailbox=address), note)
        for _, address, note in to
    ]
    mails = emails.instruction_mails(instruction, addressed, order.changes)
    for (contact_id, _, _), written in zip(to, mails, strict=True):
        yield Letter(instruction, contact_id, written)
