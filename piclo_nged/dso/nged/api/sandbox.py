"""The holder of a sandbox token moves the time of a mock market: to gate closure, to delivery, to the month's end."""

from datetime import timedelta

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from markets.operations.clock import move_clock
from markets.rest.authentication import SandboxOnly
from markets.rest.bodies import read_object
from markets.rest.fields import Fields, Instant
from markets.rest.idempotency import idempotent
from markets.rest.openapi import call

from ..serializers import examples
from .base import TAG_PREFIX, NgedEndpoint


class ClockFields(Fields):
    """Where to move market time: to an instant, or on by seconds."""

    market = serializers.CharField(max_length=50)
    forward_to = Instant(required=False)
    forward_seconds = serializers.IntegerField(required=False, min_value=1, max_value=10 * 366 * 86_400)

    def validate(self, values: dict) -> dict:
        if ("forward_to" in values) == ("forward_seconds" in values):
            raise serializers.ValidationError("Give forward_to or forward_seconds, one of them.")
        return values


class MarketTimeFields(serializers.Serializer):
    """Market time as it now runs on."""

    market = serializers.CharField()
    now = serializers.DateTimeField()


class ClockView(NgedEndpoint):
    """The clock of a mock market."""

    permission_classes = [SandboxOnly]

    @call(
        "nged_move_clock",
        "Move market time forward (sandbox)",
        tag=TAG_PREFIX + "sandbox",
        request=ClockFields,
        answers={200: MarketTimeFields},
        examples=[examples.CLOCK],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Only mock markets have a clock that moves, and only forward: gates open and close by it."""
        wanted = read_object(ClockFields(), request.data)
        market = self.market_called(wanted["market"])
        to = wanted.get("forward_to") or market.now() + timedelta(seconds=wanted["forward_seconds"])
        market = move_clock(market=market, to=to, by=self.token)
        return Response({"market": market.key, "now": market.now()})
