"""Addresses of a seller's own systems, called with each instruction beside the emails: an owner adds, tests, ends them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.views.generic import DetailView, FormView

from ..forms import show_refusal
from ..forms.webhooks import WebhookForm
from ..models import Webhook, WebhookCall
from ..operations import webhooks
from ..problems import Refused
from ..web.access import OwnerPage
from .answering import Button, TypedAgain

LATEST = 20
NEVER_KEPT = {"Cache-Control": "no-store"}


class Webhooks(TypedAgain, OwnerPage, FormView):
    """The addresses, and a form for another. The answer to the form alone shows the new secret: no page shows it again."""

    section = "company"
    help = "dispatch#your-own-system"
    market_path = ""
    template_name = "markets/company_webhooks.html"
    form_class = WebhookForm
    success_url = reverse_lazy("markets:company-webhooks")

    def form_valid(self, form: WebhookForm) -> HttpResponse:
        try:
            made, secret = webhooks.add_sellers_webhook(seller=self.seller, by=self.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
            return self.form_invalid(form)
        shown = self.get_context_data(form=self.form_class(), made=made, secret=secret)
        return self.render_to_response(shown, headers=NEVER_KEPT)

    def form_invalid(self, form: WebhookForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = self.own(Webhook.objects.order_by("pk"))
        return super().get_context_data(place="webhooks", webhooks=own, **kwargs)


class _OneWebhook(OwnerPage):
    section = "company"
    help = "dispatch#your-own-system"
    market_path = ""

    def get_queryset(self) -> QuerySet[Webhook]:
        return self.own(Webhook.objects.all())

    @property
    def webhook(self) -> Webhook:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def onward(self) -> str:
        return reverse("markets:company-webhook", args=[self.kwargs["pk"]])


class WebhookPage(_OneWebhook, DetailView):
    """One address with its latest calls, and what an owner may do."""

    template_name = "markets/company_webhook.html"
    context_object_name = "webhook"
    object: Webhook

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        calls = list(self.object.calls.select_related("market")[:LATEST])
        waits = any(call.status == WebhookCall.Status.READY for call in calls)
        return super().get_context_data(place="webhooks", calls=calls, waits=waits, **kwargs)


class WebhookSecret(WebhookPage):
    """A new secret, shown in the answer to the button alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        secret = webhooks.change_secret(webhook=self.webhook, by=self.person)
        self.object = self.webhook
        return self.render_to_response(self.get_context_data(secret=secret), headers=NEVER_KEPT)


class WebhookTest(_OneWebhook, Button):
    """Calls the address with an event that asks for nothing."""

    def press(self) -> str:
        webhooks.call_as_test(webhook=self.webhook, by=self.person)
        return "The test is on its way. What came back stands below in a moment."


class WebhookStart(_OneWebhook, Button):
    """Calls an address again that had said it is gone."""

    def press(self) -> str:
        return f"{webhooks.start_webhook(webhook=self.webhook, by=self.person)} is called again."


class WebhookRemoval(_OneWebhook, Button):
    """Ends a webhook."""

    def press(self) -> str:
        webhook = self.webhook
        webhooks.remove_webhook(webhook=webhook, by=self.person)
        return f"{webhook} is called no more. The emails come as before."

    def onward(self) -> str:
        return reverse("markets:company-webhooks")
