"""How an asset's baseline is drawn where it is not the historical one: a week of its own, from a month on."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models

from markets.models import Asset, User
from markets.models.guards import append_only


class AssetBaseline(models.Model):
    """What stands from a month on until a later row says otherwise; of two for one month the later one counts.

    `week_w`: 336 half-hours from Monday 00:00 in London, mean watts, + export; of one device where it is a profile.
    """

    class Method(models.TextChoices):
        NOMINATED = "nominated", "Nominated by the seller"
        PROFILE = "profile", "Reference profile times devices"
        HISTORICAL = "historical", "Historical again"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="baselines")
    from_month = models.DateField(help_text="The first month in which it counts (its first day).")
    method = models.CharField(max_length=20, choices=Method)
    week_w = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    devices = models.PositiveIntegerField(
        default=1, validators=[MinValueValidator(1)], help_text="How many devices of a reference profile; else 1."
    )
    reason = models.CharField(max_length=500, blank=True, help_text="Why, where the month had begun already.")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(from_month__day=1), name="baseline_month_is_its_first_day"),
            models.CheckConstraint(condition=models.Q(devices__gte=1), name="baseline_of_at_least_one_device"),
            models.CheckConstraint(
                condition=models.Q(method="historical", week_w__len=0)
                | ~models.Q(method="historical") & models.Q(week_w__len=336),
                name="baseline_has_a_whole_week",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.asset} from {self.from_month:%B %Y}: {self.get_method_display()}"
