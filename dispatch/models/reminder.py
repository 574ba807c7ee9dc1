"""What is delivered by schedule has no trigger: that its seller was reminded the day before."""

from django.db import models

from markets.models import Market, Seller
from markets.models.guards import append_only


class Reminder(models.Model):
    """Once per seller, market and service day (of London, market time). `mails` 0: a rehearsal that it did not accept."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="reminders")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="reminders")
    day = models.DateField(help_text="On which it delivers.")
    mails = models.PositiveSmallIntegerField(help_text="How many were written.")
    made_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["market", "seller", "day"], name="reminder_once_a_day")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.seller} for {self.day:%-d %B %Y}"
