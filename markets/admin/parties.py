"""Test parties and the notes that were left in them. How a party is played is the console's own page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from ..models import PartyNote, StandIn, TestParty, User
from ..operations.notes import decide_note
from .acting import operation
from .columns import state
from .noun import Noun


@admin.register(TestParty)
class TestPartyAdmin(Noun):
    list_display = ("name", "played", "status_shown", "source_name", "created_by", "created_at")
    list_select_related = ("created_by", "market")
    list_filter = ("status",)
    search_fields = ("name", "market__key", "source_name")
    hidden_fields = ("source",)
    actions_list = ("start",)
    actions_detail = ("go_to",)
    status_shown = state()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("source")

    @display(description="Play")
    def played(self, party: TestParty) -> str:
        return format_html('<a href="{}">Open the party</a>', reverse("admin:party", args=[party.pk]))

    @action(description="Start a test party", icon="celebration")
    def start(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:party_start"))

    @action(description="Open the party", icon="celebration")
    def go_to(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:party", args=[object_id]))


@admin.register(StandIn)
class StandInAdmin(Noun):
    list_display = ("seller", "company", "party")
    list_select_related = ("seller", "party")
    search_fields = ("seller__name", "company", "party__name")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("party__source")


class DecisionForm(BaseDialogForm):
    """What is done about a note."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[choice for choice in PartyNote.Decision.choices if choice[0]],
        widget=UnfoldAdminSelectWidget,
    )
    what = forms.CharField(
        label="In words",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="What is renamed or reordered, and how; or why it is left as it is.",
    )


@admin.register(PartyNote)
class PartyNoteAdmin(Noun):
    list_display = ("text_shown", "page", "seller", "party", "decision_shown", "decided_what", "left_at")
    list_select_related = ("seller", "party")
    list_filter = ("decision", "party")
    search_fields = ("text", "page", "seller__name", "decided_what")
    date_hierarchy = "left_at"
    actions_detail = ("decide",)

    @display(description="Note")
    def text_shown(self, note: PartyNote) -> str:
        return note.text if len(note.text) <= 120 else f"{note.text[:119]}…"

    @display(description="Decision", ordering="decision")
    def decision_shown(self, note: PartyNote) -> str:
        return note.get_decision_display()

    @operation(
        "Decide",
        consequence="The decision is kept with the note, under your name, and whoever left the note reads your words. Changing a label or an order is an engineer's "
        "work: open it as such, and say so here.",
        form=DecisionForm,
        icon="rule",
    )
    def decide(self, by: User, note: PartyNote, decision: str, what: str) -> str:
        decided = decide_note(note=note, decision=decision, what=what, by=by)
        return f"Kept: {decided.get_decision_display().lower()}. {decided.decided_what}"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("party__source")
