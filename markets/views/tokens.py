"""Tokens of a seller's own systems: an owner makes them, sees each once, and revokes them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.views.generic import DetailView, FormView

from ..forms import show_refusal
from ..forms.tokens import TokenForm
from ..models import Token
from ..operations.tokens import make_sellers_token, revoke_token
from ..problems import Refused
from ..web.access import OwnerPage
from .answering import Button, TypedAgain


class Tokens(TypedAgain, OwnerPage, FormView):
    """The tokens, and a form for another. The answer to the form alone shows the new token's secret: it is kept nowhere."""

    section = "company"
    help = "joining#your-system"
    market_path = ""
    template_name = "markets/company_tokens.html"
    form_class = TokenForm
    success_url = reverse_lazy("markets:company-tokens")

    def form_valid(self, form: TokenForm) -> HttpResponse:
        try:
            token, whole = make_sellers_token(seller=self.seller, by=self.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
            return self.form_invalid(form)
        shown = self.get_context_data(form=self.form_class(), made=token, whole=whole)
        return self.render_to_response(shown, headers={"Cache-Control": "no-store"})

    def form_invalid(self, form: TokenForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tokens = self.own(Token.objects.select_related("created_by").order_by("-pk"))
        return super().get_context_data(
            place="tokens",
            standing=tokens.filter(revoked_at=None),
            revoked=tokens.exclude(revoked_at=None),
            **kwargs,
        )


class _OneToken(OwnerPage):
    section = "company"
    help = "joining#your-system"
    market_path = ""

    def get_queryset(self) -> QuerySet[Token]:
        return self.own(Token.objects.all())


class TokenPage(_OneToken, DetailView):
    """Asks whether a token is really to be revoked."""

    template_name = "markets/company_token.html"
    context_object_name = "token"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(place="tokens", **kwargs)


class TokenRevocation(Button, _OneToken):
    """Revokes a token."""

    def press(self) -> str:
        token = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        revoke_token(token=token, by=self.person, reason="by its owner")
        return f"'{token.name}' is revoked: every call with it is refused from now on."

    def onward(self) -> str:
        return reverse("markets:company-tokens")
