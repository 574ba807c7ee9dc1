"""Test parties: a mock market filled from what really happened, played by invited sellers, and compared afterwards."""

from django.db import models

from .guards import guarded_states
from .operator import Market
from .people import Seller, User


@guarded_states()
class TestParty(models.Model):
    """A rehearsal of a season in a mock market. `source` is the operator's results file as it was read."""

    __test__ = False  # no test class, whatever pytest takes it for

    class Status(models.TextChoices):
        PREPARED = "prepared", "Prepared"
        BIDDING = "bidding", "Bidding"
        CLEARED = "cleared", "Cleared"
        CLOSED = "closed", "Closed"

    MOVES = (
        (Status.PREPARED, Status.BIDDING),
        (Status.BIDDING, Status.CLEARED),
        (Status.CLEARED, Status.CLOSED),
    )

    market = models.OneToOneField(Market, on_delete=models.PROTECT, related_name="test_party")
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=20, choices=Status, default=Status.PREPARED)
    source = models.BinaryField()
    source_name = models.CharField(max_length=300, help_text="The file or the portal's resource.")
    with_original_offers = models.BooleanField(
        default=True, help_text="The companies of the file bid too, each as a stand-in, as they really did."
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "test parties"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class PartyNote(models.Model):
    """What a participant noted on a page, and what was decided from it (renamed, reordered, left)."""

    class Decision(models.TextChoices):
        WAITING = "", "Waiting"
        RENAMED = "renamed", "Renamed"
        REORDERED = "reordered", "Reordered"
        CHANGED = "changed", "Changed otherwise"
        LEFT = "left", "Left as it is"

    party = models.ForeignKey(TestParty, on_delete=models.CASCADE, related_name="notes")
    seller = models.ForeignKey(Seller, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    page = models.CharField(max_length=300, help_text="The path of the page.")
    text = models.TextField()
    left_at = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=20, choices=Decision, default=Decision.WAITING, blank=True)
    decided_what = models.CharField(max_length=500, blank=True, help_text="In words: what was done, or why nothing.")
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.page}: {self.text[:60]}"
