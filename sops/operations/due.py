"""What of a step is wanted now: due, and not laid to rest by a person."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Now

from ..models import Case, Step
from ..steps import StepDeclaration


def wanted(step: Step, declaration: StepDeclaration) -> QuerySet[Any]:
    """The due subjects, without those whose case a person closed a short while ago and that changed nothing.

    Where the step has an operation, "done" means that it was run: a subject that is due again is due. Where it has
    none (a telephone call), or a person dropped the case, the subject rests for `declaration.rests`.
    """
    closed_by_a_person = [Case.Status.DROPPED] if declaration.do else [Case.Status.DROPPED, Case.Status.DONE]
    resting = Case.objects.filter(
        step=step, subject_id=OuterRef("pk"), status__in=closed_by_a_person, claimed_by__isnull=False
    )
    if declaration.rests is not None:
        resting = resting.filter(closed_at__gt=Now() - Value(declaration.rests))
    return declaration.waiting().filter(~Exists(resting))


def without_case(subjects: QuerySet[Any], step: Step) -> QuerySet[Any]:
    """Those of the subjects that have no open case of the step."""
    return subjects.filter(~Exists(Case.objects.open().filter(step=step, subject_id=OuterRef("pk"))))


def for_the_machine(subjects: QuerySet[Any], step: Step) -> QuerySet[Any]:
    """Those of the subjects that no person has before them."""
    return subjects.filter(~Exists(Case.objects.with_people().filter(step=step, subject_id=OuterRef("pk"))))


def locked(declaration: StepDeclaration, subject_id: int, *, wait: bool) -> bool:
    """Locks the subject's row until the transaction ends; False where it is gone or, without `wait`, taken.

    Machine and people lock the subject before they look whether it is still due: that is why nothing is done twice.
    """
    model = declaration.subject_model()
    assert model is not None
    rows = model._base_manager.select_for_update(no_key=True, skip_locked=not wait)
    return rows.filter(pk=subject_id).values_list("pk", flat=True).first() is not None
