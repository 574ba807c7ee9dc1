"""What customer success watches while triggers come in: each with how far it got, and what is wrong in words. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a trigger got in one respect: so many of so many, the last of them at `last_at`."""

    done: int = 0
    of: int = 0
    last_at: datetime | None = None

    @property
    def is_complete(self) -> bool:
        return self.of > 0 and self.done >= self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is to be counted of a trigger's instructions and mails."""

    instructions: int = 0
    unknown: int = 0
    held: int = 0
    declined: int = 0
    overdue: int = 0
    unmatched: int = 0
    late: int = 0
    failed: int = 0
    bounced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One trigger. `sole` is the seller where it calls one only, as we or else the operator name it."""

    trigger_id: int
    reference: str
    revision: int
    kind: str
    market: str
    is_mock: bool
    received_at: datetime
    problem: str = ""
    sole: str = ""
    counts: Counts = Counts()
    sent: Stage = Stage()
    delivered: Stage = Stage()
    confirmed: Stage = Stage()
    matched: Stage = Stage()

    @property
    def stages(self) -> tuple[tuple[str, Stage, str], ...]:
        """Each stage by name, with the time from the trigger to the last of it."""
        named = (
            ("Sent", self.sent),
            ("Delivered", self.delivered),
            ("Confirmed", self.confirmed),
            ("Matched", self.matched),
        )
        return tuple(
            (name, stage, seconds(stage.last_at - self.received_at) if stage.last_at else "") for name, stage in named
        )

    @property
    def troubles(self) -> tuple[str, ...]:
        """What a person should look at, the worst first; empty: nothing."""
        return tuple(_troubles(self.problem, self.counts))


@dataclass(frozen=True, slots=True)
class Today:
    """Since midnight in London: how long mails took from the trigger to being accepted, and what waits now."""

    mails: int
    median: timedelta | None
    worst: timedelta | None
    unsent: int


def _troubles(problem: str, counts: Counts) -> Iterator[str]:
    if problem:
        yield "Could not be read: nobody was instructed"
    told = (
        (counts.unknown, "seller unknown", "sellers unknown"),
        (counts.late, "mail unsent", "mails unsent"),
        (counts.failed, "mail given up", "mails given up"),
        (counts.bounced, "mail came back", "mails came back"),
        (counts.declined, "declined", "declined"),
        (counts.overdue, "without an answer in time", "without an answer in time"),
        (counts.unmatched, "not matched", "not matched"),
    )
    for count, one, many in told:
        if count:
            words = one if count == 1 else f"{count:,} {many}"
            yield words[0].upper() + words[1:]


def seconds(took: timedelta | None) -> str:
    """`0.42 s`, `14.1 s`, `3 min 5 s`, `2 h 4 min`: as exact as matters at that length."""
    if took is None:
        return ""
    whole = took.total_seconds()
    if whole < 59.95:
        return f"{whole:.2f} s" if whole < 9.995 else f"{whole:.1f} s"
    minutes, rest = divmod(round(whole), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"
