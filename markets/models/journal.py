"""The journal: one entry per operation - who, what, on which subject, why. It cannot be edited or deleted."""

from django.db import models

from .guards import append_only
from .people import User


class JournalEntry(models.Model):
    """Written by `markets.operations.journal.record`, inside the transaction of the operation."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.CharField(max_length=200, help_text="The person, token or job, as it was named then.")
    verb = models.CharField(max_length=60, help_text="The operation, e.g. place_bids.")
    subject_type = models.CharField(max_length=60, blank=True, help_text="The model's label, e.g. markets.bid.")
    subject_id = models.BigIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=300, blank=True, help_text="As it was called then.")
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "journal"
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.actor}: {self.verb} {self.subject}".strip()
