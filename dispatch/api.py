"""The sellers' addresses for instructions: a machine may poll them and answer, beside the email, never instead of it."""

from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, OpenApiWebhook, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from markets.rest.bodies import read_object
from markets.rest.endpoints import SellerEndpoint, reached
from markets.rest.fields import Fields, Figure
from markets.rest.idempotency import idempotent
from markets.rest.openapi import BEFORE, LIMIT, call
from markets.rest.paging import newest, page_of

from .models import Acknowledgement, Instruction, Kind
from .operations import answer_instruction

TAG = "Sellers: dispatch"
DECLINE = OpenApiExample(
    "Decline",
    {"answer": "declined", "reason": "Two of twelve chargers are broken until Friday."},
    request_only=True,
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The last `ETag`: 304 without a body where nothing is new.",
)

INSTRUCTION = {
    "reference": "reference",
    "trigger": "trigger__reference",
    "revision": "trigger__revision",
    "market": "market__key",
    "is_mock": "market__is_mock",
    "kind": "kind",
    "product": "product_named",
    "zone": "zone_named",
    "contract": "contract_named",
    "asset": "asset_named",
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
    is_mock = serializers.BooleanField(help_text="Yes: a rehearsal. Deliver nothing for it.")
    kind = serializers.ChoiceField(Kind.choices)
    product = serializers.CharField()
    zone = serializers.CharField()
    contract = serializers.CharField()
    asset = serializers.CharField(help_text="Empty: all assets of the contract.")
    capacity_kw = Figure(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True, help_text="Empty: until the stop.")
    answer = serializers.ChoiceField(Instruction.Answer.choices)
    created_at = serializers.DateTimeField()


class InstructionSignal(InstructionFields):
    """An instruction as it was made; its `answer` stands in the list alone."""

    answer = None  # type: ignore[assignment]
    created_at = None  # type: ignore[assignment]
    contract = serializers.CharField(help_text="As the operator named it; ours where the market matches first.")
    url = serializers.URLField(help_text="The page of the instruction, for a person.")


class InstructionCreated(serializers.Serializer):
    """The body of the call. `webhook-id` is the same at every try, `webhook-signature` is to be verified."""

    type = serializers.ChoiceField(["instruction.created"])
    timestamp = serializers.DateTimeField()
    data = InstructionSignal()  # type: ignore[assignment]


class TestedFields(serializers.Serializer):
    """Whose test it is."""

    seller = serializers.CharField()


class WebhookTested(serializers.Serializer):
    """The body of a test, which an owner sends from the webhook's page. There is nothing to deliver."""

    type = serializers.ChoiceField(["webhook.test"])
    timestamp = serializers.DateTimeField()
    data = TestedFields()  # type: ignore[assignment]


INSTRUCTION_CREATED = OpenApiWebhook(
    "instruction.created",
    extend_schema(
        summary="We call you with an instruction",
        description="To each address that an owner added under *Company*, *Webhooks*, within about a second, beside the "
        "email and never instead of it. Signed after Standard Webhooks. Answer 2xx within 15 seconds; what is not taken "
        "is tried again after 1 s, 5 s, 30 s, 2 min, 10 min, 30 min, then by the hour, and given up after about eight.",
        tags=[TAG],
        request=InstructionCreated,
        responses={204: None},
    ),
)
WEBHOOK_TEST = OpenApiWebhook(
    "webhook.test",
    extend_schema(summary="We call you as a test", tags=[TAG], request=WebhookTested, responses={204: None}),
)


class AnswerFields(Fields):
    """What the seller answers. A decline says why."""

    answer = serializers.ChoiceField([("confirmed", "Confirmed"), ("declined", "Declined")])
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class AnsweredFields(serializers.Serializer):
    """The answer as it is kept."""

    instruction = serializers.CharField()
    answer = serializers.ChoiceField([("confirmed", "Confirmed"), ("declined", "Declined")])
    reason = serializers.CharField()
    given_by = serializers.CharField(help_text="The token.")
    given_at = serializers.DateTimeField()


@method_decorator(conditional_page, name="dispatch")
class InstructionsView(SellerEndpoint):
    """The seller's instructions."""

    @call(
        "seller_instructions",
        "Your instructions",
        tag=TAG,
        parameters=[BEFORE, LIMIT, IF_NONE_MATCH],
        answers={200: page_of(InstructionFields), 304: OpenApiResponse(description="Nothing is new.")},
    )
    def get(self, request: Request) -> Response:
        """Newest first. To poll, every few seconds if you like, read `?limit=20` again with the last `ETag`; to be called
        instead, add a webhook under *Company*. The email is what counts; it leaves within a second.
        """
        page = newest(Instruction.objects.told().filter(seller=self.seller), INSTRUCTION, request)
        return Response(page.answer())


class AnswerView(SellerEndpoint):
    """The answer to an instruction."""

    @call(
        "seller_answer_instruction",
        "Confirm or decline an instruction",
        tag=TAG,
        request=AnswerFields,
        examples=[DECLINE],
        answers={200: AnsweredFields},
        is_write=True,
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """As the button in the email does. The same answer once more changes nothing; another one replaces it, and both
        stay in the record. A confirmation is no delivery.
        """
        own = Instruction.objects.told().filter(seller=self.seller)
        instruction = reached(own.filter(reference=reference).first(), "instruction", reference)
        given = read_object(AnswerFields(), request.data)
        kept = answer_instruction(instruction=instruction, given_by=f"token {self.token.name}", by=self.token, **given)
        return Response(_answered(kept))


def _answered(kept: Acknowledgement) -> dict[str, object]:
    return {
        "instruction": kept.instruction.reference,
        "answer": kept.answer,
        "reason": kept.reason,
        "given_by": kept.given_by,
        "given_at": kept.given_at,
    }


urlpatterns = [
    path("instructions", InstructionsView.as_view(), name="instructions"),
    path("instructions/<str:reference>/answer", AnswerView.as_view(), name="answer"),
]
