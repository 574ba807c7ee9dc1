"""The sellers' address for instructions: a machine may poll it, beside the email, never instead of it."""

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from markets.rest.endpoints import SellerEndpoint
from markets.rest.fields import Figure
from markets.rest.openapi import BEFORE, LIMIT, call
from markets.rest.paging import newest, page_of

from .models import Instruction, Kind

INSTRUCTION = {
    "reference": "reference",
    "trigger": "trigger__reference",
    "revision": "trigger__revision",
    "market": "market__key",
    "kind": "kind",
    "product": "product_named",
    "zone": "zone_named",
    "contract": "contract_named",
    "capacity_kw": "capacity_kw",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "answer": "answer",
    "created_at": "created_at",
}


class InstructionFields(serializers.Serializer):
    """What the seller is told to do, in the operator's words, as the email tells it."""

    reference = serializers.CharField()
    trigger = serializers.CharField(help_text="The operator's reference.")
    revision = serializers.IntegerField(help_text="A higher one replaces what was sent under the same reference.")
    market = serializers.CharField()
    kind = serializers.ChoiceField(Kind.choices)
    product = serializers.CharField()
    zone = serializers.CharField()
    contract = serializers.CharField()
    capacity_kw = Figure(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True, help_text="Empty: until the stop.")
    answer = serializers.ChoiceField(Instruction.Answer.choices)
    created_at = serializers.DateTimeField()


class InstructionsView(SellerEndpoint):
    """The seller's instructions."""

    @call(
        "seller_instructions",
        "Your instructions",
        tag="Sellers: dispatch",
        parameters=[BEFORE, LIMIT],
        answers={200: page_of(InstructionFields)},
    )
    def get(self, request: Request) -> Response:
        """Newest first: to poll, read the first page again. The email is what counts; it leaves within a second."""
        page = newest(Instruction.objects.filter(seller=self.seller), INSTRUCTION, request)
        return Response(page.answer())


urlpatterns = [path("instructions", InstructionsView.as_view(), name="instructions")]
