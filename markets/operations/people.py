"""Joining: a seller is invited, signs the agreement, is verified, and says whom dispatch emails reach."""

from django.db import transaction
from django.utils import timezone

from .. import emails
from ..models import Agreement, DispatchContact, Market, Membership, Operator, Seller, SellerIdentity, User
from ..problems import Refused
from . import mail
from .journal import By, record


@transaction.atomic
def invite_seller(*, name: str, email: str, by: By, role: str = Membership.Role.OWNER) -> Seller:
    """Creates the seller (or adds a member to it) and writes to the person how to sign in.

    Raises Refused where the email is no address of one person.
    """
    if "@" not in email:
        raise Refused(f"'{email}' is no email address. Give the address of the person to be invited.")
    seller, is_new = Seller.objects.get_or_create(name=name)
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email)
    Membership.objects.get_or_create(seller=seller, user=user, defaults={"role": role})
    mail.queue([emails.invitation(seller=seller, email=user.email)])
    record(by=by, verb="invite_seller", subject=seller, email=user.email, new=is_new)
    return seller


@transaction.atomic
def verify_seller(*, seller: Seller, by: By) -> Seller:
    """Says that the company is who it claims to be. A verified seller stays verified."""
    seller = Seller.objects.select_for_update().get(pk=seller.pk)
    if seller.status != Seller.Status.VERIFIED:
        seller.status = Seller.Status.VERIFIED
        seller.save(update_fields=["status"])
        record(by=by, verb="verify_seller", subject=seller)
    return seller


@transaction.atomic
def suspend_seller(*, seller: Seller, by: By, reason: str) -> Seller:
    """Stops a verified seller from bidding until it is verified again."""
    seller = Seller.objects.select_for_update().get(pk=seller.pk)
    if seller.status != Seller.Status.VERIFIED:
        raise Refused(f"{seller} is {seller.get_status_display().lower()}: only a verified seller can be suspended.")
    seller.status = Seller.Status.SUSPENDED
    seller.save(update_fields=["status"])
    record(by=by, verb="suspend_seller", subject=seller, reason=reason)
    return seller


@transaction.atomic
def sign_agreement(*, seller: Seller, version: str, signatory: str, by: By) -> Agreement:
    """Keeps that a version of the standard agreement was signed. To sign the same version again changes nothing."""
    agreement, is_new = Agreement.objects.get_or_create(
        seller=seller, version=version, defaults={"signatory": signatory, "signed_at": timezone.now()}
    )
    if is_new:
        record(by=by, verb="sign_agreement", subject=seller, version=version, signatory=signatory)
    return agreement


@transaction.atomic
def name_identity(
    *, seller: Seller, operator: Operator, name: str, by: By, kind: str = SellerIdentity.Kind.COMPANY
) -> SellerIdentity:
    """Keeps a name by which the operator knows the seller. Raises Refused where it already means another seller."""
    known = (
        SellerIdentity.objects.filter(operator=operator, kind=kind, name__iexact=name).select_related("seller").first()
    )
    if known is None:
        known = SellerIdentity.objects.create(seller=seller, operator=operator, kind=kind, name=name)
        record(by=by, verb="name_identity", subject=seller, operator=operator.key, name=name)
    elif known.seller_id != seller.pk:
        raise Refused(f"{operator} already calls another seller '{name}'. Ask {operator} which one is meant.")
    return known


@transaction.atomic
def add_dispatch_contact(
    *, seller: Seller, market: Market, email: str, by: By, name: str = "", phone: str = ""
) -> DispatchContact:
    """Adds a mailbox for instructions. It counts once a test message has been confirmed."""
    contact, is_new = DispatchContact.objects.get_or_create(
        seller=seller, market=market, email=email.lower(), defaults={"name": name, "phone": phone}
    )
    if is_new:
        record(by=by, verb="add_dispatch_contact", subject=seller, market=market.key, email=contact.email)
    return contact


@transaction.atomic
def verify_dispatch_contact(*, contact: DispatchContact, by: By) -> DispatchContact:
    """The test message was confirmed: someone reads this mailbox."""
    if contact.verified_at is None:
        contact.verified_at = timezone.now()
        contact.save(update_fields=["verified_at"])
        record(by=by, verb="verify_dispatch_contact", subject=contact.seller, email=contact.email)
    return contact
