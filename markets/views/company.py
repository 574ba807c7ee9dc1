"""The seller's own company: what is missing until its first bid, its particulars, its agreement, its markets."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.views.generic import FormView, TemplateView

from ..forms.company import AccountForm, ProfileForm, SignForm
from ..models import Market, Operator
from ..operations.account_links import ask_account_link
from ..operations.agreements import has_signed, sign_agreement
from ..operations.people import describe_seller
from ..operations.taking_part import take_part
from ..rules import agreement
from ..web.access import OwnerPage, TraderPage
from ..web.checklist import checklist, markets_of, markets_to_accept, operators_of
from .answering import Answering, Button

TEXTS = "markets/agreement/{}.html"


class Company(OwnerPage, TemplateView):
    """What the company is here, and what it still needs."""

    section = "company"
    help = "joining#your-company-page"
    market_path = ""
    template_name = "markets/company.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            place="overview",
            seller=self.seller,
            checklist=checklist(self.seller),
            markets=markets_of(self.seller),
            to_accept=markets_to_accept(self.seller),
            **kwargs,
        )


class Profile(Answering, OwnerPage, FormView):
    """The company's particulars."""

    section = "company"
    help = "joining#your-company-page"
    market_path = ""
    template_name = "markets/company_profile.html"
    form_class = ProfileForm
    success_url = reverse_lazy("markets:company")

    def get_initial(self) -> dict[str, Any]:
        return {field: getattr(self.seller, field) for field in ("company_number", "address", "phone")}

    def do(self, form: ProfileForm) -> str:
        describe_seller(seller=self.seller, by=self.person, **form.cleaned_data)
        return "Your company's particulars are kept."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(place="profile", seller=self.seller, **kwargs)


class AgreementPage(Answering, OwnerPage, FormView):
    """The text of the current version, the signature, and what was signed before."""

    section = "company"
    help = "joining#the-agreement"
    market_path = ""
    template_name = "markets/company_agreement.html"
    form_class = SignForm
    success_url = reverse_lazy("markets:company-agreement")

    def get_initial(self) -> dict[str, Any]:
        return {"version": agreement.VERSION, "signatory": self.person.get_full_name()}

    def do(self, form: SignForm) -> str:
        given = form.cleaned_data
        signed = sign_agreement(
            seller=self.seller,
            version=given["version"],
            signatory=given["signatory"],
            position=given["position"],
            by=self.person,
        )
        return f"The agreement is signed: version {signed.version}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            place="agreement",
            version=agreement.VERSION,
            text=TEXTS.format(agreement.VERSION),
            is_signed=has_signed(self.seller),
            signed=self.seller.agreements.order_by("-signed_at"),
            **kwargs,
        )


class Account(Answering, TraderPage, FormView):
    """The account on the operator's own platform: named here, asked about by hand."""

    section = "company"
    help = "joining#your-account-at-nged"
    market_path = ""
    template_name = "markets/company_account.html"
    form_class = AccountForm
    success_url = reverse_lazy("markets:company-account")

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = operators_of(list(markets_of(self.seller).select_related("operator")))
        operators = Operator.objects.filter(pk__in=[operator.pk for operator in mine]).order_by("name")
        return super().get_form_kwargs() | {"operators": operators}

    def do(self, form: AccountForm) -> str:
        link = ask_account_link(seller=self.seller, by=self.person, **form.cleaned_data)
        return f"We ask {link.operator} about '{link.account}'. You hear from us by email."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            place="account",
            links=self.own(self.seller.account_links.select_related("operator")),
            identities=self.own(self.seller.identities.select_related("operator").order_by("operator", "kind", "name")),
            **kwargs,
        )


class TakePart(Button, TraderPage):
    """Yes to a market that is open to the seller."""

    def press(self) -> str:
        open_to_us = Market.objects.open_to(self.seller)
        market = get_object_or_404(open_to_us, pk=self.kwargs["pk"])
        take_part(market=market, seller=self.seller, by=self.person)
        return f"You take part in {market}. Now name a dispatch mailbox for it."

    def onward(self) -> str:
        return reverse("markets:company-contacts")
