"""Opening sealed bids early: a reason, two people and a journal entry."""

from django.db import models

from .competition import Competition
from .guards import append_only, written_once
from .people import User


class SealOpening(models.Model):
    """One person asks, with a reason, to see a competition's prices before gate closure; another agrees."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="seal_openings")
    reason = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["competition"], condition=models.Q(agreed_at=None), name="seal_opening_waits_once"
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by=None) | ~models.Q(agreed_by=models.F("asked_by")),
                name="seal_opened_by_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by=None, agreed_at=None)
                | models.Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="seal_agreed_by_somebody",
            ),
        ]
        triggers = [
            *append_only(may_change=["agreed_by", "agreed_at"]),
            written_once("agreed_by"),
            written_once("agreed_at"),
        ]

    def __str__(self) -> str:
        return f"Opening of {self.competition}"
