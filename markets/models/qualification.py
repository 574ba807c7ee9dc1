"""A market's decision about an asset: offered to the operator, qualified or refused, and offered again when it changed."""

from django.db import models

from .asset import Asset
from .guards import append_only, guarded_states, written_once
from .operator import Market


@guarded_states()
class Qualification(models.Model):
    """An asset offered to a market, and what the operator decided. Its history: `QualificationChange`."""

    class Status(models.TextChoices):
        OFFERED = "offered", "Offered"
        QUALIFIED = "qualified", "Qualified"
        REFUSED = "refused", "Refused"

    MOVES = (
        (Status.OFFERED, Status.QUALIFIED),
        (Status.OFFERED, Status.REFUSED),
        (Status.QUALIFIED, Status.REFUSED),
        (Status.REFUSED, Status.QUALIFIED),
        (Status.QUALIFIED, Status.OFFERED),
        (Status.REFUSED, Status.OFFERED),
    )

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="qualifications")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="qualifications")
    status = models.CharField(max_length=20, choices=Status, default=Status.OFFERED)
    reason = models.CharField(max_length=500, blank=True)
    offered_at = models.DateTimeField(auto_now_add=True, help_text="The last time; after a change that matters, again.")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "market"], name="qualification_once_per_market")]

    def __str__(self) -> str:
        return f"{self.asset} in {self.market}: {self.get_status_display()}"


class QualificationChange(models.Model):
    """The history of a qualification: offered, then each decision of the operator with its reason.

    Offers have a place in the operator's feed: an asset that changed is offered, and read, again.
    """

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="qualification_changes")
    qualification = models.ForeignKey(Qualification, on_delete=models.CASCADE, related_name="changes")
    status = models.CharField("became", max_length=20)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200, help_text="As the journal names who did it.")
    position = models.BigIntegerField(
        null=True, blank=True, editable=False, help_text="An offer's place in the operator's feed."
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["market", "position"], name="offer_position_once")]
        triggers = [*append_only(may_change=["position"]), written_once("position")]

    def __str__(self) -> str:
        return f"{self.qualification.asset}: {self.status}"
