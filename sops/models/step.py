"""A step of the service blueprint as the service sets it; what the step is stands in `sops/steps/`."""

from django.core.validators import MinValueValidator
from django.db import models


class Step(models.Model):
    """The part of a step that is data: who does it now, by hand or by machine, and what hands can do."""

    class Mode(models.TextChoices):
        MANUAL = "manual", "Manual"
        ASSISTED = "assisted", "Assisted"
        AUTOMATED = "automated", "Automated"

    key = models.SlugField(unique=True)
    mode = models.CharField(max_length=20, choices=Mode, default=Mode.MANUAL)
    minutes_by_hand = models.PositiveIntegerField(default=5, validators=[MinValueValidator(1)])
    people = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key
