"""Cases come and go with what is due: opened for a person, closed when nobody needs to act any more."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from markets.operations.journal import By, record

from ..models import Case, Step
from ..steps import Mode, StepDeclaration
from .due import wanted, without_case

BATCH = 1000


def new_case(step: Step, declaration: StepDeclaration, subject: Any, *, problem: str = "") -> Case:
    """A case for the subject, not stored yet."""
    return Case(
        step=step,
        subject_id=subject.pk,
        subject=declaration.called(subject)[:300],
        problem=problem or _why_left(step, declaration, subject),
        prepared=declaration.prepare(subject) if declaration.prepare and _is_prepared(step, declaration) else "",
        fell_due_at=subject.fell_due_at,
        due_at=declaration.due_at(subject),
    )


def _is_prepared(step: Step, declaration: StepDeclaration) -> bool:
    """Where a step may be assisted, its mode says so; a step for hands alone lays out what it has."""
    return step.mode == Mode.ASSISTED or Mode.ASSISTED not in declaration.modes


def _why_left(step: Step, declaration: StepDeclaration, subject: Any) -> str:
    if step.mode != Mode.AUTOMATED or not declaration.runs_elsewhere:
        return ""
    return declaration.explain(subject) if declaration.explain else f"Not done in time: {declaration.runs_elsewhere}."


@transaction.atomic
def open_cases(*, step: Step, declaration: StepDeclaration, by: By) -> int:
    """Opens a case per wanted subject that has none. Returns how many; a race opens no second one."""
    if step.mode == Mode.ASSISTED:
        _prepare(step, declaration)
    fresh = without_case(wanted(step, declaration), step)
    cases = [new_case(step, declaration, subject) for subject in fresh.iterator(BATCH)]
    if not cases:
        return 0
    before = step.cases.count()
    Case.objects.bulk_create(cases, batch_size=BATCH, ignore_conflicts=True)
    opened = step.cases.count() - before
    record(by=by, verb="open_cases", subject=step, count=opened)
    return opened


def _prepare(step: Step, declaration: StepDeclaration) -> None:
    """Prepares the cases that were opened before the step was assisted."""
    assert declaration.prepare is not None
    unprepared = list(step.cases.filter(status__in=Case.OPEN, prepared=""))
    subjects = declaration.waiting().in_bulk([case.subject_id for case in unprepared])
    for case in unprepared:
        if case.subject_id in subjects:
            case.prepared = declaration.prepare(subjects[case.subject_id])
    Case.objects.bulk_update(unprepared, ["prepared"], batch_size=BATCH)


@transaction.atomic
def close_cases(*, step: Step, declaration: StepDeclaration, by: By) -> int:
    """Closes the open cases whose subject waits no more. Returns how many.

    One that lay waiting is no longer needed. One in somebody's hand is done: that person, or whoever they were after,
    did it in another place.
    """
    if not step.cases.filter(status__in=Case.OPEN).exists():
        return 0
    still = wanted(step, declaration).values("pk")
    over = list(step.cases.filter(status__in=Case.OPEN).exclude(subject_id__in=still).values_list("pk", flat=True))
    closed = _close(over, Case.Status.WAITING, Case.Status.DROPPED, "No longer needed: it is not due any more.")
    closed += _close(over, Case.Status.CLAIMED, Case.Status.DONE, "Done outside the case: it is not due any more.")
    if closed:
        record(by=by, verb="close_cases", subject=step, count=closed)
    return closed


def _close(keys: Iterable[int], before: Case.Status, after: Case.Status, outcome: str) -> int:
    """The status is asked again in the UPDATE, so that a case claimed a moment ago keeps its person."""
    return Case.objects.filter(pk__in=keys, status=before).update(
        status=after, outcome=outcome, closed_at=timezone.now()
    )
