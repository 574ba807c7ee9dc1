"""A file of NGED, brought in by hand: check it, read what is wrong line by line, then keep it.

To check is to do it and roll it back, so the check is never another one. The file stays in the browser between
the two steps; a digest makes sure that what is kept is what was checked.
"""

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from markets.admin.acting import onward, person
from markets.models import Market

from .intake import KINDS, Outcome, take_in

LARGEST_BYTES = 50_000_000
SHOWN_PROBLEMS = 200


class NgedFileForm(forms.Form):
    """What the file is for, in which market, and the file."""

    kind = forms.ChoiceField(
        label="The file holds",
        choices=[(key, kind.label) for key, kind in KINDS.items()],
        widget=UnfoldAdminRadioSelectWidget,
        initial=next(iter(KINDS)),
    )
    market = forms.ModelChoiceField(Market.objects.filter(operator__key="nged"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(label="CSV file", widget=UnfoldAdminFileFieldWidget)

    def clean_file(self) -> Any:
        """Refuses what is too large to be one of NGED's files."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BYTES:
            raise ValidationError(f"The file has {file.size:,} bytes; at most {LARGEST_BYTES:,} are taken.")
        return file


class ImportNgedFile(View):
    """GET: the form. POST: what the file would do; with the digest of what was checked in `keep`, it is done."""

    console: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, NgedFileForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NgedFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form)
        kind, market, content = form.cleaned_data["kind"], form.cleaned_data["market"], form.cleaned_data["file"].read()
        digest = hashlib.sha256(f"{kind} {market.pk} ".encode() + content).hexdigest()
        keep = request.POST.get("keep") == digest
        outcome = take_in(kind, market, content, person(request), keep=keep)
        if keep and not outcome.stops:
            messages.success(request, f"Kept in {market}: {_in_words(outcome)}.")
            return onward(request, reverse(KINDS[kind].page))
        if keep and outcome.to_settle:
            messages.warning(request, f"Nothing of the file was kept. {_to_settle(outcome)} to be settled with NGED.")
            return onward(request, reverse("admin:markets_discrepancy_changelist"))
        return self._page(request, form, outcome=outcome, digest=digest, told=_in_words(outcome))

    def _page(self, request: HttpRequest, form: NgedFileForm, **more: Any) -> HttpResponse:
        context = self.console.each_context(request) | {"title": "Import NGED file", "form": form, **more}
        return render(request, "admin/nged_file.html", context | {"shown_problems": SHOWN_PROBLEMS})


def _to_settle(outcome: Outcome) -> str:
    count = outcome.to_settle
    return "1 difference waits" if count == 1 else f"{count:,} differences wait"


def _in_words(outcome: Outcome) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in outcome.told.items())
