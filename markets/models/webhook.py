"""Calling whoever wants to be called, an operator or a seller: signed after the Standard Webhooks specification, with retries."""

from django.db import models
from django.utils import timezone

from .guards import guarded_states
from .operator import Market, Operator
from .people import Seller


class Webhook(models.Model):
    """An address that is told of events. An operator's sandbox one hears of mock markets only, its live one of real.

    A seller's hears of its instructions in every market, beside the emails and never instead of them.
    """

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, null=True, blank=True, related_name="webhooks")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, null=True, blank=True, related_name="webhooks")
    alarms_of = models.OneToOneField(
        Market,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="alarm_webhook",
        help_text="Of our own people on call, told of this market's alarms alone. Empty: the operator's.",
    )
    is_sandbox = models.BooleanField(default=True)
    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=100, help_text="Standard Webhooks form: whsec_ and Base64.")
    previous_secret = models.CharField(max_length=100, blank=True, help_text="Signed with as well, after a change.")
    previous_until = models.DateTimeField(null=True, blank=True)
    events = models.JSONField(default=list, blank=True, help_text="Kinds of events it wants; empty: all.")
    failing_since = models.DateTimeField(null=True, blank=True, help_text="The first failure since the last success.")
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="No call is made from then on.")
    stopped_because = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "is_sandbox", "url"], condition=models.Q(alarms_of=None), name="webhook_once"
            ),
            models.UniqueConstraint(fields=["seller", "url"], name="webhook_once_per_seller"),
            models.CheckConstraint(
                condition=models.Q(operator__isnull=False, seller__isnull=True)
                | models.Q(operator__isnull=True, seller__isnull=False, is_sandbox=False, alarms_of=None),
                name="webhook_of_an_operator_or_of_a_seller",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def owner(self) -> Operator | Seller:
        """Whose program is called."""
        owner = self.seller or self.operator
        assert owner is not None, "the database holds no webhook of nobody"
        return owner


class WebhookBookmark(models.Model):
    """How far into a market's feed of bids a webhook was told. Without one: told of nothing yet."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="bookmarks")
    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="+")
    position = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "market"], name="webhook_bookmark_once")]

    def __str__(self) -> str:
        return f"{self.webhook} knows {self.market} up to {self.position}"


@guarded_states()
class WebhookCall(models.Model):
    """One event for one webhook: the outbox of calls. The same `event_id` at every try."""

    class Status(models.TextChoices):
        READY = "ready", "Ready"
        SENT = "sent", "Taken by its receiver"
        FAILED = "failed", "Given up"

    MOVES = ((Status.READY, Status.SENT), (Status.READY, Status.FAILED), (Status.FAILED, Status.READY))

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="calls")
    market = models.ForeignKey(
        Market,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="webhook_calls",
        help_text="Empty: a test, which is of no market.",
    )
    event_id = models.CharField(max_length=80)
    event = models.CharField(max_length=60, help_text="e.g. bids.changed")
    body = models.JSONField()
    status = models.CharField(max_length=20, choices=Status, default=Status.READY)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, help_text="What came back at the last try.")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["not_before"], condition=models.Q(status="ready"), name="webhook_call_ready")]
        constraints = [models.UniqueConstraint(fields=["webhook", "event_id"], name="webhook_event_once")]

    def __str__(self) -> str:
        return f"{self.event} → {self.webhook}"


class SandboxFault(models.Model):
    """A fault that a sandbox is to play: the next `remaining` answers of it come late, twice, or contradict."""

    class Kind(models.TextChoices):
        SLOW = "slow", "Answers come slowly"
        LATE = "late", "What was done is answered too late"
        DOUBLE = "double", "The same is sent twice"
        CONTRADICTORY = "contradictory", "What is sent contradicts what was sent before"

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="sandbox_faults")
    kind = models.CharField(max_length=20, choices=Kind)
    call = models.CharField(max_length=60, blank=True, help_text="URL name of the API call; empty: any.")
    seconds = models.PositiveSmallIntegerField(default=0)
    remaining = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.remaining} more"
