"""Markets that match first: what is to be delivered is told once its contract is clear, with that contract.

What ends, withdraws or tests something leaves at once there too: nobody may go on delivering because a rule was not
sure. What is held waits for the rules, which try again every minute, or for a person; both come here.
"""

from collections.abc import Iterable

from markets.models import Contract, Market, ServiceWindow
from markets.operations import mail
from markets.operations.journal import By, record

from .. import emails
from ..models import Instruction, Match, Notice, Trigger
from ..rules.changes import Order, orders
from ..rules.notice import NEEDS_TERMS
from ..rules.reading import read_notice
from ..rules.strand import Strand
from .answers import answer_token
from .recipients import recipients_of
from .signals import signal
from .strands import strand_of


def waits_for_match(market: Market, kind: str) -> bool:
    """Whether an instruction of that kind is told only with its contract, in that market, as it is set now."""
    return market.path == Market.Path.MATCH_FIRST and kind in NEEDS_TERMS


def tell_matched(matches: Iterable[Match], *, by: By) -> int:
    """Part of matching: sellers of held instructions that have their contract now are told. Returns how many.

    Not where a later instruction replaced or undid it: then nobody is ever told of it.
    """
    held = [match for match in matches if match.status == Match.Status.MATCHED and match.instruction.is_held]
    keys = [match.instruction_id for match in held]
    standing = set(Instruction.objects.standing().filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    return sum(_tell(match, by=by) for match in held if match.instruction_id in standing)


def _tell(match: Match, *, by: By) -> bool:
    """Once, however many decide at the same moment."""
    instruction, contract = match.instruction, _whole(match)
    waiting = Instruction.objects.filter(pk=instruction.pk, is_held=True)
    if not waiting.update(is_held=False, seller_id=instruction.seller_id or contract.seller_id):
        return False
    instruction.refresh_from_db(fields=["is_held", "seller"])
    reached = recipients_of(market=instruction.market, seller=contract.seller)
    addressed = [
        emails.Addressed(box.address, answer_token(instruction_id=instruction.pk, mailbox=box.address), box.note)
        for box in reached.mailboxes
    ]
    order, hangs_on = _order(instruction)
    told = _told(contract, match.window)
    written = emails.instruction_mails(instruction, addressed, hangs_on, order.changes, told)
    stored = mail.queue(written)
    Notice.objects.bulk_create(
        Notice(instruction=instruction, mail=letter, contact_id=box.contact_id)
        for box, letter in zip(reached.mailboxes, stored, strict=True)
    )
    signal(instruction, contract)
    record(by=by, verb="tell_matched", subject=instruction, contract=contract.reference, mails=len(stored))
    return True


def _whole(match: Match) -> Contract:
    assert match.contract_id is not None, "what is told has its contract"
    return Contract.objects.select_related("seller", "bid").prefetch_related("bid__assets").get(pk=match.contract_id)


def _told(contract: Contract, window: ServiceWindow | None) -> emails.ContractTold:
    assets = sorted(f"{asset.ref} {asset.name}" for asset in contract.bid.assets.all())
    return emails.ContractTold(contract.reference, window, tuple(assets))


def _order(instruction: Instruction) -> tuple[Order, Strand]:
    """As it would have been told at once: instructions stand in the order of the orders."""
    trigger = instruction.trigger
    others = Trigger.objects.filter(market=trigger.market_id, reference=trigger.reference, problem="")
    before = others.filter(revision__lt=trigger.revision).order_by("-revision").first()
    told = list(orders(read_notice(trigger.content), read_notice(before.content) if before else None))
    order = told[trigger.instructions.filter(pk__lt=instruction.pk).count()]
    first_at = min([*others.values_list("received_at", flat=True), trigger.received_at])
    return order, strand_of(trigger, first_at, order)
