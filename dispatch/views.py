"""What a seller is told to do: the list, one instruction with its answer, and the answer by the email's signed link."""

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import DetailView, ListView, TemplateView

from markets.problems import Refused
from markets.web.access import BehindLink, SellerPage, TraderPage
from markets.web.lists import FilteredList
from markets.web.live import asked_with, unless_seen, version_of

from .forms import AnswerForm
from .models import Instruction
from .operations import AnswerLink, answer_instruction, read_answer_token

MOST_WAITING = 5


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
        return self.filtered(self.own(_shown(Instruction.objects.told().with_owing())))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`waiting`: those that owe an answer, the most urgent first; `more_waiting` says whether there are others."""
        context = super().get_context_data(**kwargs)
        owing = _shown(self.own(Instruction.objects.told().owing()))
        waiting = list(owing.order_by(F("answer_due_at").asc(nulls_last=True), "pk")[: MOST_WAITING + 1])
        self.version = version_of(
            [context["paginator"].count, *map(_facts, context["page_obj"]), *map(_facts, waiting)]
        )
        shown = {
            "waiting": waiting[:MOST_WAITING],
            "more_waiting": len(waiting) > MOST_WAITING,
            "version": asked_with(self.version),
            "now": timezone.now(),
        }
        return context | shown

    def render_to_response(self, context: dict[str, Any], **response: Any) -> HttpResponseBase:  # type: ignore[override]
        answer = super().render_to_response
        return unless_seen(self.request, self.version, lambda: answer(context, **response))


def _shown(rows: QuerySet[Instruction]) -> QuerySet[Instruction]:
    return rows.select_related("trigger", "market__operator")


def _facts(instruction: Instruction) -> tuple[Any, ...]:
    """What of an instruction can change on the page."""
    is_late = bool(due_at := instruction.answer_due_at) and due_at <= timezone.now()  # type: ignore[attr-defined]
    return instruction.pk, instruction.answer, getattr(instruction, "is_owing", True), due_at, is_late


class InstructionPage(TraderPage, DetailView):
    """One instruction: what to do, whom the email reached, and the answer. A POST answers."""

    section = "instructions"
    help = "dispatch#answering"
    template_name = "dispatch/instruction.html"
    slug_field = slug_url_kwarg = "reference"
    object: Instruction

    def get_queryset(self) -> QuerySet[Instruction]:
        rows = (
            Instruction.objects.told()
            .with_owing()
            .select_related("trigger", "market__operator", "match__contract__bid", "match__window")
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
