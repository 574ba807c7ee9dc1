"""Settlement as customer success sees it: terms, readings, runs with their lines, statements, the operator's invoice."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, Model
from django.http import HttpRequest
from django.utils.html import format_html_join
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from markets.admin.acting import operation
from markets.admin.columns import number, plain, state
from markets.admin.noun import EditableNoun, Noun
from markets.models import Market, User

from .models import (
    ForwardedReading,
    InvoiceLine,
    ReadingDay,
    RunPart,
    SettlementLine,
    SettlementRun,
    Statement,
    Terms,
)
from .operations import approve_run, begin_run, check_run, invoice_differences, issue_run, open_points, progress

SHOWN = 100


class MayGiveReason(BaseDialogForm):
    """A reason where one is needed: the operation says so."""

    reason = forms.CharField(required=False, max_length=500, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


class StartForm(MayGiveReason):
    """Which month of which market."""

    market = forms.ModelChoiceField(Market.objects.all(), widget=UnfoldAdminSelectWidget)
    month = forms.DateField(widget=UnfoldAdminDateWidget, help_text="Any day of the month.")
    field_order = ("market", "month", "reason")


@admin.register(Terms)
class TermsAdmin(EditableNoun):
    """Terms stand once they are made: other terms are a further row, from a later month on."""

    list_display = ("market", "from_month", "interval_minutes", "grace", "slope", "floor")
    list_select_related = ("market",)
    list_filter = ("market",)
    search_fields = ("market__name", "market__key")
    autocomplete_fields = ("market",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ReadingDay)
class ReadingDayAdmin(Noun):
    list_display = ("asset_ref", "seller", "mpan", "day", "revision", "source", "received_at")
    list_select_related = ("asset__seller",)
    list_filter = ("source",)
    search_fields = ("asset__ref", "asset__import_meter_id", "asset__export_meter_id", "asset__seller__name")
    date_hierarchy = "day"
    hidden_fields = ("watts",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("watts")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "energy", "watts_shown"]

    @display(description="Asset", ordering="asset__ref")
    def asset_ref(self, reading: ReadingDay) -> str:
        return reading.asset.ref

    @display(description="Seller", ordering="asset__seller__name")
    def seller(self, reading: ReadingDay) -> str:
        return str(reading.asset.seller)

    @display(description="MPAN")
    def mpan(self, reading: ReadingDay) -> str:
        return reading.asset.import_meter_id or reading.asset.export_meter_id

    @display(description="Intervals read")
    def energy(self, reading: ReadingDay) -> str:
        read = sum(watts is not None for watts in reading.watts)
        return f"{read} of {len(reading.watts)}"

    @display(description="Watts by interval (UTC, + export, - import)")
    def watts_shown(self, reading: ReadingDay) -> str:
        return " ".join("-" if watts is None else f"{watts:+d}" for watts in reading.watts)


@admin.register(ForwardedReading)
class ForwardedReadingAdmin(Noun):
    list_display = ("asset_ref", "day", "market", "position")
    list_select_related = ("reading_day__asset", "market")
    list_filter = ("market", ("position", admin.EmptyFieldListFilter))
    search_fields = ("reading_day__asset__ref", "reading_day__asset__import_meter_id")

    @display(description="Asset", ordering="reading_day__asset__ref")
    def asset_ref(self, forwarded: ForwardedReading) -> str:
        return forwarded.reading_day.asset.ref

    @display(description="Day (UTC)", ordering="reading_day__day")
    def day(self, forwarded: ForwardedReading) -> Any:
        return forwarded.reading_day.day


@admin.register(SettlementRun)
class SettlementRunAdmin(Noun):
    list_display = ("reference", "market", "month", "version", "standing", "started_by", "approved_by", "created_at")
    list_select_related = ("market", "started_by", "approved_by")
    list_filter = ("status", "market")
    search_fields = ("reference", "market__name", "reason")
    date_hierarchy = "month"
    hidden_fields = ("last_reading_id", "findings", "is_being_made")
    actions_list = ("start",)
    actions_detail = ("check_figures", "approve", "issue")
    standing = state()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "made", "still_open", "invoice_compared"]

    @display(description="Made")
    def made(self, run: SettlementRun) -> str:
        """How far it is, and what fails of it."""
        failed = run.parts.exclude(problem="").select_related("seller")[:SHOWN]
        faults = [f"{part.seller} cannot be made ({part.problem}); it is tried again every minute." for part in failed]
        return " ".join([f"{progress(run)}.", *faults])

    @display(description="Open before it is approved")
    def still_open(self, run: SettlementRun) -> str:
        return " ".join(open_points(run)) or "nothing"

    @display(description="The operator's invoice beside it")
    def invoice_compared(self, run: SettlementRun) -> str:
        """Where both sides differ, contract by contract; a page can't hold all of a bad month."""
        if not InvoiceLine.objects.filter(market=run.market, month=run.month).exists():
            return "No invoice of this month has come yet."
        found = [(difference.contract, difference.explanation) for difference in invoice_differences(run=run)]
        if not found:
            return "Both sides agree on every contract."
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


@admin.register(Statement)
class StatementAdmin(Noun):
    list_display = ("reference", "seller", "run", "total", "issued_at")
    list_select_related = ("seller", "run__market")
    list_filter = ("run__market", "run__month")
    search_fields = ("reference", "seller__name", "run__reference")
    date_hierarchy = "issued_at"

    @display(description="Total GBP", ordering="total_gbp")
    def total(self, statement: Statement) -> str:
        return f"{statement.total_gbp:,.2f}"


@admin.register(InvoiceLine)
class InvoiceLineAdmin(Noun):
    list_display = ("reference", "market", "month", "of_contract", "amount", "delivered", "received_at")
    list_select_related = ("market", "contract")
    list_filter = ("market", "month", ("contract", admin.EmptyFieldListFilter))
    search_fields = ("reference", "contract__reference", "contract_named")
    date_hierarchy = "month"

    @display(description="Contract", ordering="contract__reference")
    def of_contract(self, line: InvoiceLine) -> str:
        return str(line.contract) if line.contract else f"unknown: {line.contract_named or 'not named'}"

    @display(description="Amount GBP", ordering="amount_gbp")
    def amount(self, line: InvoiceLine) -> str:
        return f"{line.amount_gbp:,.2f}"

    @display(description="Delivered kWh", ordering="delivered_kwh")
    def delivered(self, line: InvoiceLine) -> str:
        return plain(line.delivered_kwh)
