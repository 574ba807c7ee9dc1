"""What a person who telephones about an instruction has before them: numbers, names, and what is asked. Markdown."""

from collections.abc import Iterator

from dispatch.models import Acknowledgement, Instruction
from dispatch.rules.wording import instant
from markets.models import DispatchContact
from markets.rules.words import kw


def told(instruction: Instruction) -> str:
    """What a case calls an instruction."""
    return f"{instruction} {instruction.get_kind_display().lower()}: {instruction.seller or instruction.seller_named}"


def whom_to_call(instruction: Instruction) -> str:
    """For a seller that has not answered. Needs `told_at` and `answer_due_at`, the seller's contacts and the mails."""
    seller = instruction.seller
    assert seller is not None
    contacts = [c for c in seller.dispatch_contacts.all() if c.market_id == instruction.market_id]
    people = [_person(contact) for contact in contacts]
    return _listed(
        f"Call **{seller}: {seller.phone}**" if seller.phone else f"**{seller}** has given no number of its own",
        *(people or ["No dispatch contact is named for this market"]),
        *_asked(instruction),
        f"Asked {instant(instruction.told_at)}, an answer was due {instant(instruction.answer_due_at)}",  # type: ignore[attr-defined]
        f"Mailboxes that have it: {', '.join(sorted(_reached(instruction))) or 'none any more'}",
    )


def what_is_missing(answer: Acknowledgement) -> str:
    """For the operator's control room: what a seller will not do, and why."""
    instruction = answer.instruction
    seller = instruction.seller
    number = f", {seller.phone}" if seller and seller.phone else ""
    return _listed(
        f"**{seller or instruction.seller_named or 'An unknown seller'}**{number} declines: {answer.reason}",
        f"Said by {answer.given_by}, {instant(answer.given_at)}",
        *_asked(instruction),
    )


def _asked(instruction: Instruction) -> Iterator[str]:
    trigger = instruction.trigger
    revision = f", revision {trigger.revision}" if trigger.revision > 1 else ""
    yield f"{instruction.market.operator} {trigger.reference}{revision}, our {instruction}"
    what = [instruction.get_kind_display().upper(), instruction.product_named, instruction.zone_named]
    if instruction.capacity_kw is not None:
        what.insert(1, kw(instruction.capacity_kw))
    if instruction.asset_named:
        what.append(f"asset {instruction.asset_named}")
    yield " ".join(filter(None, what))
    if instruction.starts_at:
        yield f"From {instant(instruction.starts_at)}"
    if instruction.ends_at:
        yield f"Until {instant(instruction.ends_at)}"


def _person(contact: DispatchContact) -> str:
    number = contact.phone or "no number"
    return f"{contact.name or 'Contact without a name'}: {number} ({contact.email})"


def _reached(instruction: Instruction) -> Iterator[str]:
    for notice in instruction.notices.all():
        if notice.mail.sent_at and not notice.mail.bounced_at:
            yield notice.mail.recipient


def _listed(*lines: str) -> str:
    return "\n".join(f"- {line}" for line in lines)
