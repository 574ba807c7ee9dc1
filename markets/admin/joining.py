"""Joining: who asked, who is invited, who is let into which market, and whose account an operator is asked about."""

from typing import Any

from django import forms
from django.contrib import admin
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminSelectWidget

from ..models import AccountLink, Admission, Invitation, JoiningRequest, Market, Seller, User
from ..operations import account_links, admissions, invitations, joining
from .acting import WithReason, operation
from .columns import state
from .noun import Noun


@admin.register(JoiningRequest)
class JoiningRequestAdmin(Noun):
    list_display = ("company", "standing", "name", "email", "phone", "asked_at")
    list_filter = ("status",)
    search_fields = ("company", "company_number", "name", "email")
    date_hierarchy = "asked_at"
    actions_detail = ("invite", "decline")
    standing = state()

    @operation(
        "Invite",
        consequence="The person receives an email with a link, and becomes the company's owner by accepting.",
        when=lambda request: request.status != JoiningRequest.Status.INVITED,
        icon="mail",
        variant=ActionVariant.PRIMARY,
    )
    def invite(self, by: User, request: JoiningRequest) -> str:
        seller = joining.invite_asked(request=request, by=by)
        return f"{seller} is invited: the email to {request.email} is on its way."

    @operation(
        "Decline",
        consequence="The reason is written to the person, in your words.",
        form=WithReason,
        when=lambda request: request.status == JoiningRequest.Status.ASKED,
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def decline(self, by: User, request: JoiningRequest, reason: str) -> str:
        joining.decline_asked(request=request, reason=reason, by=by)
        return f"{request.company} is declined, and told why."


@admin.register(Invitation)
class InvitationAdmin(Noun):
    list_display = ("email", "seller", "role", "invited_by", "invited_at", "expires_at", "accepted_at", "revoked_at")
    list_select_related = ("seller",)
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter), ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("email", "seller__name", "invited_by")
    date_hierarchy = "invited_at"
    actions_detail = ("send_again", "revoke")

    @operation(
        "Send again",
        consequence="The person receives the email once more; its link works for 14 days from now.",
        when=lambda invitation: not (invitation.accepted_at or invitation.revoked_at),
        icon="forward_to_inbox",
    )
    def send_again(self, by: User, invitation: Invitation) -> str:
        invitations.invite_member(seller=invitation.seller, email=invitation.email, role=invitation.role, by=by)
        return f"The email to {invitation.email} is on its way again."

    @operation(
        "Take back",
        consequence="The link stops working at once.",
        when=lambda invitation: not (invitation.accepted_at or invitation.revoked_at),
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def revoke(self, by: User, invitation: Invitation) -> str:
        invitations.revoke_invitation(invitation=invitation, by=by)
        return f"The invitation to {invitation.email} is taken back."


@admin.register(Admission)
class AdmissionAdmin(Noun):
    list_display = ("seller", "market", "wave", "admitted_at", "accepted_at", "accepted_by")
    list_select_related = ("seller", "market", "accepted_by")
    list_filter = ("market", "wave", ("accepted_at", admin.EmptyFieldListFilter))
    search_fields = ("seller__name", "market__name")


@admin.register(AccountLink)
class AccountLinkAdmin(Noun):
    list_display = ("account", "operator", "seller", "standing", "asked_at", "decided_at")
    list_select_related = ("operator", "seller")
    list_filter = ("operator", "status")
    search_fields = ("account", "seller__name")
    actions_detail = ("link", "refuse")
    standing = state()

    @operation(
        "Linked by the operator",
        consequence="The operator confirmed that the account is this seller's: its name will reach this seller.",
        when=lambda link: link.status == AccountLink.Status.ASKED,
        icon="link",
        variant=ActionVariant.PRIMARY,
    )
    def link(self, by: User, link: AccountLink) -> str:
        account_links.link_account(link=link, by=by)
        return f"{link.operator} knows {link.seller} as '{link.account}'."

    @operation(
        "Refuse",
        consequence="The seller reads the reason.",
        form=WithReason,
        when=lambda link: link.status == AccountLink.Status.ASKED,
        icon="link_off",
        variant=ActionVariant.DANGER,
    )
    def refuse(self, by: User, link: AccountLink, reason: str) -> str:
        account_links.refuse_account_link(link=link, reason=reason, by=by)
        return f"{link.seller} is told that '{link.account}' is not linked."


class AdmitForm(BaseDialogForm):
    """Whom to let in, and with which of the stages."""

    sellers = forms.ModelMultipleChoiceField(
        Seller.objects.filter(stand_in=None), widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 10})
    )
    wave = forms.ChoiceField(choices=Admission.Wave.choices, widget=UnfoldAdminSelectWidget)


class Stages:
    """The actions of a market that open it, stage by stage: mixed into the market's page."""

    @operation(
        "Open to the next stage",
        consequence="From pilot sellers to all who are invited, and then to everyone in the area. It can't be closed again.",
        when=lambda market: bool(admissions.next_stage(market)),
        icon="lock_open",
    )
    def open_further(self, by: User, market: Market) -> str:
        moved = admissions.move_stage(market=market, stage=admissions.next_stage(market), by=by)
        return f"{moved} is now open to: {moved.get_stage_display().lower()}."

    @operation(
        "Admit sellers",
        consequence="They see the market as soon as its stage takes their wave in, and say themselves that they take part.",
        form=AdmitForm,
        icon="group_add",
    )
    def admit(self, by: User, market: Market, sellers: Any, wave: str) -> str:
        admitted = admissions.admit(market=market, sellers=sellers, wave=wave, by=by)
        return f"Admitted to {market}: {', '.join(str(admission.seller) for admission in admitted)}."
