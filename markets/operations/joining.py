"""A company that nobody invited asks to join; customer success invites it, or says why not."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .. import emails
from ..models import JoiningRequest, Seller
from ..problems import Refused, RowProblem
from ..rules.company import company_number as tidy
from ..rules.company import company_number_problem, phone_problem
from . import mail
from .invitations import address_of
from .journal import By, record
from .people import invite_seller

MOST_AN_HOUR = 60
"""Requests from outside: more than customer success could read is no demand but a machine."""


class TooManyAsk(Refused):
    """More companies asked in the last hour than is likely."""

    status = 429


@transaction.atomic
def ask_to_join(
    *, company: str, name: str, email: str, by: By, company_number: str = "", phone: str = "", message: str = ""
) -> JoiningRequest:
    """Keeps the request for customer success. While one of the same person waits, asking again changes nothing.

    Raises Refused with one problem per field, and TooManyAsk.
    """
    number = tidy(company_number)
    problems = [
        RowProblem(0, column, value, reason)
        for column, value, reason in (
            ("company_number", number, company_number_problem(number)),
            ("phone", phone, phone_problem(phone)),
        )
        if reason
    ]
    if problems:
        raise Refused("Please look at the fields below again.", problems)
    if JoiningRequest.objects.filter(asked_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise TooManyAsk("Very many companies are asking at this moment. Please send this form again in an hour.")
    asked, is_new = JoiningRequest.objects.get_or_create(
        email__iexact=address_of(email),
        status=JoiningRequest.Status.ASKED,
        defaults={
            "email": address_of(email),
            "company": " ".join(company.split()),
            "company_number": number,
            "name": name.strip(),
            "phone": phone.strip(),
            "message": message.strip(),
        },
    )
    if is_new:
        record(by=by, verb="ask_to_join", subject=asked)
    return asked


@transaction.atomic
def invite_asked(*, request: JoiningRequest, by: By) -> Seller:
    """Invites the company that asked, with the person as its owner. Raises Refused where the company is here already."""
    request = _undecided(request)
    there = Seller.objects.filter(name__iexact=request.company).first()
    if there is not None and there.memberships.exists():
        raise Refused(
            f"{there} has members here already. Tell {request.name} to ask one of its owners for an invitation, and decline."
        )
    seller = invite_seller(
        name=request.company, email=request.email, company_number=request.company_number, phone=request.phone, by=by
    )
    _decide(request, JoiningRequest.Status.INVITED, seller=seller)
    record(by=by, verb="invite_asked", subject=request, seller=seller.name)
    return seller


@transaction.atomic
def decline_asked(*, request: JoiningRequest, reason: str, by: By) -> JoiningRequest:
    """Says no, and writes the reason to whoever asked. It can still be invited later."""
    request = _undecided(request)
    if request.status == JoiningRequest.Status.DECLINED:
        raise Refused(f"{request.company} was declined already.")
    if not reason.strip():
        raise Refused("Say why: the reason is written to whoever asked.")
    _decide(request, JoiningRequest.Status.DECLINED, reason=reason.strip())
    mail.queue([emails.declined(request=request)])
    record(by=by, verb="decline_asked", subject=request, reason=reason)
    return request


def _undecided(request: JoiningRequest) -> JoiningRequest:
    request = JoiningRequest.objects.select_for_update().get(pk=request.pk)
    if request.status == JoiningRequest.Status.INVITED:
        raise Refused(f"{request.company} is invited already.")
    return request


def _decide(request: JoiningRequest, status: str, **facts: object) -> None:
    request.status, request.decided_at = status, timezone.now()
    for field, value in facts.items():
        setattr(request, field, value)
    request.save(update_fields=["status", "decided_at", *facts])
