"""Faults that a sandbox plays when its holder asks for them: so an integrator sees before the season what may go wrong.

Real markets know nothing of this: only the addresses ask, and only for a sandbox token.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from ..models import Operator, SandboxFault
from ..problems import Refused
from .journal import By, record

MOST_SECONDS = 10
MOST_TIMES = 100
MOST_WAITING = 20
Kind = SandboxFault.Kind


@transaction.atomic
def ask_for_fault(
    *, operator: Operator, kind: str, by: By, call: str = "", seconds: int = 0, times: int = 1
) -> SandboxFault:
    """The next `times` answers of the sandbox to that call (any, where none is named) show the fault.

    Raises Refused where a slow answer has no seconds, or too many faults wait.
    """
    if kind == Kind.SLOW and not 0 < seconds <= MOST_SECONDS:
        raise Refused(f"Say how slowly: 1 to {MOST_SECONDS} seconds.")
    if SandboxFault.objects.filter(operator=operator).count() >= MOST_WAITING:
        raise Refused(f"{MOST_WAITING} faults wait to be played already. Delete them first: DELETE sandbox/faults.")
    fault = SandboxFault.objects.create(operator=operator, kind=kind, call=call, seconds=seconds, remaining=times)
    record(by=by, verb="ask_for_fault", subject=fault, operator=operator.key, call=call)
    return fault


@transaction.atomic
def forget_faults(*, operator: Operator, by: By) -> int:
    """From now on the sandbox answers as the real thing would. Returns how many kinds of fault were waiting."""
    forgotten, _ = SandboxFault.objects.filter(operator=operator).delete()
    if forgotten:
        record(by=by, verb="forget_faults", subject=operator, count=forgotten)
    return forgotten


@transaction.atomic
def next_fault(*, operator_id: int, kinds: Sequence[str], call: str) -> SandboxFault | None:
    """The oldest fault of these kinds that waits for this call, counted down by one; None: answer as it should be."""
    waiting = SandboxFault.objects.filter(operator=operator_id, kind__in=kinds, call__in=["", call]).order_by("pk")
    fault = waiting.select_for_update(skip_locked=True).first()
    if fault is None:
        return None
    if fault.remaining > 1:
        SandboxFault.objects.filter(pk=fault.pk).update(remaining=F("remaining") - 1)
    else:
        fault.delete()
    return fault
