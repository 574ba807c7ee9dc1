"""What people do with a case: claim, hand over, finish, drop. One case is never in two hands."""

from django.db import transaction
from django.utils import timezone

from markets.models import User
from markets.operations.journal import record
from markets.problems import Refused

from ..models import Case
from ..steps import StepDeclaration, declared
from .due import locked


class CaseNotYours(Refused):
    """The case is in somebody else's hand, or closed."""

    status = 409
    title = "Not your case"

    @classmethod
    def says(cls, case: Case) -> "CaseNotYours":
        if case.status == Case.Status.CLAIMED:
            return cls(f"{case} is in the hands of {case.claimed_by}. Ask for it to be handed over.")
        return cls(f"{case} is closed: {case.get_status_display().lower()}.")


@transaction.atomic
def claim_case(*, case: Case, by: User) -> Case:
    """Takes a waiting case into one's hand; to claim one's own again changes nothing. Raises CaseNotYours."""
    taken = Case.objects.filter(pk=case.pk, status=Case.Status.WAITING).update(
        status=Case.Status.CLAIMED, claimed_by=by
    )
    case = Case.objects.select_related("step", "claimed_by").get(pk=case.pk)
    if not taken and (case.status != Case.Status.CLAIMED or case.claimed_by != by):
        raise CaseNotYours.says(case)
    if taken:
        record(by=by, verb="claim_case", subject=case)
    return case


@transaction.atomic
def hand_over_case(*, case: Case, to: User | None, by: User, reason: str = "") -> Case:
    """Puts an open case into another's hand, or with `to=None` back into the queue. Anyone may: people fall ill."""
    case = _open(case)
    case.claimed_by = to
    case.status = Case.Status.CLAIMED if to else Case.Status.WAITING
    case.save(update_fields=["status", "claimed_by"])
    record(by=by, verb="hand_over_case", subject=case, reason=reason, to=to.email if to else "")
    return case


@transaction.atomic
def finish_case(*, case: Case, by: User, outcome: str = "") -> Case:
    """Does the step for the case's subject by the step's own operation, and closes the case as done.

    Where the subject is not due any more (it was done on its own page) the case is only closed. Raises CaseNotYours,
    and Refused where the operation refuses or leaves the subject due: then nothing was changed.
    """
    declaration = declared(case.step.key)
    is_there = locked(declaration, case.subject_id, wait=True)
    case = _in_hand_of(by, case)
    if is_there and declaration.do:
        _do(declaration, case, by)
    return _closed(case, Case.Status.DONE, by, outcome)


def _do(declaration: StepDeclaration, case: Case, by: User) -> None:
    assert declaration.do is not None
    subject = declaration.waiting().filter(pk=case.subject_id).first()
    if subject is None:
        return
    declaration.do(subject, by=by)
    if declaration.waiting().filter(pk=case.subject_id).exists():
        raise Refused(f"'{declaration.title}' ran, but {case.subject} is still due. Open it and see what is missing.")


@transaction.atomic
def drop_case(*, case: Case, by: User, reason: str) -> Case:
    """Closes a case as not needed, although its subject is due; it rests as its step declares. Raises Refused."""
    if not reason.strip():
        raise Refused("Say why it is not needed: the case will not come back for a while.")
    return _closed(_in_hand_of(by, case), Case.Status.DROPPED, by, reason)


def _open(case: Case) -> Case:
    case = Case.objects.select_for_update(of=("self",)).select_related("step", "claimed_by").get(pk=case.pk)
    if case.status not in Case.OPEN:
        raise CaseNotYours.says(case)
    return case


def _in_hand_of(by: User, case: Case) -> Case:
    """The case, locked: open, and claimed by nobody else."""
    case = _open(case)
    if case.status == Case.Status.CLAIMED and case.claimed_by != by:
        raise CaseNotYours.says(case)
    return case


def _closed(case: Case, status: Case.Status, by: User, outcome: str) -> Case:
    case.status, case.claimed_by, case.outcome, case.closed_at = status, by, outcome, timezone.now()
    case.save(update_fields=["status", "claimed_by", "outcome", "closed_at"])
    record(by=by, verb="finish_case" if status == Case.Status.DONE else "drop_case", subject=case, reason=outcome)
    return case
