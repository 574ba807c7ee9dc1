"""Test parties on the sellers' pages: yes to an invitation, and notes about any page."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import FormView, View

from ..forms.notes import NoteForm
from ..models import Admission, TestParty
from ..operations.notes import leave_note
from ..operations.parties import join_party
from ..problems import Refused
from ..web.access import SellerPage, TraderPage
from .answering import TypedAgain


class PartyAcceptance(TraderPage, View):
    """POST: the seller takes part in the party to which it is invited."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, pk: int, **kwargs: Any) -> HttpResponse:
        invitations = self.own(Admission.objects.select_related("market"))
        admission = get_object_or_404(invitations, market__test_party=pk)
        try:
            join_party(admission=admission, by=self.person)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request,
                f"You take part in {admission.market}. Its competitions are among the others, marked as mock; "
                "all your assets qualify there. Please leave a note wherever a page makes you hesitate.",
            )
        return redirect("home")


class NoteLeaving(TypedAgain, SellerPage, FormView):
    """POST: a note about the page on which the form stood; then back to it. A GET shows one that was not sent."""

    help = "joining#test-parties"
    template_name = "markets/note.html"
    form_class = NoteForm
    market_path = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.typed else redirect("home")

    def form_valid(self, form: NoteForm) -> HttpResponse:
        party = TestParty.objects.under_way().taken_part_in_by(self.seller).defer("source").first()
        if party is None:
            raise Http404("This seller takes part in no test party.")
        page, text = form.cleaned_data["page"], form.cleaned_data["text"]
        leave_note(party=party, seller=self.seller, page=page, text=text, by=self.person)
        messages.success(self.request, "Thank you: your note is kept with this page. We will tell you what came of it.")
        return redirect(page)

    def form_invalid(self, form: NoteForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
