"""What was metered: one row per asset and UTC day, with every revision kept."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from markets.models import Asset, User
from markets.models.guards import append_only, written_once


class ReadingDay(models.Model):
    """Average watts per interval of one UTC day, + export and - import; NULL where nothing was read.

    48 half-hours or 1,440 minutes. A correction is a further row with the next revision.
    """

    class Source(models.TextChoices):
        UPLOAD = "upload", "Uploaded by the seller"
        API = "api", "Sent by the seller's system"
        CONSOLE = "console", "Imported in the console"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="reading_days")
    day = models.DateField(help_text="UTC.")
    revision = models.PositiveIntegerField(default=1)
    watts = ArrayField(models.IntegerField(null=True))
    source = models.CharField(max_length=20, choices=Source)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(db_default=models.functions.Now())
    position = models.BigIntegerField(null=True, blank=True, editable=False, help_text="Its place in the operator's feed.")

    class Meta:
        ordering = ["asset", "day", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "day", "revision"], name="reading_day_revision_once"),
            models.CheckConstraint(
                condition=models.Q(watts__len=48) | models.Q(watts__len=1440), name="reading_day_is_whole"
            ),
        ]
        triggers = [*append_only(may_change=["position"]), written_once("position")]

    def __str__(self) -> str:
        return f"{self.asset} {self.day}"
