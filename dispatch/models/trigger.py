"""What arrives: the operator's trigger, kept as it came, byte for byte. It cannot be edited or deleted."""

from django.db import models

from markets.models import Market, Operator, Token
from markets.models.guards import append_only

from .canary import Triggers


class Kind(models.TextChoices):
    """What a trigger asks for."""

    START = "start", "Start"
    STOP = "stop", "Stop"
    CHANGE = "change", "Change"
    EMERGENCY_STOP = "emergency_stop", "Emergency stop"
    CANCEL = "cancel", "Cancel"
    TEST = "test", "Test"


class Trigger(models.Model):
    """A call of a contract. One that could not be read is kept too, with what was wrong as its `problem`."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="triggers")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, null=True, blank=True, related_name="triggers")
    token = models.ForeignKey(Token, on_delete=models.PROTECT, null=True, blank=True, related_name="triggers")
    reference = models.CharField(max_length=100, blank=True, help_text="The operator's.")
    revision = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=20, choices=Kind, blank=True)
    raw = models.BinaryField(editable=False)
    content = models.JSONField(default=dict, blank=True, help_text="What could be read of it.")
    content_sha256 = models.CharField(max_length=64, help_text="Over the content, so that a repeat is known.")
    problem = models.TextField(blank=True)
    received_at = models.DateTimeField(help_text="Real time.")

    objects = Triggers.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["received_at"], name="trigger_received")]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "reference", "revision"],
                condition=models.Q(problem=""),
                name="trigger_reference_and_revision_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(problem="")
                | models.Q(market__isnull=False) & ~models.Q(reference="") & ~models.Q(kind=""),
                name="trigger_is_read_or_has_a_problem",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.reference or f"unread trigger {self.pk}"
