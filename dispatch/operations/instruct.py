"""From a trigger to its instructions and their ready mails: part of receiving, in the same transaction."""

from collections.abc import Iterator
from dataclasses import replace

from markets.operations import mail, webhooks
from markets.operations.journal import By, entry

from .. import emails
from ..models import Instruction, Notice, Trigger
from ..rules.changes import Order, orders
from ..rules.notice import TriggerNotice
from ..rules.reading import read_notice
from ..rules.strand import Strand
from .answers import answer_token
from .holding import waits_for_match
from .recipients import Recipients, recipients
from .signals import calls_of
from .situation import Situation, look_up
from .strands import strand_of
from .writing import insert_and_wake


def instruct(*, trigger: Trigger, notice: TriggerNotice, situation: Situation, by: By) -> list[Instruction]:
    """Stores the trigger, an instruction per call, a mail per recipient, a call per webhook of the sellers and the
    journal's entry, in one statement. A revision is compared with the last.

    Where the market matches first, what asks to deliver is held: it has no mail and no call yet.
    """
    before = read_notice(situation.known[0].content) if situation.known else None
    first_at = min([known.received_at for known in situation.known], default=trigger.received_at)
    told = list(orders(notice, before))
    if before is not None:  # the calls that it leaves out name sellers too
        situation = look_up(trigger, replace(notice, calls=tuple(order.call for order in told))) or situation
    reached = recipients(situation=situation, zone=notice.zone, calls=[order.call for order in told])
    trigger.pk = next(situation.trigger_keys.take(1))
    instructions = [
        _instruction(key, trigger, notice, order, to)
        for key, order, to in zip(situation.instruction_keys.take(len(told)), told, reached, strict=True)
    ]
    leaving = [
        (instruction, order, to)
        for instruction, order, to in zip(instructions, told, reached, strict=True)
        if not instruction.is_held
    ]
    new = situation.mail_keys.take(sum(len(to.mailboxes) for _, _, to in leaving))
    notices: list[Notice] = []
    for instruction, order, to in leaving:
        notices += _notices(instruction, order, to, strand_of(trigger, first_at, order), new)
    mails = mail.stamped([notice.mail for notice in notices])
    journal = entry(by=by, verb="receive_trigger", subject=trigger, kind=trigger.kind, instructions=len(instructions))
    calls = calls_of((instruction for instruction, _, _ in leaving), situation.webhooks)
    woken = (mail.CHANNEL, webhooks.CHANNEL) if calls else (mail.CHANNEL,)
    insert_and_wake([trigger], instructions, mails, notices, calls, [journal], channels=woken)
    return instructions


def _instruction(key: int, trigger: Trigger, notice: TriggerNotice, order: Order, to: Recipients) -> Instruction:
    call, market = order.call, trigger.market
    assert market is not None, "what is instructed has its market"
    instruction = Instruction(
        pk=key,
        trigger=trigger,
        market=market,
        seller_id=to.seller_id,
        kind=order.kind,
        seller_named=call.named[:200],
        contract_named=call.contract,
        asset_named=call.asset,
        product_named=notice.product,
        zone_named=notice.zone,
        capacity_kw=call.capacity_kw,
        starts_at=call.starts_at,
        ends_at=call.ends_at,
        is_held=waits_for_match(market, order.kind),
        created_at=trigger.received_at,
    )
    instruction.reference = f"I-{key}"  # as the database will write it: the mail is made before the row
    return instruction


def _notices(
    instruction: Instruction, order: Order, to: Recipients, hangs_on: Strand, new: Iterator[int]
) -> Iterator[Notice]:
    addressed = [
        emails.Addressed(box.address, answer_token(instruction_id=instruction.pk, mailbox=box.address), box.note)
        for box in to.mailboxes
    ]
    mails = emails.instruction_mails(instruction, addressed, hangs_on, order.changes)
    for box, written in zip(to.mailboxes, mails, strict=True):
        written.pk = next(new)
        yield Notice(instruction=instruction, mail=written, contact_id=box.contact_id)
