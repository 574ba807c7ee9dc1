"""A seller names its account on the operator's own platform; customer success asks the operator, by hand."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from .. import emails
from ..models import AccountLink, Membership, Operator, Seller, SellerIdentity
from ..problems import Refused
from . import mail
from .journal import By, record
from .people import name_identity


@transaction.atomic
def ask_account_link(*, seller: Seller, operator: Operator, account: str, by: By) -> AccountLink:
    """Keeps which account is meant; the same again while it waits changes nothing.

    Raises Refused while another account of the seller waits, or where the account is linked already.
    """
    account = " ".join(account.split())
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)
    waiting = seller.account_links.filter(operator=operator, status=AccountLink.Status.ASKED).first()
    if waiting is not None:
        if waiting.account.lower() == account.lower():
            return waiting
        raise Refused(
            f"We are asking {operator} about '{waiting.account}'. Wait for the answer before you name another."
        )
    if seller.identities.filter(operator=operator, kind=SellerIdentity.Kind.ACCOUNT, name__iexact=account).exists():
        raise Refused(f"'{account}' is linked already: there is nothing more to do.")
    link = AccountLink.objects.create(seller=seller, operator=operator, account=account)
    record(by=by, verb="ask_account_link", subject=seller, operator=operator.key, account=account)
    return link


@transaction.atomic
def link_account(*, link: AccountLink, by: By) -> AccountLink:
    """The operator confirmed it: from now on the account's name means this seller, in its triggers too.

    Raises Refused where the name means another seller.
    """
    link = _asked(link)
    name_identity(
        seller=link.seller, operator=link.operator, kind=SellerIdentity.Kind.ACCOUNT, name=link.account, by=by
    )
    return _decided(link, AccountLink.Status.LINKED, "", by)


@transaction.atomic
def refuse_account_link(*, link: AccountLink, reason: str, by: By) -> AccountLink:
    """The operator does not know the account, or says it is another company's. The seller reads the reason."""
    if not reason.strip():
        raise Refused("Say why: the seller reads it.")
    return _decided(_asked(link), AccountLink.Status.REFUSED, reason.strip(), by)


def _asked(link: AccountLink) -> AccountLink:
    link = AccountLink.objects.select_for_update(of=("self",)).select_related("seller", "operator").get(pk=link.pk)
    if link.status != AccountLink.Status.ASKED:
        raise Refused(f"{link} is {link.get_status_display().lower()} already.")
    return link


def _decided(link: AccountLink, status: str, reason: str, by: By) -> AccountLink:
    link.status, link.reason, link.decided_at = status, reason, timezone.now()
    link.save(update_fields=["status", "reason", "decided_at"])
    mail.queue([emails.account_decided(link=link, email=email) for email in owners_of(link.seller)])
    record(
        by=by,
        verb="link_account" if status == AccountLink.Status.LINKED else "refuse_account_link",
        subject=link.seller,
        reason=reason,
        account=link.account,
    )
    return link


def owners_of(seller: Seller) -> Iterable[str]:
    """The addresses of those who answer for the seller."""
    owners = seller.memberships.filter(role=Membership.Role.OWNER).order_by("pk")
    return list(owners.values_list("user__email", flat=True))
