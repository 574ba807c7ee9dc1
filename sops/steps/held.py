"""Markets that match first: whom nobody was told of yet, because the contract is not clear. The one step that cannot wait."""

from datetime import timedelta

from django.db.models import F, QuerySet

from dispatch.models import Instruction, Match

from .calling import told
from .declaration import Lane, Mode, Phase, StepDeclaration


def held_matches() -> QuerySet[Match]:
    """Open matches of instructions that are held. What a later instruction made idle is left."""
    held = Instruction.objects.filter(is_held=True).standing()
    return (
        Match.objects.open()
        .filter(instruction__in=held)
        .annotate(fell_due_at=F("instruction__created_at"))
        .select_related("instruction__seller", "instruction__market")
    )


STEPS = (
    StepDeclaration(
        key="decide-held",
        phase=Phase.DISPATCH,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Decide a match that the seller waits for",
        modes=(Mode.MANUAL,),
        minutes_by_hand=5,
        time_critical=True,
        due=held_matches,
        called=lambda match: told(match.instruction),
        prepare=lambda match: "\n".join(match.discrepancies) or "No rule found the contract.",
        deadline=timedelta(minutes=5),
        rests=timedelta(minutes=15),
    ),
)
