"""What a seller is told to do: the list, one instruction with its answer, and the answer by the email's signed link."""

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView, ListView, TemplateView

from markets.problems import Refused
from markets.web.access import BehindLink, SellerPage, TraderPage
from markets.web.lists import FilteredList

from .forms import AnswerForm
from .models import Instruction
from .operations import AnswerLink, answer_instruction, read_answer_token


class InstructionFilter(django_filters.FilterSet):
    """By what is still owed."""

    answer = django_filters.ChoiceFilter(label="Answer", choices=Instruction.Answer, empty_label="All instructions")

    class Meta:
        model = Instruction
        fields: list[str] = []


class InstructionList(FilteredList, SellerPage, ListView):
    """All instructions of the seller, the latest first."""

    section = "instructions"
    help = "dispatch#instructions"
    template_name = "dispatch/instructions.html"
    filterset_class = InstructionFilter

    def get_queryset(self) -> QuerySet[Instruction]:
        return self.filtered(self.own(Instruction.objects.select_related("trigger", "market__operator")))


class InstructionPage(TraderPage, DetailView):
    """One instruction: what to do, whom the email reached, and the answer. A POST answers."""

    section = "instructions"
    help = "dispatch#answering"
    template_name = "dispatch/instruction.html"
    slug_field = slug_url_kwarg = "reference"
    object: Instruction

    def get_queryset(self) -> QuerySet[Instruction]:
        rows = Instruction.objects.select_related(
            "trigger", "market__operator", "match__contract__bid", "match__window"
        )
        return self.own(rows)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = AnswerForm(request.POST)
        if _answered(self.object, form, given_by=self.person.email, by=self.person):
            messages.success(request, f"Your answer to {self.object} is kept.")
            return redirect("dispatch:instruction", self.object.reference)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {
            "form": AnswerForm(self.typed),
            "notices": self.object.notices.select_related("mail"),
            "answers": self.object.acknowledgements.all(),
        }
        return super().get_context_data(**shown | kwargs)


class AnswerByLink(BehindLink, TemplateView):
    """The email's signed link, without sign-in. A GET only shows, since scanners of mail open links; a POST answers."""

    help = "dispatch#answering"
    template_name = "dispatch/answer.html"
    bad_link_template = "dispatch/bad_link.html"
    found: AnswerLink

    def read(self, token: str) -> AnswerLink:
        return read_answer_token(token)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = AnswerForm(request.POST)
        mailbox = self.found.mailbox
        if _answered(self.found.instruction, form, given_by=mailbox, by=f"link sent to {mailbox}"):
            return redirect("dispatch:answer", kwargs["token"])
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        instruction = self.found.instruction
        shown = {
            "object": instruction,
            "mailbox": self.found.mailbox,
            "form": AnswerForm(),
            "answers": instruction.acknowledgements.all(),
            "mock_markets": self.mock_markets([instruction]),
        }
        return super().get_context_data(**shown | kwargs)


def _answered(instruction: Instruction, form: AnswerForm, *, given_by: str, by: Any) -> bool:
    """Whether the answer was kept; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        answer_instruction(instruction=instruction, given_by=given_by, by=by, **form.cleaned_data)
    except Refused as refused:
        form.add_error("reason", str(refused))
        return False
    return True
