"""How much of a step was done by machine: one row per step and day, in place of a case per subject."""

from django.db import models

from .step import Step


class Tally(models.Model):
    """What the conductor counted of one step on one day (UTC). What hands did is counted from the cases."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="tallies")
    day = models.DateField(help_text="UTC.")
    by_machine = models.PositiveIntegerField(default=0, help_text="Subjects the conductor did.")
    failed = models.PositiveIntegerField(default=0, help_text="Subjects it could not do, which became cases.")
    most_waiting = models.PositiveIntegerField(default=0, help_text="The longest queue seen, of a step without cases.")

    class Meta:
        verbose_name_plural = "tallies"
        ordering = ["-day", "step"]
        constraints = [models.UniqueConstraint(fields=["step", "day"], name="tally_once_per_step_and_day")]

    def __str__(self) -> str:
        return f"{self.step} on {self.day:%d %B %Y}"
