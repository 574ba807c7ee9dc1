"""Runs of a month as customer success sees them: begun, made part by part, checked, approved and issued."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils.html import format_html_join
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from dispatch.rules.deadline import READINGS_UNTIL
from markets.admin.acting import operation
from markets.admin.columns import number, state
from markets.admin.noun import Noun
from markets.models import Market, User
from markets.rules.spans import next_month
from markets.rules.words import day

from ..models import InvoiceLine, RunPart, SettlementLine, SettlementRun
from ..operations import approve_run, begin_run, check_run, invoice_differences, issue_run, open_points, progress

SHOWN = 100


class MayGiveReason(BaseDialogForm):
    """A reason where one is needed: the operation says so."""

    reason = forms.CharField(required=False, max_length=500, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


class StartForm(MayGiveReason):
    """Which month of which market."""

    market = forms.ModelChoiceField(Market.objects.all(), widget=UnfoldAdminSelectWidget)
    month = forms.DateField(widget=UnfoldAdminDateWidget, help_text="Any day of the month.")
    field_order = ("market", "month", "reason")


@admin.register(SettlementRun)
class SettlementRunAdmin(Noun):
    list_display = ("reference", "market", "month", "version", "standing", "started_by", "approved_by", "created_at")
    list_select_related = ("market", "started_by", "approved_by")
    list_filter = ("status", "market")
    search_fields = ("reference", "market__name", "reason")
    date_hierarchy = "month"
    hidden_fields = ("last_reading_id", "findings", "invoice_differences", "is_being_made")
    actions_list = ("start",)
    actions_detail = ("check_figures", "approve", "issue")
    standing = state()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "made", "falls_due", "still_open", "invoice_compared"]

    @display(description="Made")
    def made(self, run: SettlementRun) -> str:
        """How far it is, and what fails of it."""
        failed = run.parts.exclude(problem="").select_related("seller")[:SHOWN]
        faults = [f"{part.seller} cannot be made ({part.problem}); it is tried again every minute." for part in failed]
        return " ".join([f"{progress(run)}.", *faults])

    @display(description="Readings until, and the run falls due")
    def falls_due(self, run: SettlementRun) -> str:
        return f"{day(next_month(run.month) + READINGS_UNTIL)}: the operator works out its invoice from what it has by then"

    @display(description="Open before it is approved")
    def still_open(self, run: SettlementRun) -> str:
        return " ".join(open_points(run)) or "nothing"

    @display(description="The operator's invoice beside it")
    def invoice_compared(self, run: SettlementRun) -> str:
        """Where both sides differ, contract by contract; a page can't hold all of a bad month."""
        if not InvoiceLine.objects.filter(market=run.market, month=run.month).exists():
            return "No invoice of this month has come yet."
        found = [
            (f"{difference.contract}, {difference.cause}", difference.explanation)
            for difference in invoice_differences(run=run)
        ]
        if not found:
            return "Both sides agree on every contract, within the tolerance of the terms."
        more = [("and", f"{len(found) - SHOWN:,} further contracts.")] if len(found) > SHOWN else []
        return format_html_join("", "<p>{}: {}</p>", [*found[:SHOWN], *more])

    @operation(
        "Start a run",
        consequence="Locks the month's matches; the background jobs make a draft with a line per event, seller by seller. "
        "A rerun needs a reason.",
        form=StartForm,
        icon="add",
    )
    def start(self, by: User, _: None, market: Market, month: Any, reason: str) -> str:
        run = begin_run(market=market, month=month, by=by, reason=reason)
        return f"{run} is being made: {progress(run)}. Its page shows how far it is."

    @operation(
        "Check run",
        consequence="The draft is compared with the month as it stands now. Then somebody else may approve it.",
        when=lambda run: run.status == SettlementRun.Status.DRAFT and not run.is_being_made,
        icon="fact_check",
        variant=ActionVariant.PRIMARY,
    )
    def check_figures(self, by: User, run: SettlementRun) -> str:
        return f"{check_run(run=run, by=by)} is checked."

    @operation(
        "Approve run",
        consequence="You are the second person, and answer for its figures. With something open it needs your reason.",
        form=MayGiveReason,
        when=lambda run: run.status == SettlementRun.Status.CHECKED,
        icon="gavel",
        variant=ActionVariant.PRIMARY,
    )
    def approve(self, by: User, run: SettlementRun, reason: str) -> str:
        return f"{approve_run(run=run, by=by, reason=reason)} is approved."

    @operation(
        "Issue statements",
        consequence="Every seller with a line gets its statement by email. It cannot be taken back.",
        when=lambda run: run.status == SettlementRun.Status.APPROVED,
        icon="outgoing_mail",
        variant=ActionVariant.DANGER,
    )
    def issue(self, by: User, run: SettlementRun) -> str:
        return f"{len(issue_run(run=run, by=by)):,} statements of {run} are issued."


@admin.register(RunPart)
class RunPartAdmin(Noun):
    """Nothing is done here: what waits is made by the jobs, again and again until it is there."""

    list_display = ("run_ref", "seller", "standing", "assets", "lines", "problem", "done_at")
    list_select_related = ("run", "seller")
    list_filter = ("status", ("problem", admin.EmptyFieldListFilter), "run__market", "run__month")
    search_fields = ("run__reference", "seller__name")
    standing = state()

    @display(description="Run", ordering="run")
    def run_ref(self, part: RunPart) -> str:
        return part.run.reference


@admin.register(SettlementLine)
class SettlementLineAdmin(Noun):
    list_display = ("contract", "seller", "run_ref", "starts_at", "instructed", "delivered", "share", "pay")
    list_select_related = ("contract", "seller", "run")
    list_filter = ("run__market", "run__month", ("metered_kwh", admin.EmptyFieldListFilter))
    search_fields = ("contract__reference", "seller__name", "run__reference", "instruction__reference")
    date_hierarchy = "starts_at"
    instructed = number("instructed_kw", "Instructed kW")
    delivered = number("delivered_kwh", "Delivered kWh")

    @display(description="Run", ordering="run")
    def run_ref(self, line: SettlementLine) -> str:
        return line.run.reference

    @display(description="Delivered", ordering="delivered_share")
    def share(self, line: SettlementLine) -> str:
        return f"{line.delivered_share:.1%}"

    @display(description="Pay GBP", ordering=F("availability_gbp") + F("utilisation_gbp") + F("sustain_gbp"))
    def pay(self, line: SettlementLine) -> str:
        return f"{line.availability_gbp + line.utilisation_gbp + line.sustain_gbp:,.2f}"
