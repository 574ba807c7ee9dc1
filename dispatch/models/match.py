"""What is found afterwards: which contract and window an instruction belongs to, and what does not agree."""

from datetime import datetime

import pgtrigger
from django.db import models

from markets.models import Contract, ServiceWindow, User
from markets.models.guards import guarded_states

from ..rules.deadline import to_solve_by
from .instruction import Instruction


class MatchQuerySet(models.QuerySet["Match"]):
    """Matches by what is left to do."""

    def open(self) -> "MatchQuerySet":
        return self.filter(status=Match.Status.OPEN)


@guarded_states()
class Match(models.Model):
    """Open until a contract is found, by rule or by a person. Settlement locks it; then the database refuses changes."""

    class Status(models.TextChoices):
        OPEN = "open", "Not matched yet"
        MATCHED = "matched", "Matched"

    MOVES = ((Status.OPEN, Status.MATCHED), (Status.MATCHED, Status.OPEN))

    instruction = models.OneToOneField(Instruction, on_delete=models.PROTECT, related_name="match")
    status = models.CharField(max_length=20, choices=Status, default=Status.OPEN)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="matches")
    window = models.ForeignKey(ServiceWindow, on_delete=models.PROTECT, null=True, blank=True, related_name="matches")
    discrepancies = models.JSONField(default=list, blank=True, help_text="Sentences, each naming what does not agree.")
    remarks = models.JSONField(
        default=list, blank=True, help_text="Sentences to know that do not stand against it, e.g. what was learned."
    )
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "matches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="open") | models.Q(contract__isnull=False), name="a_match_names_its_contract"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="locked_for_settlement",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__locked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instruction}: {self.get_status_display()}"

    @property
    def solve_by(self) -> datetime:
        """In market time: until then it should be matched, since the run of its month falls due. See the rule."""
        told = self.instruction
        made_at = told.created_at + told.market.clock_offset  # rows are dated in real time
        return to_solve_by(told.starts_at or told.ends_at or made_at)
