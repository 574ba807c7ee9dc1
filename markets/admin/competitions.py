"""What is bought: competitions and their service windows. They are published by the operator, never typed in here."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from unfold.enums import ActionVariant

from ..models import Bid, Competition, CompetitionRevision, MarketTime, PreviewNote, ServiceWindow, User
from ..operations.competitions import approve_competition, preview_link, settle_note, withdraw_competition
from .acting import WithReason, operation
from .columns import number, state
from .noun import Noun, Rows
from .seals import EarlyOpening


class Gate(admin.SimpleListFilter):
    """Where the competition stands in market time."""

    title = "gate"
    parameter_name = "gate"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("coming", "Opens later"), ("open", "Open for bids"), ("closed", "Closed")]

    def queryset(self, request: HttpRequest, competitions: Any) -> Any:
        match self.value():
            case "coming":
                return competitions.filter(opens_at__gt=MarketTime("market__clock_offset"))
            case "open":
                return competitions.biddable()
            case "closed":
                return competitions.closed()
        return competitions


class WindowRows(Rows):
    model = ServiceWindow
    fields = (
        "name",
        "first_day",
        "last_day",
        "weekdays",
        "local_start",
        "local_end",
        "required_kw",
        "minimum_kw",
        "no_response_at",
    )


@admin.register(Competition)
class CompetitionAdmin(EarlyOpening, Noun):
    list_display = (
        "reference",
        "name",
        "product",
        "zone",
        "standing",
        "opens_at",
        "closes_at",
        "required",
        "bid_count",
    )
    list_select_related = ("product", "zone")
    list_filter = (Gate, "status", "market", "product", "zone__licence_area", "zone__level")
    search_fields = ("reference", "name", "zone__code", "zone__name")
    date_hierarchy = "closes_at"
    inlines = (WindowRows,)
    called = {"max_connection_kv": "Connected at up to, kV"}
    actions_detail = ("preview", "approve", "ask_opening", "withdraw")
    standing = state()
    required = number("required_kw", "Required kW")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Competition]:
        bids = Bid.objects.filter(competition=OuterRef("pk")).order_by().values("competition").annotate(n=Count("pk"))
        count = Coalesce(Subquery(bids.values("n"), output_field=IntegerField()), 0)
        return super().get_queryset(request).annotate(bid_count=count)

    @admin.display(description="Bids", ordering=F("bid_count"))
    def bid_count(self, competition: Any) -> int:
        return competition.bid_count

    @operation(
        "Preview link",
        consequence="Shows a signed link to the page as sellers will see it. Whoever has the link may approve: send it to the operator alone.",
        when=lambda competition: competition.status == Competition.Status.PREVIEW,
        icon="visibility",
    )
    def preview(self, by: User, competition: Competition) -> str:
        return preview_link(competition)

    @operation(
        "Approve preview",
        consequence="The operator has looked at the preview and approved it: sellers see it from now on, and bidding opens at its time.",
        when=lambda competition: competition.status == Competition.Status.PREVIEW,
        icon="check_circle",
    )
    def approve(self, by: User, competition: Competition) -> str:
        approve_competition(competition=competition, by=by)
        return f"{competition} is published."

    @operation(
        "Withdraw competition",
        consequence="The operator takes it back: nothing more can be bid, its bids are never decided, and their sellers get a mail with the reason. It cannot be undone.",
        form=WithReason,
        when=lambda competition: competition.status in (Competition.Status.PREVIEW, Competition.Status.PUBLISHED),
        icon="undo",
        variant=ActionVariant.DANGER,
    )
    def withdraw(self, by: User, competition: Competition, reason: str) -> str:
        withdraw_competition(competition=competition, by=by, reason=reason)
        return f"{competition} is withdrawn."


@admin.register(ServiceWindow)
class ServiceWindowAdmin(Noun):
    list_display = (
        "name",
        "competition",
        "first_day",
        "last_day",
        "local_start",
        "local_end",
        "required",
        "no_response_at",
    )
    list_select_related = ("competition",)
    list_filter = ("competition__market", ("no_response_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "competition__reference", "competition__name")
    date_hierarchy = "first_day"
    required = number("required_kw", "Required kW")


@admin.register(CompetitionRevision)
class CompetitionRevisionAdmin(Noun):
    list_display = ("competition", "revision", "revised_at")
    list_select_related = ("competition",)
    list_filter = ("competition__market",)
    search_fields = ("competition__reference", "competition__name")


@admin.register(PreviewNote)
class PreviewNoteAdmin(Noun):
    list_display = ("competition", "note", "revision", "asked_by", "asked_at", "resolved_at")
    list_select_related = ("competition",)
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "competition__market")
    search_fields = ("competition__reference", "competition__name", "note")
    actions_detail = ("settle",)

    @operation(
        "Settle note",
        consequence="What was asked for is settled with the operator. The competition still waits for its approval.",
        form=WithReason,
        when=lambda note: note.resolved_at is None,
        icon="task_alt",
    )
    def settle(self, by: User, note: PreviewNote, reason: str) -> str:
        settle_note(note=note, by=by, resolution=reason)
        return "The note is settled."
