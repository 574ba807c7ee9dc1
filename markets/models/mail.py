"""The one outbox of every email, each attempt to send it, and what the provider tells of it afterwards.

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
    calendar = models.TextField(blank=True, help_text="An entry for a calendar that goes with it, as its file.")
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    not_before = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Attempts since it was last made ready.")
    first_provider = models.CharField(max_length=20, blank=True, help_text="Asked first; empty: the usual one.")
    refused_by = models.CharField(max_length=20, blank=True, help_text="A provider that refused it: not asked again.")
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True, help_text="The mailbox's own server took it.")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="First opened, by a person or a scanner.")
    bounced_at = models.DateTimeField(null=True, blank=True, help_text="It came back: the mailbox does not have it.")

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
    provider = models.CharField(max_length=20, default="default", help_text="Its name in the setting MAILERS.")
    outcome = models.CharField(max_length=20, choices=Outcome)
    provider_key = models.CharField(max_length=200, blank=True, help_text="The provider's own key of the message.")
    answer = models.TextField(blank=True, help_text="What the provider said.")

    asks_another = False
    """Of a refusal that is not stored yet: another provider is asked before the mail is given up."""

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["provider_key"], condition=~Q(provider_key=""), name="mail_attempt_provider_key")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.mail}: {self.get_outcome_display()}"


class MailEvent(models.Model):
    """What a provider told of a mail after it had accepted it. `key` is the event's own: told twice, it stands once."""

    class Kind(models.TextChoices):
        """Anymail's words for what all providers tell."""

        DELIVERED = "delivered", "Delivered"
        DEFERRED = "deferred", "Put off by the mailbox's server"
        OPENED = "opened", "Opened"
        CLICKED = "clicked", "Link opened"
        BOUNCED = "bounced", "Came back"
        REJECTED = "rejected", "Not sent by the provider"
        FAILED = "failed", "Failed at the provider"
        COMPLAINED = "complained", "Called spam by its reader"
        AUTORESPONDED = "autoresponded", "Answered by a machine"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed by its reader"

    CAME_BACK = (Kind.BOUNCED, Kind.REJECTED, Kind.FAILED)

    mail = models.ForeignKey(Mail, on_delete=models.PROTECT, related_name="events")
    provider = models.CharField(max_length=40)
    key = models.CharField(max_length=64, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField(help_text="As the provider says.")
    detail = models.CharField(max_length=500, blank=True, help_text="What the mailbox's server said.")
    received_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.mail}: {self.get_kind_display()}"
