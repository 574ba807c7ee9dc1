"""Dispatch contacts: mailboxes for instructions, per market. Each counts once its test message has been confirmed."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .. import emails
from ..models import Contract, DispatchContact, Market, Seller
from ..problems import Refused, RowProblem
from ..rules.company import phone_problem
from . import mail
from .admissions import heard
from .invitations import address_of
from .journal import By, record
from .links import BadLink, link, read_link

PAGE = "markets:contact-test"
LINK_LASTS = timedelta(days=14)
PAUSE = timedelta(minutes=1)
"""Between two test messages to one mailbox."""


@transaction.atomic
def add_dispatch_contact(
    *, seller: Seller, market: Market, email: str, by: By, name: str = "", phone: str = ""
) -> DispatchContact:
    """Adds a mailbox for instructions and sends it a test message, where the seller takes part in the market.

    One that is there already stays as it is. Raises Refused where the email or the phone is none.
    """
    email = _checked(email, phone)
    contact, is_new = DispatchContact.objects.get_or_create(
        seller=seller, market=market, email=email, defaults={"name": name, "phone": phone}
    )
    if is_new:
        record(by=by, verb="add_dispatch_contact", subject=seller, market=market.key, email=email)
        if heard(market, [seller]):
            _send_test(contact)
    return contact


@transaction.atomic
def change_dispatch_contact(
    *, contact: DispatchContact, email: str, by: By, name: str = "", phone: str = ""
) -> DispatchContact:
    """Gives a contact another name, phone or address. Another address counts once its own test is confirmed.

    Raises Refused where that would leave contracts without a verified mailbox.
    """
    email = _checked(email, phone)
    contact = _locked(contact)
    moved = email != contact.email
    if moved:
        if contact.seller.dispatch_contacts.filter(market=contact.market, email__iexact=email).exists():
            raise Refused(
                f"{email} is a contact of this market already.", [RowProblem(0, "email", email, "It is there.")]
            )
        _keeps_a_mailbox(
            contact, "Add the new address as a further contact and confirm its test; then remove this one."
        )
        contact.email, contact.verified_at, contact.test_sent_at = email, None, None
    contact.name, contact.phone = name, phone
    contact.save()
    record(by=by, verb="change_dispatch_contact", subject=contact.seller, market=contact.market.key, email=email)
    if moved and heard(contact.market, [contact.seller]):
        _send_test(contact)
    return contact


@transaction.atomic
def send_contact_test(*, contact: DispatchContact, by: By) -> DispatchContact:
    """Sends the mailbox a test message with a button. Raises Refused right after another one."""
    contact = _locked(contact)
    if not heard(contact.market, [contact.seller]):
        raise Refused(f"Take part in {contact.market} first: until then nothing of it reaches a mailbox of yours.")
    if contact.test_sent_at and contact.test_sent_at > timezone.now() - PAUSE:
        raise Refused("A test message left less than a minute ago. Look into the mailbox and its spam folder first.")
    _send_test(contact)
    record(by=by, verb="send_contact_test", subject=contact.seller, market=contact.market.key, email=contact.email)
    return contact


def read_contact_link(token: str) -> DispatchContact:
    """The contact behind the link of a test message. Changes nothing. Raises BadLink."""
    key, email = read_link(PAGE, token, lasts=LINK_LASTS)
    contact = DispatchContact.objects.select_related("seller", "market__operator").filter(pk=key, email=email).first()
    if contact is None:
        raise BadLink("This mailbox is no dispatch contact any more: it was removed, or its address was changed.")
    return contact


@transaction.atomic
def verify_dispatch_contact(*, contact: DispatchContact, by: By) -> DispatchContact:
    """The test message was confirmed: someone reads this mailbox. Raises BadLink where it is another one by now."""
    email, contact = contact.email, _locked(contact)
    if contact.email != email:
        raise BadLink(
            "The address of this contact was changed meanwhile: confirm the test message sent to the new one."
        )
    if contact.verified_at is None:
        contact.verified_at = timezone.now()
        contact.save(update_fields=["verified_at"])
        record(by=by, verb="verify_dispatch_contact", subject=contact.seller, email=contact.email)
    return contact


@transaction.atomic
def remove_dispatch_contact(*, contact: DispatchContact, by: By) -> None:
    """Sends nothing there any more. Raises Refused where contracts would be left without a verified mailbox."""
    contact = _locked(contact)
    _keeps_a_mailbox(contact, "Add another contact and confirm its test first.")
    record(
        by=by, verb="remove_dispatch_contact", subject=contact.seller, market=contact.market.key, email=contact.email
    )
    contact.delete()


def _checked(email: str, phone: str) -> str:
    try:
        email = address_of(email)
    except Refused as refused:
        reason = "Give an email address that is read at all hours of your windows, for example dispatch@example.com."
        raise Refused(reason, [RowProblem(0, "email", email, reason)]) from refused
    if reason := phone_problem(phone):
        raise Refused(reason, [RowProblem(0, "phone", phone, reason)])
    return email


def _locked(contact: DispatchContact) -> DispatchContact:
    """The contact, behind its seller's lock: of two removed at once the second sees that it is the last."""
    Seller.objects.select_for_update(no_key=True).get(pk=contact.seller_id)
    found = DispatchContact.objects.select_related("seller", "market__operator").filter(pk=contact.pk).first()
    if found is None:
        raise BadLink("This contact was removed meanwhile. Nothing is sent to it any more.")
    return found


def _keeps_a_mailbox(contact: DispatchContact, instead: str) -> None:
    """While something is still to be delivered, one verified mailbox stays."""
    if contact.verified_at is None:
        return
    others = DispatchContact.objects.filter(seller=contact.seller, market=contact.market, verified_at__isnull=False)
    if others.exclude(pk=contact.pk).exists():
        return
    today = contact.market.now().date()
    if Contract.objects.filter(
        seller=contact.seller, market=contact.market, bid__competition__last_day__gte=today
    ).exists():
        raise Refused(
            f"{contact.email} is the only verified mailbox for your contracts in {contact.market}: without it no "
            f"instruction would reach you. {instead}"
        )


def _send_test(contact: DispatchContact) -> None:
    mail.queue([emails.contact_test(contact=contact, link=link(PAGE, contact.pk, contact.email))])
    contact.test_sent_at = timezone.now()
    contact.save(update_fields=["test_sent_at"])
