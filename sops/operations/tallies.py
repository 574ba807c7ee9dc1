"""Counting what machines did: one row per step and day."""

from datetime import UTC

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from ..models import Step, Tally


@transaction.atomic
def add_to_tally(*, step: Step, done: int = 0, failed: int = 0, waiting: int = 0) -> None:
    """Adds to today's count of the step; `waiting` keeps the longest queue seen. Nothing counted, nothing written."""
    if not (done or failed or waiting):
        return
    today = timezone.now().astimezone(UTC).date()
    Tally.objects.bulk_create([Tally(step=step, day=today)], ignore_conflicts=True)
    Tally.objects.filter(step=step, day=today).update(
        by_machine=F("by_machine") + done,
        failed=F("failed") + failed,
        most_waiting=Greatest(F("most_waiting"), waiting),
    )
