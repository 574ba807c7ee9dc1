"""Dispatch as customer success sees it: what arrived, whom it reached, what they answered, and what it belongs to."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from markets.admin.acting import WithReason, operation
from markets.admin.columns import number, state
from markets.admin.noun import Noun, Rows
from markets.models import Contract, ServiceWindow, User

from .models import Acknowledgement, Alias, Instruction, Match, Notice, Trigger
from .operations import candidates_of, decide_match, match_instruction, undo_match


class WithoutCanaryRows:
    """Lists leave out our own canary, half of all rows on a quiet day; its records open by their address."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        listed = request.resolver_match is not None and str(request.resolver_match.url_name).endswith("_changelist")
        return rows.not_canary() if listed else rows  # type: ignore[attr-defined]


@admin.register(Trigger)
class TriggerAdmin(WithoutCanaryRows, Noun):
    list_display = ("received_at", "reference", "revision", "kind", "market", "operator", "problem")
    list_display_links = ("received_at", "reference")
    list_select_related = ("market", "operator")
    list_filter = ("kind", "operator", "market", ("problem", admin.EmptyFieldListFilter))
    search_fields = ("reference", "content_sha256", "problem")
    date_hierarchy = "received_at"
    hidden_fields = ("raw",)
    readonly_fields = ("as_it_came",)

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "as_it_came"]

    @display(description="As it came")
    def as_it_came(self, trigger: Trigger) -> str:
        return bytes(trigger.raw).decode("utf-8", errors="backslashreplace")


class NoticeRows(Rows):
    model = Notice
    fields = ("mail", "contact")


class AcknowledgementRows(Rows):
    model = Acknowledgement
    fields = ("answer", "reason", "given_by", "given_at")


@admin.register(Instruction)
class InstructionAdmin(WithoutCanaryRows, Noun):
    list_display = (
        "reference",
        "trigger",
        "kind",
        "to",
        "zone_named",
        "product_named",
        "capacity",
        "starts_at",
        "answered",
    )
    list_select_related = ("trigger", "seller")
    list_filter = ("answer", "kind", "market")
    search_fields = ("reference", "trigger__reference", "seller__name", "seller_named", "contract_named", "zone_named")
    date_hierarchy = "created_at"
    inlines = (NoticeRows, AcknowledgementRows)
    capacity = number("capacity_kw", "kW")
    answered = state("answer", "Answer")

    @display(description="Seller", ordering="seller__name")
    def to(self, instruction: Instruction) -> str:
        return str(instruction.seller) if instruction.seller else f"unknown: {instruction.seller_named or 'not named'}"


@admin.register(Notice)
class NoticeAdmin(WithoutCanaryRows, Noun):
    list_display = ("instruction", "mail", "contact", "mail_standing")
    list_select_related = ("instruction", "mail", "contact")
    list_filter = ("mail__status",)
    search_fields = ("instruction__reference", "mail__recipient")
    mail_standing = state("mail__status", "Mail")


@admin.register(Acknowledgement)
class AcknowledgementAdmin(Noun):
    list_display = ("instruction", "answered", "reason", "given_by", "given_at")
    list_select_related = ("instruction",)
    list_filter = ("answer",)
    search_fields = ("instruction__reference", "given_by", "reason")
    date_hierarchy = "given_at"
    answered = state("answer", "Answer")


class DecideForm(WithReason):
    """The contract that the instruction belongs to: one that may fit, best first, or any other by its reference."""

    fits = forms.ChoiceField(label="May fit, best first", required=False, widget=UnfoldAdminSelectWidget)
    other = forms.ModelChoiceField(
        Contract.objects.all(),
        label="Or another contract",
        to_field_name="reference",
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "C-17"}),
        error_messages={"invalid_choice": "There is no contract with this reference."},
    )
    field_order = ("fits", "other", "reason")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        match = Match.objects.select_related("instruction__market").get(pk=self.object_id)
        self.fields["fits"].choices = [("", "None of these"), *_fitting(match.instruction)]
        self.fields["fits"].widget.choices = self.fields["fits"].choices

    def clean(self) -> dict[str, Any]:
        """One contract, and its window where a fitting one was chosen."""
        answers = super().clean()
        fits, other = answers.pop("fits", ""), answers.pop("other", None)
        if bool(fits) == bool(other):
            self.add_error("other", "Choose one contract: from the list, or by its reference.")
            return answers
        contract, _, window = fits.partition(":")
        answers["contract"] = other or Contract.objects.get(pk=contract)
        answers["window"] = ServiceWindow.objects.get(pk=window) if window else None
        return answers


def _fitting(instruction: Instruction) -> Iterator[tuple[str, str]]:
    """Choices of contract and window, each with what does not agree."""
    for judged in candidates_of(instruction).ranked:
        candidate = judged.candidate
        agrees = " ".join(judged.discrepancies) or "all agrees"
        yield f"{candidate.contract_id}:{judged.window_id or ''}", f"{candidate.names[0]} {candidate.seller}: {agrees}"


@admin.register(Alias)
class AliasAdmin(Noun):
    list_display = ("reference", "kind", "word", "means", "learned_from", "learned_by", "learned_at", "ended_at")
    list_select_related = (
        *("seller", "contract", "zone", "product", "learned_by", "ended_by", "operator"),
        "learned_from__instruction",
    )
    list_filter = ("kind", "operator", "is_mock", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("reference", "word", "seller__name", "contract__reference", "zone__code", "product__name")

    @display(description="Means")
    def means(self, alias: Alias) -> str:
        return str(alias.meaning)


@admin.register(Match)
class MatchAdmin(Noun):
    list_display = ("instruction", "seller", "standing", "contract", "window", "decided_by", "decided_at", "locked_at")
    list_select_related = ("instruction__seller", "contract", "window", "decided_by")
    list_filter = ("status", "instruction__market", ("locked_at", admin.EmptyFieldListFilter))
    search_fields = ("instruction__reference", "contract__reference", "instruction__seller__name")
    date_hierarchy = "decided_at"
    hidden_fields = ("discrepancies",)
    actions_detail = ("decide", "by_rule", "undo")
    standing = state()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "disagrees"]

    @display(description="What does not agree")
    def disagrees(self, match: Match) -> str:
        return " ".join(match.discrepancies) or "nothing"

    @display(description="Seller", ordering="instruction__seller__name")
    def seller(self, match: Match) -> str:
        return str(match.instruction.seller or match.instruction.seller_named)

    @operation(
        "Decide",
        consequence="You say which contract the instruction belongs to: it decides what is paid.",
        form=DecideForm,
        when=lambda match: match.status == Match.Status.OPEN and match.locked_at is None,
        icon="link",
        variant=ActionVariant.PRIMARY,
    )
    def decide(self, by: User, match: Match, **decision: Any) -> str:
        decided = decide_match(match=match, by=by, **decision)
        return f"{match.instruction} belongs to {decided.contract}."

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
        consequence="The instruction waits for a person again. Settlement pays nothing for it until it is matched.",
        form=WithReason,
        when=lambda match: match.status == Match.Status.MATCHED and match.locked_at is None,
        icon="link_off",
        variant=ActionVariant.DANGER,
    )
    def undo(self, by: User, match: Match, reason: str) -> str:
        undo_match(match=match, reason=reason, by=by)
        return f"{match.instruction} is not matched any more."
