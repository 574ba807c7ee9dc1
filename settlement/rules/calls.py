"""What a contract was asked to deliver, from the instructions matched to it: starts and changes, ended by stops.

A stop may arrive before its start, and an instruction may be revised; what counts is what was asked in the end:
- of one trigger, the latest revision that starts, changes or cancels; a stop adds to it;
- a later call takes over from the moment at which it starts, so that no half-hour is asked for twice;
- a stop ends what is under way at its instant, and what was announced for later on that day does not start;
- an emergency stop or a cancellation also voids everything else that was announced before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from .halfhours import london_day

ASKS = frozenset({"start", "change"})
ENDS = frozenset({"stop", "emergency_stop"})


@dataclass(frozen=True)
class Called:
    """One matched instruction. `at`: when it takes effect; `ends_at` None: until a stop; capacity None: the contract's."""

    instruction_id: int
    window_id: int | None
    kind: str
    trigger: str
    revision: int
    at: datetime
    ends_at: datetime | None = None
    capacity_kw: Decimal | None = None


def asked(calls: Sequence[Called]) -> list[Called]:
    """The starts and changes of one contract as they stand in the end, in order of time; each with its end, if any came."""
    revisions: dict[str, int] = {}
    for call in calls:
        if call.kind not in ENDS:
            revisions[call.trigger] = max(call.revision, revisions.get(call.trigger, 0))
    latest = [call for call in calls if call.kind in ENDS or call.revision == revisions[call.trigger]]
    starts = sorted((call for call in latest if call.kind in ASKS), key=lambda call: (call.at, call.instruction_id))
    others = [call for call in latest if call.kind not in ASKS]
    standing = []
    for place, call in enumerate(starts):
        ends = [end.at for end in others if _ends(end, call)]
        ends += [later.at for later in starts[place + 1 :]]
        ends += [call.ends_at] if call.ends_at else []
        end = min(ends, default=None)
        if end is None or end > call.at:
            standing.append(replace(call, ends_at=end))
    return standing


def _ends(end: Called, call: Called) -> bool:
    """Whether a stop or cancellation bears on a call: it takes effect during it, or the call, announced before, is void."""
    if end.at >= call.at:
        return True
    announced_before = call.instruction_id < end.instruction_id
    return announced_before and (end.kind != "stop" or london_day(call.at) == london_day(end.at))
