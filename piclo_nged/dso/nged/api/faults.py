"""A sandbox that misbehaves on request: NGED's integrators see before the season what their program must bear."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from markets.models import BidChange, SandboxFault
from markets.operations.sandbox import MOST_SECONDS, MOST_TIMES, ask_for_fault, forget_faults
from markets.rest.authentication import SandboxOnly
from markets.rest.bodies import read_object
from markets.rest.fields import Fields
from markets.rest.idempotency import idempotent
from markets.rest.openapi import call

from ..serializers import examples
from .base import TAG_PREFIX, NgedEndpoint

TAG = TAG_PREFIX + "sandbox"
REPEATED = 3
"""So many entries of the page before come again on a page that is played double."""
EVENTS = "events"
CALLS = (
    *("competition", "competitions-import", "approval", "withdrawal", "assets", "qualifications", "bids", "receipts"),
    *("results", "reconciliations", "triggers", "trigger", "readings", "invoices"),
)
"""The addresses by their names: what a slow or late answer may be asked of."""
SHOWN_BY = {"double": ("bids", EVENTS), "contradictory": ("bids",)}


class FaultFields(Fields):
    """A fault to be played: by the next `times` answers to `call`, or to any call that can show it."""

    kind = serializers.ChoiceField(SandboxFault.Kind.choices)
    call = serializers.ChoiceField([(name, name) for name in (*CALLS, EVENTS)], default="", allow_blank=True)
    seconds = serializers.IntegerField(min_value=0, max_value=MOST_SECONDS, default=0)
    times = serializers.IntegerField(min_value=1, max_value=MOST_TIMES, default=1)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        possible = SHOWN_BY.get(values["kind"], CALLS)
        if values["call"] and values["call"] not in possible:
            raise serializers.ValidationError({"call": f"This fault is shown by: {', '.join(possible)}."})
        if values["kind"] == SandboxFault.Kind.SLOW and not values["seconds"]:
            raise serializers.ValidationError({"seconds": f"Say how slowly: 1 to {MOST_SECONDS} seconds."})
        return values


class WaitingFault(serializers.Serializer):
    """A fault that waits to be played."""

    kind = serializers.ChoiceField(SandboxFault.Kind.choices)
    call = serializers.CharField(help_text="Empty: any.")
    seconds = serializers.IntegerField()
    times = serializers.IntegerField(source="remaining", help_text="So many more.")


class WaitingFaults(serializers.Serializer):
    """What the sandbox is to play yet, the next first."""

    items = WaitingFault(many=True)


class ForgottenFaults(serializers.Serializer):
    """How many were waiting."""

    forgotten = serializers.IntegerField()


class FaultsView(NgedEndpoint):
    """Faults that the sandbox plays."""

    permission_classes = [SandboxOnly]
    plays_faults = False

    @call("nged_read_faults", "Faults that wait to be played (sandbox)", tag=TAG, answers={200: WaitingFaults})
    def get(self, request: Request) -> Response:
        """The next first. All tokens of the sandbox share them."""
        waiting = SandboxFault.objects.filter(operator=self.token.operator_id).order_by("pk")
        return Response({"items": WaitingFault(waiting, many=True).data})

    @call(
        "nged_ask_for_fault",
        "Have a fault played (sandbox)",
        tag=TAG,
        request=FaultFields,
        answers={201: WaitingFault},
        examples=[examples.FAULT],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """`slow`: the answer takes `seconds`. `late`: it is done, but answered 504 (after `seconds`). `double`: a page
        of bids begins with entries of the page before; a webhook is called twice. `contradictory`: a `closed` entry
        comes with a checksum that is not of these bids.
        """
        wanted = read_object(FaultFields(), request.data)
        operator = self.token.operator
        assert operator is not None, "a sandbox is an operator's"
        fault = ask_for_fault(operator=operator, by=self.token, **wanted)
        return Response(WaitingFault(fault).data, status=201)

    @call(
        "nged_forget_faults",
        "Play no more faults (sandbox)",
        tag=TAG,
        answers={200: ForgottenFaults},
        is_write=True,
    )
    @idempotent
    def delete(self, request: Request) -> Response:
        """Every fault that waits is forgotten."""
        operator = self.token.operator
        assert operator is not None, "a sandbox is an operator's"
        return Response({"forgotten": forget_faults(operator=operator, by=self.token)})


def contradicted(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of a page, the first `closed` one of it with a checksum of something else."""
    shown = list(entries)
    for place, entry in enumerate(shown):
        if entry["kind"] == BidChange.Kind.CLOSED:
            shown[place] = entry | {"sha256": sha256(entry["sha256"].encode()).hexdigest()}
            break
    return shown
