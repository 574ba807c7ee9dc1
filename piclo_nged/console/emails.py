"""Every email that we send, as its reader sees it: customer success looks here before somebody asks on the telephone."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from .email_examples import EXAMPLES


class EmailPreview(View):
    """All kinds, and the chosen one as HTML, text, entry for the calendar and headers. Nothing is sent."""

    console: Any = None

    def get(self, request: HttpRequest, key: str = "start") -> HttpResponse:
        if key not in EXAMPLES:
            raise Http404(f"There is no email {key}.")
        chosen = EXAMPLES[key]
        context = {"title": "Emails", "examples": EXAMPLES.values(), "chosen": chosen, "mail": chosen.mail}
        return render(request, "admin/emails.html", self.console.each_context(request) | context)
