"""An instruction as an entry of a calendar. It holds no link: calendars are shared, and whoever has a link may answer."""

from markets.operations.mail import sender_address, sender_domain
from markets.rules.words import kw

from ..models import Instruction, Kind
from ..rules.ics import Entry, calendar
from ..rules.strand import Strand
from ..rules.wording import instant


def calendar_of(instruction: Instruction, strand: Strand) -> str:
    """The file; empty where no entry helps: what must be done now, a test, an end of what no calendar has.

    A stop at a known time takes the entry's place and rings then; one at once, and a cancellation, takes the entry out.
    """
    trigger, kind = instruction.trigger, instruction.kind
    if kind in (Kind.EMERGENCY_STOP, Kind.TEST):
        return ""
    ends = kind == Kind.STOP
    at = instruction.stops_at if ends else instruction.starts_at
    is_cancelled = kind == Kind.CANCEL or (ends and at is None)
    if is_cancelled and strand.is_first and at is None:
        return ""
    summary = _summary(instruction, is_cancelled)
    return calendar(
        Entry(
            uid=f"{strand.key}@{sender_domain()}",
            sequence=trigger.revision,
            written_at=trigger.received_at,
            starts_at=at or trigger.received_at,
            ends_at=None if ends else instruction.ends_at,
            summary=f"MOCK: {summary}" if instruction.market.is_mock else summary,
            description=_description(instruction),
            location=instruction.zone_named,
            sender=sender_address(),
            is_cancelled=is_cancelled,
        )
    )


def _summary(instruction: Instruction, is_cancelled: bool) -> str:
    named = f"{instruction.market.operator.short_name} {instruction.trigger.reference}"
    if is_cancelled:
        return f"CANCELLED: do not deliver ({named})"
    if instruction.kind == Kind.STOP:
        return f"STOP delivering ({named})"
    end = "" if instruction.ends_at else " until a stop, end not known"
    return f"Deliver {kw(instruction.capacity_kw)}{end} ({named})"


def _description(instruction: Instruction) -> str:
    trigger, market = instruction.trigger, instruction.market
    lines = [
        f"From: {instant(instruction.starts_at)}" if instruction.starts_at else "",
        f"Until: {instant(instruction.ends_at)}" if instruction.ends_at else "",
        f"Product: {instruction.product_named}" if instruction.product_named else "",
        f"For: {instruction.seller_named}" if instruction.seller_named else "",
        f"Reference: {market.operator.short_name} {trigger.reference}, revision {trigger.revision}",
        f"Our reference: {instruction.reference}, {market.name}",
        f"Unclear? Call {market.oncall_phone}" if market.oncall_phone else "",
        "What counts is the email: a calendar may be late.",
    ]
    return "\n".join(filter(None, lines))
