"""Statements that went out, and the operator's own invoice, as customer success sees them."""

from django.contrib import admin
from unfold.decorators import display

from markets.admin.columns import plain
from markets.admin.noun import Noun

from ..models import InvoiceLine, Statement


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
