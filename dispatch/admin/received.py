"""What arrived, whom it reached, and what they answered. What it belongs to: `matches`."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from markets.admin.columns import number, state
from markets.admin.noun import Noun, Rows

from ..models import Acknowledgement, Instruction, Notice, Trigger


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
    search_fields = (
        "reference",
        "trigger__reference",
        "seller__name",
        "seller_named",
        "contract_named",
        "asset_named",
        "zone_named",
    )
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
