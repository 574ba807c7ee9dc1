"""Invitations: a person is asked by an emailed link to act for a seller, and by accepting becomes its member."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from .. import emails
from ..models import Invitation, Membership, Seller, User
from ..problems import Refused
from . import mail
from .journal import By, actor_name, record, user_of
from .links import BadLink, link, read_link

PAGE = "markets:invitation"
LASTS = timedelta(days=14)


class InvitationOver(BadLink):
    """The invitation was accepted, taken back, or not accepted in time."""

    status = 410


class AnotherPerson(Refused):
    """The invited person has an account: only they may accept, signed in as themselves."""

    status = 409


def address_of(typed: str) -> str:
    """An email address as it is stored. Raises Refused where it is none."""
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(f"'{typed}' is no email address. Give the address of the person to be invited.") from error
    return email


@transaction.atomic
def invite_member(*, seller: Seller, email: str, role: str, by: By) -> Invitation:
    """Writes to a person how to join the seller. Invited again, the same invitation counts anew, with the new role.

    Raises Refused where the email is none, or belongs to a member already.
    """
    email = address_of(email)
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)  # invited twice at once is invited once
    member = seller.memberships.filter(user__email__iexact=email).first()
    if member is not None:
        raise Refused(
            f"{email} is a member of {seller} already ({member.get_role_display().lower()}). They can sign in, and have "
            "a new password sent if they forgot theirs."
        )
    invitation = seller.invitations.filter(email__iexact=email, accepted_at=None, revoked_at=None).first()
    is_new = invitation is None
    invitation = invitation or Invitation(seller=seller, email=email)
    invitation.role, invitation.invited_by = role, actor_name(by)
    invitation.expires_at = timezone.now() + LASTS
    invitation.save()
    known = User.objects.filter(email__iexact=email).exists()
    mail.queue([emails.invitation(invitation=invitation, link=link(PAGE, invitation.pk), has_account=known)])
    record(by=by, verb="invite_member", subject=seller, email=email, role=str(role), new=is_new)
    return invitation


def read_invitation(token: str) -> Invitation:
    """The open invitation behind a link. Changes nothing. Raises BadLink, InvitationOver."""
    [key] = read_link(PAGE, token)
    invitation = Invitation.objects.select_related("seller").filter(pk=key).first()
    if invitation is None:
        raise BadLink("This invitation is not there any more. Ask whoever invited you to invite you again.")
    _still_open(invitation)
    return invitation


def _still_open(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise InvitationOver(f"This invitation is accepted already. Sign in as {invitation.email}.")
    if invitation.revoked_at:
        raise InvitationOver(f"This invitation was taken back. Ask {invitation.invited_by} if you think that is wrong.")
    if invitation.expires_at <= timezone.now():
        raise InvitationOver(f"This invitation has expired. Ask {invitation.invited_by} to invite you again.")


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by: By, name: str = "", password: str | None = None) -> Membership:
    """The invited person becomes a member: with a new account, or as `by`, who is signed in as that person.

    Without `password` a new account has none until its owner has one sent. Raises InvitationOver, AnotherPerson.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("seller").get(pk=invitation.pk)
    _still_open(invitation)
    user = User.objects.filter(email__iexact=invitation.email).first()
    if user is None:
        user = _new_user(invitation, name, password)
    elif user != user_of(by):
        raise _another_person(invitation)
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)  # the link came to this mailbox
    membership, _ = Membership.objects.get_or_create(
        seller=invitation.seller, user=user, defaults={"role": invitation.role}
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record(by=user, verb="accept_invitation", subject=invitation.seller, role=str(membership.role))
    return membership


def _new_user(invitation: Invitation, name: str, password: str | None) -> User:
    first_name, _, last_name = " ".join(name.split()).partition(" ")
    try:
        with transaction.atomic():
            return User.objects.create_user(invitation.email, password, first_name=first_name, last_name=last_name)
    except IntegrityError as error:  # a second invitation of the same person was accepted at this very moment
        raise _another_person(invitation) from error


def _another_person(invitation: Invitation) -> AnotherPerson:
    return AnotherPerson(
        f"There is an account for {invitation.email} already. Sign in as {invitation.email} to accept."
    )


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: By) -> Invitation:
    """Takes an open invitation back: its link stops working at once. Raises InvitationOver where it was accepted."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("seller").get(pk=invitation.pk)
    if invitation.accepted_at:
        raise InvitationOver(f"{invitation.email} has accepted already. Remove the member instead.")
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record(by=by, verb="revoke_invitation", subject=invitation.seller, email=invitation.email)
    return invitation
