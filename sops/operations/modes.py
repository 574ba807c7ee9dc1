"""Who does a step, a person or a machine: rows for the declared steps, and the switch between the modes."""

from django.db import transaction
from django_q.tasks import async_task

from markets.operations.journal import By, record
from markets.problems import Refused

from ..models import Step
from ..steps import STEPS, declared


class ModeNotAllowed(Refused):
    """The step can't be done in this mode, or no reason was given."""

    title = "Mode not allowed"


@transaction.atomic
def sync_steps(*, by: By) -> list[str]:
    """Gives every declared step its row. Returns the keys that were added or corrected; again: none.

    What people set (mode, minutes, people) stands, except a mode that the declaration no longer allows.
    """
    rows = {step.key: step for step in Step.objects.select_for_update().order_by("pk")}
    added = [declaration for declaration in STEPS if declaration.key not in rows]
    Step.objects.bulk_create(
        [
            Step(
                key=declaration.key,
                mode=declaration.mode_at_first,
                minutes_by_hand=declaration.minutes_by_hand,
                people=declaration.people,
            )
            for declaration in added
        ],
        ignore_conflicts=True,
    )
    corrected = [d for d in STEPS if d.key in rows and rows[d.key].mode not in d.modes]
    for declaration in corrected:
        Step.objects.filter(key=declaration.key).update(mode=declaration.mode_at_first)
    keys = [declaration.key for declaration in (*added, *corrected)]
    if keys:
        record(by=by, verb="sync_steps", steps=keys)
    return keys


@transaction.atomic
def set_mode(*, step: Step, mode: str, reason: str, by: By) -> Step:
    """Switches a step, at once and in either direction; the same mode again changes nothing.

    Nothing is lost or doubled by it: what is due is read from the subjects themselves, the machine looks at the mode
    before each single subject, and both it and people lock the subject and look again before they do it.
    Raises ModeNotAllowed.
    """
    declaration = declared(step.key)
    if mode not in declaration.modes:
        allowed = " or ".join(declaration.modes)
        raise ModeNotAllowed(f"'{declaration.title}' can be {allowed} only, not {mode}.")
    if not reason.strip():
        raise ModeNotAllowed("Say why: whoever comes after you will want to know.")
    step = Step.objects.select_for_update().get(pk=step.pk)
    before, step.mode = step.mode, mode
    if before != mode:
        step.save(update_fields=["mode"])
        record(by=by, verb="set_mode", subject=step, reason=reason, before=before, after=mode)
        async_task("sops.jobs.conduct")  # part of this transaction: it begins when the switch is committed
    return step
