"""What the seller answers: confirmed or declined. By the signed link of the email, on the page, or by API."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from markets.models import DispatchContact
from markets.operations.journal import By, record
from markets.operations.links import BadLink, read_link, token_for
from markets.problems import Refused

from ..models import Acknowledgement, Instruction
from .recipients import oncall_addresses

PAGE = "dispatch:answer"
LINK_LASTS = timedelta(days=31)
"""Past the settlement of its month an answer changes nothing any more."""


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """What a link stands for: one instruction, and the mailbox that it was sent to."""

    instruction: Instruction
    mailbox: str


def answer_token(*, instruction_id: int, mailbox: str) -> str:
    """The signed part of the link, for one instruction and one mailbox. Whoever has it may answer: no login."""
    return token_for(PAGE, instruction_id, mailbox)


def read_answer_token(token: str) -> AnswerLink:
    """The instruction behind a link. Changes nothing.

    Raises BadLink, also where the mailbox is none of the seller's any more: whoever left a company does not answer for
    it. A suspended seller answers as before, since its contracts stand.
    """
    instruction_id, mailbox = read_link(PAGE, token, lasts=LINK_LASTS, instead="Sign in to see your instructions.")
    rows = Instruction.objects.with_owing().select_related("trigger", "market__operator", "seller")
    instruction = rows.filter(pk=instruction_id).first()
    if instruction is None:
        raise BadLink("The instruction of this link is not here any more. Sign in to see your instructions.")
    if not _is_told(instruction, mailbox):
        phone = instruction.market.oncall_phone
        raise BadLink(
            f"{mailbox} is no dispatch contact of this instruction's seller any more, so its link answers nothing. "
            f"Sign in to answer{f', or call {phone}' if phone else ''}."
        )
    return AnswerLink(instruction, mailbox)


def _is_told(instruction: Instruction, mailbox: str) -> bool:
    """Whether the mailbox would get the instruction today: a contact of its seller, or on-call."""
    contacts = DispatchContact.objects.filter(market=instruction.market_id, seller=instruction.seller_id)
    return contacts.filter(email__iexact=mailbox).exists() or mailbox in oncall_addresses(
        market=instruction.market, operator=instruction.market.operator
    )


@transaction.atomic
def answer_instruction(
    *, instruction: Instruction, answer: str, reason: str = "", given_by: str, by: By
) -> Acknowledgement:
    """Keeps the seller's answer, `confirmed` or `declined`. A later answer replaces it; the same once more changes nothing.

    `given_by` names the person, or the mailbox whose link was used. Raises Refused for a decline without a reason.
    """
    reason = reason.strip()
    if answer not in (Instruction.Answer.CONFIRMED, Instruction.Answer.DECLINED):
        raise Refused(f"'{answer}' is no answer. Send 'confirmed' or 'declined'.")
    if answer == Instruction.Answer.DECLINED and not reason:
        raise Refused("Say why you decline: the operator must find the capacity elsewhere.")
    if len(reason) > 500:
        raise Refused("Say it in at most 500 characters.")
    instruction = Instruction.objects.select_for_update().get(pk=instruction.pk)
    last = instruction.acknowledgements.last()
    if last is not None and (last.answer, last.reason, last.given_by) == (answer, reason, given_by):
        return last
    instruction.answer = answer
    instruction.save(update_fields=["answer"])
    record(by=by, verb="answer_instruction", subject=instruction, reason=reason, answer=answer, given_by=given_by)
    return Acknowledgement.objects.create(
        instruction=instruction, answer=answer, reason=reason, given_by=given_by[:200]
    )
