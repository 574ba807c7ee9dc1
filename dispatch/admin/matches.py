"""A match at the console: the instruction beside the contracts that it may belong to, a person's decision, its undoing."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.decorators import display
from unfold.enums import ActionVariant

from markets.admin.acting import WithReason, onward, operation, person, refusals_shown
from markets.admin.columns import state
from markets.admin.noun import Noun
from markets.models import Contract, ServiceWindow, User
from markets.rules.words import moment

from ..models import Alias, Match
from ..operations import decide_match, match_instruction, undo_match
from .side_by_side import beside


class DecideForm(forms.Form):
    """Which contract, why, and what later triggers shall learn from it."""

    contract = forms.ModelChoiceField(
        Contract.objects.all(),
        error_messages={"required": "Choose a contract first.", "invalid_choice": "Choose again."},
    )
    window = forms.ModelChoiceField(ServiceWindow.objects.all(), required=False)
    teaches = forms.MultipleChoiceField(choices=Alias.Kind.choices, required=False)
    reason = forms.CharField(
        max_length=300,
        error_messages={"required": "Say why it is this contract: settlement and the operator will ask."},
    )


@admin.register(Match)
class MatchAdmin(Noun):
    list_display = (
        *("instruction", "seller", "standing", "solve_by", "contract", "window", "decided_by", "decided_at"),
        "locked_at",
    )
    list_select_related = ("instruction__seller", "instruction__market", "contract", "window", "decided_by")
    list_filter = ("status", "instruction__market", ("locked_at", admin.EmptyFieldListFilter))
    search_fields = ("instruction__reference", "contract__reference", "instruction__seller__name")
    date_hierarchy = "decided_at"
    fields = ("instruction", "status", "contract", "window", "decided_by", "decided_at", "locked_at")
    actions_detail = ("by_rule", "undo")
    change_form_outer_before_template = "admin/match.html"
    standing = state()

    @display(description="Seller", ordering="instruction__seller__name")
    def seller(self, match: Match) -> str:
        return str(match.instruction.seller or match.instruction.seller_named)

    @display(description="To be matched by")
    def solve_by(self, match: Match) -> str:
        return moment(match.solve_by) if match.status == Match.Status.OPEN else "-"

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(require_POST(self.decide))
        return [path("<int:pk>/decide/", decide, name="dispatch_match_decide"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["beside"] = beside(context["original"], request.GET)
        return super().render_change_form(request, context, *args, **kwargs)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A person's decision. What was typed comes back where it is refused."""
        match = get_object_or_404(Match, pk=pk)
        page = reverse("admin:dispatch_match_change", args=[pk])
        form = DecideForm(request.POST)
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(map(str, errors)))
        else:
            with refusals_shown(request):
                decided = decide_match(match=match, by=person(request), **form.cleaned_data)
                messages.success(request, _told(decided))
                return onward(request, page)
        typed = {name: request.POST.get(name, "") for name in ("contract", "window", "reason")}
        return onward(request, f"{page}?{urlencode(typed)}#decide")

    @operation(
        "Try the rule again",
        consequence="The instruction is matched by rule, as the machine does it: only where nothing disagrees.",
        when=lambda match: match.status == Match.Status.OPEN and match.decided_by_id is None,
        icon="auto_fix_high",
    )
    def by_rule(self, by: User, match: Match) -> str:
        tried = match_instruction(instruction=match.instruction, by=by)
        return f"{match.instruction}: {tried.get_status_display().lower()}. {' '.join(tried.discrepancies)}".strip()

    @operation(
        "Undo match",
        consequence="The instruction waits for a person again, and what was learned from the decision is forgotten. "
        "Settlement pays nothing for it until it is matched.",
        form=WithReason,
        when=lambda match: match.status == Match.Status.MATCHED and match.locked_at is None,
        icon="link_off",
        variant=ActionVariant.DANGER,
    )
    def undo(self, by: User, match: Match, reason: str) -> str:
        forgotten = list(match.taught.standing().values_list("word", flat=True))
        undo_match(match=match, reason=reason, by=by)
        unlearned = f" Forgotten: {', '.join(f"'{word}'" for word in forgotten)}." if forgotten else ""
        return f"{match.instruction} is not matched any more.{unlearned}"


def _told(decided: Match) -> str:
    taught = [f"'{alias.word}' means {alias.meaning}" for alias in decided.taught.standing()]
    learned = f" Learned: {'; '.join(taught)}." if taught else ""
    return f"{decided.instruction} belongs to {decided.contract}.{learned}"
