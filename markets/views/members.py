"""The people of a seller: who acts for it, in which role, and who is invited."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.views.generic import DetailView, FormView

from ..forms.company import InviteForm, RoleForm
from ..models import Invitation, Membership
from ..operations.invitations import invite_member, revoke_invitation
from ..operations.people import change_role, remove_member
from ..web.access import OwnerPage
from .answering import Answering, Button


class Members(Answering, OwnerPage, FormView):
    """Members and open invitations. A POST invites."""

    section = "company"
    help = "joining#your-people"
    market_path = ""
    template_name = "markets/company_members.html"
    form_class = InviteForm
    success_url = reverse_lazy("markets:company-members")

    def do(self, form: InviteForm) -> str:
        invitation = invite_member(seller=self.seller, by=self.person, **form.cleaned_data)
        return f"The invitation to {invitation.email} is on its way."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            place="members",
            members=self.own(Membership.objects.select_related("user").order_by("role", "user__email")),
            invitations=self.own(Invitation.objects.filter(accepted_at=None, revoked_at=None)),
            **kwargs,
        )


class OneMember(OwnerPage):
    """A membership of the seller by its key."""

    market_path = ""

    def get_queryset(self) -> QuerySet[Membership]:
        return self.own(Membership.objects.select_related("user"))


class Member(Answering, OneMember, DetailView):
    """One member. A POST changes the role."""

    section = "company"
    help = "joining#your-people"
    template_name = "markets/company_member.html"
    context_object_name = "member"
    success_url = reverse_lazy("markets:company-members")
    form_class = RoleForm

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.object.role}

    def post(self, *args: Any, **kwargs: Any) -> Any:
        self.object = self.get_object()
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def do(self, form: RoleForm) -> str:
        membership = change_role(membership=self.object, by=self.person, **form.cleaned_data)
        return f"{membership.user} is now {membership.get_role_display().lower()}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(place="members", **{"form": self.get_form()} | kwargs)


class MemberRemoval(Button, OneMember):
    """Ends a membership."""

    def press(self) -> str:
        membership = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        remove_member(membership=membership, by=self.person)
        return f"{membership.user} is no member any more."

    def onward(self) -> str:
        return reverse("markets:company-members")

    def back(self) -> str:
        return reverse("markets:company-member", args=[self.kwargs["pk"]])


class InvitationRevocation(Button, OwnerPage):
    """Takes an open invitation back."""

    def press(self) -> str:
        invitation = get_object_or_404(self.own(Invitation.objects.all()), pk=self.kwargs["pk"])
        revoke_invitation(invitation=invitation, by=self.person)
        return f"The invitation to {invitation.email} is taken back: its link works no more."

    def onward(self) -> str:
        return reverse("markets:company-members")


class InvitationRenewal(Button, OwnerPage):
    """Sends an open invitation again."""

    def press(self) -> str:
        still_open = self.own(Invitation.objects.filter(accepted_at=None, revoked_at=None))
        invitation = get_object_or_404(still_open, pk=self.kwargs["pk"])
        invite_member(seller=self.seller, email=invitation.email, role=invitation.role, by=self.person)
        return f"The invitation to {invitation.email} is on its way again."

    def onward(self) -> str:
        return reverse("markets:company-members")
