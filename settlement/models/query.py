"""A seller's question about a line of its statement, and the answer it got."""

from django.db import models

from markets.models import Seller, User
from markets.models.fields import Reference
from markets.models.guards import append_only, written_once

from .run import SettlementLine, Statement

ANSWER = ("outcome", "answer", "answered_by", "answered_at")
GENERATED = ("reference",)  # the database makes it, and allows no guard to look at it


class LineQuery(models.Model):
    """While `answered_at` is empty it waits for customer success, and no run of its month is approved without a reason.

    What was asked and what was answered stand; whoever is not content asks again.
    """

    class Outcome(models.TextChoices):
        STANDS = "stands", "The line stands"
        CORRECTED = "corrected", "To be corrected by a further version"

    reference = Reference("Q")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="line_queries")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="queries")
    line = models.ForeignKey(SettlementLine, on_delete=models.PROTECT, related_name="queries")
    text = models.TextField(max_length=2000)
    file = models.BinaryField(null=True, blank=True, editable=False, help_text="What the seller sent with it.")
    file_name = models.CharField(max_length=200, blank=True)
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(db_default=models.functions.Now(), help_text="Real time.")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "query", "queries"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(answered_at=None), name="query_of_a_line_waits_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answer="", outcome="", answered_by=None)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False)
                & ~models.Q(answer="")
                & ~models.Q(outcome=""),
                name="query_is_answered_in_words",
            ),
        ]
        triggers = [*append_only(may_change=[*ANSWER, *GENERATED]), written_once("answered_at")]

    def __str__(self) -> str:
        return self.reference
