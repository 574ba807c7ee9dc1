"""The one outbox of every email, and each attempt to send it.

Nobody calls the outside inside a transaction: an operation commits a ready row; a worker claims it, sends, and
records the attempt. A worker that dies leaves a claim that runs out, and the mail is sent again with the same
Message-ID: a duplicate is better than a loss.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .guards import append_only, guarded_states


@guarded_states()
class Mail(models.Model):
    """One message to one recipient."""

    class Lane(models.TextChoices):
        INSTRUCTION = "instruction", "Instruction"
        ORDINARY = "ordinary", "Ordinary"

    class Status(models.TextChoices):
        READY = "ready", "Ready"
        SENT = "sent", "Accepted by the mail server"
        FAILED = "failed", "Given up"

    MOVES = (
        (Status.READY, Status.SENT),
        (Status.READY, Status.FAILED),
        (Status.FAILED, Status.READY),
    )

    lane = models.CharField(max_length=20, choices=Lane, default=Lane.ORDINARY)
    status = models.CharField(max_length=20, choices=Status, default=Status.READY)
    recipient = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    not_before = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mail"
        indexes = [models.Index(fields=["lane", "not_before"], condition=Q(status="ready"), name="mail_ready")]
        constraints = [
            models.CheckConstraint(condition=Q(status="sent") ^ Q(sent_at=None), name="mail_sent_has_its_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"


class MailAttempt(models.Model):
    """One try to hand a mail to the provider, and what came of it."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DEFERRED = "deferred", "To be tried again"
        REFUSED = "refused", "Refused for good"

    mail = models.ForeignKey(Mail, on_delete=models.PROTECT, related_name="attempts")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    answer = models.TextField(blank=True, help_text="What the provider said.")

    class Meta:
        ordering = ["id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.mail}: {self.get_outcome_display()}"
