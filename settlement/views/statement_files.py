"""A statement to take away: as CSV for whoever recomputes it, as PDF for the file."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic.base import View

from markets.rules.sheets import csv_lines
from markets.web.access import SellerPage
from markets.web.downloads import csv_file

from ..models import SettlementLine, Statement
from .statement_pdf import statement_pdf

PAYS = {"availability_gbp": "Availability", "utilisation_gbp": "Utilisation", "sustain_gbp": "Sustain"}
COLUMNS = {
    "Statement": "statement",
    "Version": "version",
    "Month": "month",
    "Contract": "contract__reference",
    "Product": "contract__bid__competition__product__name",
    "Zone": "contract__bid__competition__zone__code",
    "Window": "window__name",
    "Instruction": "instruction__reference",
    "Starts (UTC)": "starts_at",
    "Ends (UTC)": "ends_at",
    "Asked [kW]": "instructed_kw",
    "Baseline [kWh]": "baseline_kwh",
    "Metered [kWh]": "metered_kwh",
    "Delivered [kWh]": "delivered_kwh",
    "Delivered share": "delivered_share",
    "Price [GBP/MWh]": "price_gbp_per_mwh",
    "Availability [GBP]": "availability_gbp",
    "Utilisation [GBP]": "utilisation_gbp",
    "Sustain [GBP]": "sustain_gbp",
    "Total [GBP]": "total_gbp",
    "Explanation": "explanation",
}


def with_totals(lines: QuerySet[SettlementLine]) -> QuerySet[SettlementLine]:
    """Each with `total_gbp`, in the order of delivery."""
    first, *others = PAYS
    return lines.annotate(total_gbp=sum((F(pay) for pay in others), F(first))).order_by("starts_at", "pk")


class _StatementFile(SellerPage, View):
    """The seller's own statement and its lines."""

    def found(self) -> tuple[Statement, QuerySet[SettlementLine]]:
        statements = self.own(Statement.objects.select_related("run__market__operator", "seller"))
        statement = get_object_or_404(statements, reference=self.kwargs["reference"])
        return statement, with_totals(self.own(SettlementLine.objects.filter(run=statement.run_id)))


class StatementCsv(_StatementFile):
    """A row per line: decimals with a point, instants in UTC as ISO writes them, energy with + export."""

    def get(self, request: HttpRequest, reference: str) -> StreamingHttpResponse:
        statement, lines = self.found()
        return csv_file(f"statement-{statement}.csv", csv_lines(tuple(COLUMNS), _rows(statement, lines)))


class StatementPdf(_StatementFile):
    """The statement as it is printed."""

    def get(self, request: HttpRequest, reference: str) -> FileResponse:
        statement, lines = self.found()
        sums = lines.aggregate(**{pay: Sum(pay, default=0) for pay in PAYS})
        content = statement_pdf(
            statement=statement,
            lines=lines.select_related("contract__bid__competition__zone"),
            paid=[(name, sums[pay]) for pay, name in PAYS.items() if sums[pay]],
            address=request.build_absolute_uri(reverse("settlement:statement", args=[statement.reference])),
        )
        return FileResponse(BytesIO(content), as_attachment=True, filename=f"statement-{statement}.pdf")


def _rows(statement: Statement, lines: QuerySet[SettlementLine]) -> Iterator[tuple[Any, ...]]:
    run = statement.run
    head = (statement.reference, run.version, f"{run.month:%Y-%m}")
    for row in lines.values_list(*list(COLUMNS.values())[len(head) :]).iterator(chunk_size=1000):
        yield (*head, *(value.isoformat() if hasattr(value, "isoformat") else value for value in row))
