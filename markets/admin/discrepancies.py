"""Where the operator and we hold different things: theirs beside ours, until a person says how it was settled."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from ..models import Discrepancy, User
from ..operations.discrepancies import resolve_discrepancy
from .acting import of_selected, operation
from .columns import worded
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
    list_display = ("bid", "kind", "what", "theirs", "ours", "market", "found_at", "standing", "resolution")
    list_select_related = ("market",)
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "kind", "market", "field")
    search_fields = ("bid", "field", "theirs", "ours", "resolution")
    date_hierarchy = "found_at"
    actions = ("resolve_selected",)
    actions_detail = ("resolve",)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [*super().get_fields(request, obj), "in_our_books"]

    @display(description="Field", ordering="field")
    def what(self, discrepancy: Discrepancy) -> str:
        return worded(discrepancy.field)

    @display(description="In our books")
    def in_our_books(self, discrepancy: Discrepancy) -> str:
        """Where it stands here, if it does; looked up by its reference, since the operator may have made one up."""
        is_invoiced = discrepancy.kind == Discrepancy.Kind.INVOICE_LINE
        noun = "settlement_invoiceline" if is_invoiced else "markets_bid"
        url = f"{reverse(f'admin:{noun}_changelist')}?{urlencode({'q': discrepancy.bid})}"
        return format_html('<a href="{}" class="text-link">Look up {}</a>', url, discrepancy.bid)

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

    @of_selected(
        "Resolve the selected, for one reason",
        consequence="It changes neither bids nor contracts: it says of each that both sides agree now, for the reason that you give. Those resolved before keep theirs. It cannot be undone.",
        form=Settled,
    )
    @transaction.atomic
    def resolve_selected(self, by: User, selected: QuerySet[Discrepancy], reason: str) -> str:
        waiting = list(selected.filter(resolved_at=None))
        for discrepancy in waiting:
            resolve_discrepancy(discrepancy=discrepancy, reason=reason, by=by)
        return f"Resolved: {len(waiting)}. The reason stands with each of them."
