"""NGED's invoice lines, against which our settlement is checked."""

from rest_framework.request import Request
from rest_framework.response import Response

from markets.rest.bodies import read_all_rows
from markets.rest.idempotency import idempotent
from markets.rest.openapi import MARKET, call
from settlement.operations import InvoiceEntry, record_invoice

from ..serializers import examples
from ..serializers.settlement import InvoiceCounts, InvoiceLineFields
from .base import TAG_PREFIX, NgedEndpoint


class InvoicesView(NgedEndpoint):
    """Lines of NGED's invoices."""

    @call(
        "nged_record_invoice",
        "Send invoice lines",
        tag=TAG_PREFIX + "settlement",
        parameters=[MARKET],
        request=InvoiceLineFields(many=True),
        answers={200: InvoiceCounts},
        faults=[409],
        examples=[examples.INVOICE_LINE],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """All or none. A repeat changes nothing; a known reference with other content is a contradiction (409)."""
        market = self.market
        rows = read_all_rows(InvoiceLineFields(), request.data)
        lines = [InvoiceEntry(**values, line=line) for line, values in rows]
        return Response(vars(record_invoice(market=market, lines=lines, by=self.token)))
