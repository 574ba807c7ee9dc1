"""The conductor: once a minute each step's due subjects become automated runs or cases, as its mode says.

The machine does one subject per transaction: it looks at the mode, locks the subject, looks whether it is still due,
runs the step's operation, and looks again. What fails becomes a case with the error in words; from then on the subject
is a person's. A fault of one step does not stop the others, and is raised at the end.
"""

import logging
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from markets.operations.journal import By, actor_name, record
from markets.problems import Refused

from ..models import Case, Step
from ..steps import STEPS, Mode, StepDeclaration
from .due import for_the_machine, locked, wanted
from .opening import close_cases, new_case, open_cases
from .tallies import add_to_tally

logger = logging.getLogger(__name__)
AT_ONCE = 500  # subjects of one step in one round: the job stays well within its timeout, the rest is next minute's


@dataclass
class Conducted:
    """What one round did for one step."""

    key: str
    opened: int = 0
    closed: int = 0
    done: int = 0
    failed: int = 0
    waiting: int = 0


class ConductorFailed(Exception):
    """Some steps could not be conducted at all; the others were. The causes are in the log."""


def conduct(*, by: By = "conductor") -> list[Conducted]:
    """One round over all steps that can know what is due. Safe to run twice at once. Raises ConductorFailed."""
    rows = {step.key: step for step in Step.objects.all()}
    conducted, broken = [], []
    for declaration in STEPS:
        if declaration.due is None or declaration.key not in rows:
            continue
        try:
            conducted.append(_conduct_step(rows[declaration.key], declaration, by))
        except Exception:
            logger.exception("The conductor could not conduct %s", declaration.key)
            broken.append(declaration.key)
    if broken:
        raise ConductorFailed(f"Not conducted: {', '.join(broken)}. The log says why.")
    return conducted


def _conduct_step(step: Step, declaration: StepDeclaration, by: By) -> Conducted:
    outcome = Conducted(step.key)
    if declaration.tallied:
        outcome.waiting = declaration.waiting().count()
    elif step.mode == Mode.AUTOMATED and declaration.do and not declaration.runs_elsewhere:
        _run_what_is_due(step, declaration, by, outcome)
    else:
        outcome.opened = open_cases(step=step, declaration=declaration, by=by)
    if not declaration.tallied:
        outcome.closed = close_cases(step=step, declaration=declaration, by=by)
    add_to_tally(step=step, done=outcome.done, failed=outcome.failed, waiting=outcome.waiting)
    return outcome


def _run_what_is_due(step: Step, declaration: StepDeclaration, by: By, outcome: Conducted) -> None:
    due = for_the_machine(wanted(step, declaration), step).values_list("pk", flat=True)
    for subject_id in list(due[:AT_ONCE]):
        result = _run_one(step, declaration, subject_id, by)
        if result is None:
            break
        outcome.done += result == "done"
        outcome.failed += result == "failed"
    if outcome.done or outcome.failed:
        record(by=by, verb="run_step", subject=step, done=outcome.done, failed=outcome.failed)


@transaction.atomic
def _run_one(step: Step, declaration: StepDeclaration, subject_id: int, by: By) -> str | None:
    """'done', 'failed', or 'left' where somebody else has it; None where the step is not automated any more."""
    if not Step.objects.filter(pk=step.pk, mode=Mode.AUTOMATED).exists():
        return None
    if not locked(declaration, subject_id, wait=False):
        return "left"
    subject = for_the_machine(wanted(step, declaration), step).filter(pk=subject_id).first()
    if subject is None:
        return "left"
    problem = _attempt(declaration, subject, by)
    waiting = Case.objects.filter(step=step, subject_id=subject_id, status=Case.Status.WAITING)
    if not problem:
        waiting.update(
            status=Case.Status.DONE, outcome=f"Done by machine ({actor_name(by)}).", closed_at=timezone.now()
        )
        return "done"
    if not waiting.update(problem=problem):
        Case.objects.bulk_create([new_case(step, declaration, subject, problem=problem)], ignore_conflicts=True)
    return "failed"


def _attempt(declaration: StepDeclaration, subject: Any, by: By) -> str:
    """Runs the operation; the empty string, or what went wrong in words. A lost database is not the subject's fault."""
    assert declaration.do is not None
    try:
        with transaction.atomic():
            declaration.do(subject, by=by)
    except (OperationalError, InterfaceError):
        raise
    except Refused as refusal:
        return str(refusal)
    except Exception as error:
        logger.exception("The operation of %s failed for %s", declaration.key, subject)
        return f"The operation failed unexpectedly. {type(error).__name__}: {error}"
    if declaration.waiting().filter(pk=subject.pk).exists():
        return "The operation ran, but it is still due."
    return ""
