"""What is paid: the seller's statements, and one statement with its lines and the reason of each."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.views.generic import DetailView, ListView

from dispatch.rules.deadline import READINGS_UNTIL
from markets.rules.spans import next_month
from markets.web.access import SellerPage
from markets.web.lists import Paged

from ..models import LineQuery, SettlementLine, Statement
from .statement_files import PAYS, with_totals

LINES_A_PAGE = 100


class StatementList(Paged, SellerPage, ListView):
    """The seller's statements, the latest first; a later version of a month stands above the one it replaces."""

    section = "statements"
    help = "settlement#statements"
    template_name = "settlement/statements.html"
    market_path = "run.market"
    paginate_by = 25

    def get_queryset(self) -> QuerySet[Statement]:
        return self.own(Statement.objects.select_related("run__market__operator")).order_by(
            "-run__month", "-run__version", "-pk"
        )


class StatementPage(SellerPage, DetailView):
    """One statement: the total, what it is made of, and every line with its explanation."""

    section = "statements"
    help = "settlement#reading-a-statement"
    template_name = "settlement/statement.html"
    market_path = "run.market"
    slug_field = slug_url_kwarg = "reference"
    object: Statement

    def get_queryset(self) -> QuerySet[Statement]:
        return self.own(Statement.objects.select_related("run__market__operator"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        statement = self.object
        lines = self.own(SettlementLine.objects.filter(run=statement.run_id))
        shown = lines.select_related(
            "contract__bid__competition__zone", "contract__bid__competition__product", "window", "instruction"
        )
        page = Paginator(with_totals(shown), LINES_A_PAGE).get_page(self.request.GET.get("page"))
        versions = self.own(Statement.objects.filter(run__market=statement.run.market, run__month=statement.run.month))
        return super().get_context_data(
            lines=page,
            sums=lines.aggregate(
                **{pay: Sum(pay, default=0) for pay in PAYS}, delivered_kwh=Sum("delivered_kwh", default=0)
            ),
            queries=self.own(LineQuery.objects.filter(statement=statement).defer("file"))
            .select_related("line__contract", "raised_by")
            .order_by("-pk"),
            due_on=next_month(statement.run.month) + READINGS_UNTIL,
            latest=versions.order_by("-run__version").first(),
            **kwargs,
        )
