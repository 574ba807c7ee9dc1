"""Where the operator and we hold different things: theirs beside ours, until a person says how it was settled."""

from django import forms
from django.contrib import admin
from unfold.decorators import display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from ..models import Discrepancy, User
from ..operations.discrepancies import resolve_discrepancy
from .acting import operation
from .noun import Noun


class Settled(BaseDialogForm):
    """How, and with whom."""

    reason = forms.CharField(
        label="How was it settled, and with whom?",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


@admin.register(Discrepancy)
class DiscrepancyAdmin(Noun):
    list_display = ("bid", "kind", "field", "theirs", "ours", "market", "found_at", "standing", "resolution")
    list_select_related = ("market",)
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "kind", "market", "field")
    search_fields = ("bid", "field", "theirs", "ours", "resolution")
    date_hierarchy = "found_at"
    actions_detail = ("resolve",)

    @display(description="Stands", label={"Waits": "info", "Resolved": "success"})
    def standing(self, discrepancy: Discrepancy) -> str:
        return "Resolved" if discrepancy.resolved_at else "Waits"

    @operation(
        "Resolve",
        consequence="It changes neither bid nor contract: it says that both sides agree now, and how they came to it.",
        form=Settled,
        when=lambda discrepancy: discrepancy.resolved_at is None,
        icon="done_all",
    )
    def resolve(self, by: User, discrepancy: Discrepancy, reason: str) -> str:
        resolve_discrepancy(discrepancy=discrepancy, reason=reason, by=by)
        return f"{discrepancy.bid} is settled."
