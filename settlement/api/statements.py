"""What a seller is told of a month, with every line behind the total."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from markets.rest.endpoints import SellerEndpoint, reached
from markets.rest.fields import Figure
from markets.rest.openapi import BEFORE, LIMIT, call
from markets.rest.paging import newest, page_of

from ..models import SettlementLine, Statement

TAG = "Sellers: settlement"
_AS_KEPT = (
    "starts_at",
    "ends_at",
    "instructed_kw",
    "baseline_kwh",
    "metered_kwh",
    "delivered_kwh",
    "delivered_share",
    "availability_gbp",
    "utilisation_gbp",
    "sustain_gbp",
    "explanation",
)
STATEMENT = {
    "reference": "reference",
    "market": "run__market__key",
    "month": "run__month",
    "version": "run__version",
    "total_gbp": "total_gbp",
    "issued_at": "issued_at",
}
LINE = {
    "contract": "contract__reference",
    "window": "window__name",
    "instruction": "instruction__reference",
    **{name: name for name in _AS_KEPT},
}


class StatementFields(serializers.Serializer):
    """A statement. A rerun of the month adds a version; what was issued stands."""

    reference = serializers.CharField()
    market = serializers.CharField()
    month = serializers.DateField(help_text="Its first day.")
    version = serializers.IntegerField()
    total_gbp = Figure()
    issued_at = serializers.DateTimeField()


class LineFields(serializers.Serializer):
    """One event of one contract: what was asked, what was delivered, what is paid, and why."""

    contract = serializers.CharField()
    window = serializers.CharField(allow_null=True)
    instruction = serializers.CharField(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    instructed_kw = Figure()
    baseline_kwh = Figure(allow_null=True)
    metered_kwh = Figure(allow_null=True)
    delivered_kwh = Figure()
    delivered_share = Figure()
    availability_gbp = Figure()
    utilisation_gbp = Figure()
    sustain_gbp = Figure()
    explanation = serializers.CharField()


class StatementWithLines(StatementFields):
    """A statement with its lines."""

    lines = LineFields(many=True)


class StatementsView(SellerEndpoint):
    """The seller's statements."""

    @call(
        "seller_statements",
        "Your statements",
        tag=TAG,
        parameters=[BEFORE, LIMIT],
        answers={200: page_of(StatementFields)},
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return Response(newest(Statement.objects.filter(seller=self.seller), STATEMENT, request).answer())


class StatementView(SellerEndpoint):
    """One statement."""

    @call("seller_statement", "One statement with its lines", tag=TAG, answers={200: StatementWithLines})
    def get(self, request: Request, reference: str) -> Response:
        """Every line that the total is made of."""
        own = Statement.objects.filter(seller=self.seller, reference=reference)
        run, *told = reached(own.values_list("run", *STATEMENT.values()).first(), "statement", reference)
        lines = SettlementLine.objects.filter(run=run, seller=self.seller).order_by("pk")
        items = [dict(zip(LINE, values, strict=True)) for values in lines.values_list(*LINE.values())]
        return Response(dict(zip(STATEMENT, told, strict=True)) | {"lines": items})
