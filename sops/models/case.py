"""Work for a person: a subject that a manual step finds due."""

from typing import Self

from django.db import models

from markets.models import User
from markets.models.fields import Reference
from markets.models.guards import guarded_states

from .step import Step


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases by what is left to do."""

    def open(self) -> Self:
        return self.filter(status__in=Case.OPEN)

    def with_people(self) -> Self:
        """Open and not for the machine to take: in somebody's hand, or left by the machine with its reason."""
        return self.open().exclude(status=Case.Status.WAITING, problem="")


@guarded_states()
class Case(models.Model):
    """One subject of one step, done once. There is never a second open case for the same subject and step."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "In hand"
        DONE = "done", "Done"
        DROPPED = "dropped", "No longer needed"

    OPEN = (Status.WAITING, Status.CLAIMED)
    MOVES = (
        (Status.WAITING, Status.CLAIMED),
        (Status.WAITING, Status.DONE),
        (Status.WAITING, Status.DROPPED),
        (Status.CLAIMED, Status.WAITING),
        (Status.CLAIMED, Status.DONE),
        (Status.CLAIMED, Status.DROPPED),
    )

    reference = Reference("K")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="cases")
    subject_id = models.BigIntegerField(help_text="The key of the row that is due.")
    subject = models.CharField(max_length=300, help_text="As it was called then.")
    status = models.CharField(max_length=20, choices=Status, default=Status.WAITING)
    problem = models.TextField(blank=True, help_text="Why the machine left it to a person.")
    prepared = models.TextField(blank=True, help_text="What the machine found out for the person who approves.")
    claimed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claimed_cases",
        help_text="In whose hand it is or was; empty on a closed case: no person closed it.",
    )
    fell_due_at = models.DateTimeField(null=True, blank=True, help_text="When the subject began to wait.")
    opened_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "subject_id"],
                condition=models.Q(status__in=["waiting", "claimed"]),
                name="case_open_once_per_subject",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="claimed") | models.Q(claimed_by__isnull=False),
                name="case_in_somebodys_hand",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["waiting", "claimed"], closed_at=None)
                | models.Q(status__in=["done", "dropped"], closed_at__isnull=False),
                name="case_closed_has_its_instant",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
