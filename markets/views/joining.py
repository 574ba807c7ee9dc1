"""The doors for those who are not in yet: asking to join, the invitation's link, and the link of a mailbox's test."""

from typing import Any

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.views.generic import FormView, TemplateView

from ..forms import show_refusal
from ..forms.joining import AcceptForm, JoinForm
from ..models import DispatchContact, Invitation, Membership, User
from ..operations.contacts import read_contact_link, verify_dispatch_contact
from ..operations.invitations import accept_invitation, read_invitation
from ..operations.joining import ask_to_join
from ..problems import Refused
from ..web.access import CHOSEN_SELLER, BehindLink, Page


class Join(Page, FormView):
    """A company asks to join. Every answer is the same, whoever is known already."""

    help = "joining#asking-to-join"
    template_name = "markets/join.html"
    form_class = JoinForm
    success_url = reverse_lazy("markets:join-sent")

    def form_valid(self, form: JoinForm) -> HttpResponse:
        try:
            ask_to_join(by="page of joining", **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
            return self.form_invalid(form)
        return redirect(self.get_success_url())

    def form_invalid(self, form: JoinForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class JoinSent(Page, TemplateView):
    help = "joining#asking-to-join"
    template_name = "markets/join_sent.html"


class InvitationPage(BehindLink, FormView):
    """Who invites to what; a new person gives a name and a password, one with an account signs in and accepts."""

    help = "joining#from-invitation-to-first-bid"
    template_name = "markets/invitation.html"
    form_class = AcceptForm
    found: Invitation

    def read(self, token: str) -> Invitation:
        return read_invitation(token)

    @property
    def visitor(self) -> str:
        """Who is in front of the page: `new`, `known` (must sign in), `invited` (is signed in) or `other`."""
        if self.request.user.is_authenticated:
            return "invited" if self.request.user.email.lower() == self.found.email else "other"
        return "known" if User.objects.filter(email__iexact=self.found.email).exists() else "new"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"email": self.found.email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sign_in = f"{reverse('account_login')}?next={self.request.path}"
        return super().get_context_data(
            invitation=self.found, seller=self.found.seller, visitor=self.visitor, sign_in=sign_in, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visitor = self.visitor
        if visitor == "new":
            return super().post(request, *args, **kwargs)
        if visitor == "invited":
            accept_invitation(invitation=self.found, by=request.user)  # type: ignore[arg-type]
            return self.welcomed(redirect("markets:company"))
        return self.get(request, *args, **kwargs)  # the page says who must sign in

    def form_valid(self, form: AcceptForm) -> HttpResponse:
        try:
            membership = accept_invitation(invitation=self.found, by=self.found.email, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
            return self.form_invalid(form)
        return self.welcomed(self.signed_in(membership))

    def form_invalid(self, form: AcceptForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def signed_in(self, membership: Membership) -> HttpResponse:
        answer: HttpResponse = perform_login(self.request, membership.user, redirect_url=reverse("markets:company"))
        return answer

    def welcomed(self, answer: HttpResponse) -> HttpResponse:
        """From here on the session is for the seller that invited."""
        self.request.session[CHOSEN_SELLER] = self.found.seller_id
        return answer


class ContactTest(BehindLink, TemplateView):
    """The button of a test message, for people without an account too. A GET only shows; a POST confirms."""

    help = "dispatch#a-mailbox-that-someone-reads"
    template_name = "markets/contact_test.html"
    found: DispatchContact

    def read(self, token: str) -> DispatchContact:
        return read_contact_link(token)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verify_dispatch_contact(contact=self.found, by=f"test message to {self.found.email}")
        return redirect("markets:contact-test", kwargs["token"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {"contact": self.found, "mock_markets": self.mock_markets([self.found])}
        return super().get_context_data(**shown | kwargs)
