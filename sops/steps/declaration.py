"""The shape of a step of the blueprint: what stands in code. What is data of it (mode, minutes, people) is `Step`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from django.db.models import Model, QuerySet

from markets.operations.journal import By

from ..models.step import Step

TEXTS = Path(__file__).parent / "texts"
Mode = Step.Mode


class Phase(StrEnum):
    """The chapters of the story, in the order in which data flows."""

    REGISTRATION = "Registration"
    BIDDING = "Bidding"
    DISPATCH = "Dispatch"
    SETTLEMENT = "Settlement"
    SERVICE = "The service around it"


class Lane(StrEnum):
    """Who owns a step: the rows of the blueprint."""

    SELLER = "Seller"
    PICLO = "Piclo's system"
    CUSTOMER_SUCCESS = "Customer success"
    NGED = "NGED"


class Do(Protocol):
    """The operation that does the step for one due subject. It raises where it can't; the words become the case."""

    def __call__(self, subject: Any, *, by: By) -> object: ...


@dataclass(frozen=True, kw_only=True)
class StepDeclaration:
    """A step, declared once.

    `due` gives the subjects that wait now: one row per subject, set-based, each annotated with `fell_due_at` (real
    time). It is empty where other parties do the step and nothing of it can be seen waiting. `do` is the operation;
    machine and case call the same one. `modes` are the allowed modes, the first is the mode at first; a step with one
    mode is locked. `runs_elsewhere` names the machinery that does an automated step outside the conductor (an address
    of the API, a worker): then what is due is what that machinery left undone, and the conductor makes it a case.
    """

    key: str
    phase: Phase
    lane: Lane
    title: str
    modes: tuple[Mode, ...]
    minutes_by_hand: int
    people: int = 1
    time_critical: bool = False
    due: Callable[[], QuerySet[Any]] | None = None
    do: Do | None = None
    runs_elsewhere: str = ""
    deadline: timedelta | None = None
    """From `fell_due_at` to when it must be done."""
    own_deadline: Callable[[Any], datetime] | None = None
    """Instead, where each subject has its own: in real time."""
    rests: timedelta | None = timedelta(days=1)
    """How long a subject rests after a person dropped its case or, without a `do`, closed it. None: for ever."""
    called: Callable[[Any], str] = str
    """What a person calls the subject."""
    explain: Callable[[Any], str] | None = None
    """Why a subject of `runs_elsewhere` waits, in words."""
    prepare: Callable[[Any], str] | None = None
    """What an assisted step lays before the person who approves, or a manual one before who does it: in Markdown."""
    tallied: bool = False
    """High volume: its queue is counted, no case is stored."""

    def __post_init__(self) -> None:
        if Mode.ASSISTED in self.modes and (self.prepare is None or self.do is None):
            raise ValueError(f"{self.key}: an assisted step needs something to prepare and an operation to approve.")
        if Mode.AUTOMATED in self.modes and self.due and not (self.do or self.runs_elsewhere):
            raise ValueError(f"{self.key}: say what does it when it is automated.")

    @property
    def mode_at_first(self) -> Mode:
        return self.modes[0]

    @property
    def locked(self) -> bool:
        """Its mode is not for choosing."""
        return len(self.modes) == 1

    @property
    def sop(self) -> str:
        """The standard operating procedure, in Markdown."""
        return (TEXTS / f"{self.key}.md").read_text(encoding="utf-8")

    def due_at(self, subject: Any) -> datetime | None:
        """When it must be done for the subject, in real time; None: whenever."""
        if self.own_deadline is not None:
            return self.own_deadline(subject)
        due_at: datetime | None = subject.fell_due_at + self.deadline if self.deadline else None
        return due_at

    def waiting(self) -> QuerySet[Any]:
        """What is due; raises where the step can't know."""
        if self.due is None:
            raise ValueError(f"{self.key} has no due-query: other parties do it.")
        return self.due()

    def subject_model(self) -> type[Model] | None:
        """The kind of row that falls due."""
        return self.due().model if self.due else None
