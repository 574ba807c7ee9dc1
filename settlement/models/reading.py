"""What was metered: one row per asset and UTC day, with every revision kept."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from markets.models import Asset, Market, User
from markets.models.guards import append_only, written_once


class ReadingDayQuerySet(models.QuerySet["ReadingDay"]):
    """Reading days by which of their revisions stands."""

    def standing(self, *, up_to: int | None = None) -> Self:
        """The latest revision per asset and day; with `up_to`, as it stood when that row was the newest of all."""
        known = self if up_to is None else self.filter(pk__lte=up_to)
        return known.order_by("asset_id", "day", "-revision").distinct("asset_id", "day")


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

    position: int | None = None
    """Its place in the feed of the market that asked: set by `read_reading_days`, kept in `ForwardedReading`."""

    objects = ReadingDayQuerySet.as_manager()

    class Meta:
        ordering = ["asset", "day", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "day", "revision"], name="reading_day_revision_once"),
            models.CheckConstraint(
                condition=models.Q(watts__len=48) | models.Q(watts__len=1440), name="reading_day_is_whole"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.asset} {self.day}"


class ForwardedReading(models.Model):
    """A reading day in the feed of one market. Per market, since an asset may be rehearsed in one and settled in another."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="forwarded_readings")
    reading_day = models.ForeignKey(ReadingDay, on_delete=models.PROTECT, related_name="forwarded")
    position = models.BigIntegerField(null=True, blank=True, editable=False, help_text="Its place in the feed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reading_day", "market"], name="reading_forwarded_once_per_market"),
            models.UniqueConstraint(fields=["market", "position"], name="forwarded_position_once"),
        ]
        triggers = [*append_only(may_change=["position"]), written_once("position")]

    def __str__(self) -> str:
        return f"{self.reading_day} to {self.market}"
