"""Where a competition stands at its market's time, as pages say it. The operation alone decides on a bid."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..models import Competition
from ..rules.words import moment
from ..templatetags.figures import lasting

SOON = timedelta(hours=48)


@dataclass(frozen=True)
class Gate:
    """`state` is one of withdrawn, decided, upcoming, open, soon, closed; `left` is the time until it opens or closes."""

    state: str
    words: str
    left: timedelta | None = None

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "soon")


def gate_of(competition: Competition, now: datetime) -> Gate:
    """The gate of a competition at market time `now`."""
    if competition.status == Competition.Status.WITHDRAWN:
        return Gate("withdrawn", "Withdrawn")
    if competition.status == Competition.Status.DECIDED:
        return Gate("decided", "Results are in")
    if now < competition.opens_at:
        return Gate("upcoming", "Opens in", competition.opens_at - now)
    if now >= competition.closes_at:
        return Gate("closed", "Closed, waiting for results")
    left = competition.closes_at - now
    return Gate("soon" if left <= SOON else "open", "Closes in", left)


def how_long_before_closure(competition: Competition, saved_at: datetime) -> str:
    """What was just saved, as a person near gate closure wants to read it: the second, and how much time was left."""
    left = competition.closes_at - saved_at
    return (
        f"Saved on {moment(saved_at)}, {lasting(left)} before bidding closes. Until then you can revise or withdraw it."
    )
