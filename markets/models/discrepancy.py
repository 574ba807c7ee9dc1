"""Where the operator and we hold different things. Nothing is decided by itself: a person resolves it."""

from django.db import models

from .guards import append_only, written_once
from .operator import Market


class Discrepancy(models.Model):
    """What the operator said of a bid, or of a line of its invoice, beside what we hold. `resolved_at` empty: it waits for a person."""

    class Kind(models.TextChoices):
        UNKNOWN_BID = "unknown_bid", "A result for a bid that we do not know"
        CONTRADICTION = "contradiction", "A result that contradicts an earlier one"
        CONTRACT = "contract", "A contract that differs between both lists"
        INVOICE_LINE = "invoice_line", "An invoice line that contradicts an earlier one"

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="discrepancies")
    kind = models.CharField(max_length=20, choices=Kind)
    bid = models.CharField(
        max_length=100, help_text="The reference that the operator gave (also of an invoice line), or of our bid."
    )
    field = models.CharField(max_length=60, blank=True, help_text="What differs, e.g. accepted_kw.")
    theirs = models.CharField(max_length=500, blank=True)
    ours = models.CharField(max_length=500, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "discrepancies"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "kind", "bid", "field", "theirs", "ours"],
                condition=models.Q(resolved_at=None),
                name="discrepancy_waits_once",
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_at=None) ^ ~models.Q(resolution=""), name="discrepancy_resolved_in_words"
            ),
        ]
        triggers = [*append_only(may_change=["resolved_at", "resolution"]), written_once("resolved_at")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.bid} {self.field}".strip()
