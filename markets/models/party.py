"""Test parties: a mock market filled from what really happened, played by invited sellers, and compared afterwards."""

from typing import Self

import pgtrigger
from django.db import models

from .guards import guarded_states
from .operator import Market
from .people import Seller, User


class TestPartyQuerySet(models.QuerySet["TestParty"]):
    """Parties by who takes part in them."""

    __test__ = False

    def under_way(self) -> Self:
        """Not ended yet."""
        return self.exclude(status=TestParty.Status.CLOSED)

    def taken_part_in_by(self, seller: Seller) -> Self:
        """Those whose invitation the seller accepted."""
        return self.filter(market__admissions__seller=seller, market__admissions__accepted_at__isnull=False)


@guarded_states()
class TestParty(models.Model):
    """A rehearsal of a season in a mock market. `source` is the operator's results file as it was read."""

    __test__ = False  # no test class, whatever pytest takes it for

    class Status(models.TextChoices):
        BIDDING = "bidding", "Bidding"
        CLEARED = "cleared", "Cleared"
        CLOSED = "closed", "Ended"

    MOVES = (
        (Status.BIDDING, Status.CLEARED),
        (Status.BIDDING, Status.CLOSED),
        (Status.CLEARED, Status.CLOSED),
    )

    market = models.OneToOneField(Market, on_delete=models.PROTECT, related_name="test_party")
    name = models.CharField(max_length=150)
    status = models.CharField(max_length=20, choices=Status, default=Status.BIDDING)
    source = models.BinaryField()
    source_name = models.CharField(max_length=300, help_text="The file or the portal's resource.")
    with_original_offers = models.BooleanField(
        default=True, help_text="The companies of the file bid too, each as a stand-in, as they really did."
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TestPartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "test parties"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class StandIn(models.Model):
    """A seller that is nobody: it plays a company of the results file, in one party, with the offers of that company.

    Its name says so, it has no members and no mailbox, and nothing it does can reach the company.
    """

    party = models.ForeignKey(TestParty, on_delete=models.PROTECT, related_name="stand_ins")
    seller = models.OneToOneField(Seller, on_delete=models.PROTECT, related_name="stand_in")
    company = models.CharField(max_length=200, help_text="As the file names it.")

    class Meta:
        verbose_name = "stand-in"
        ordering = ["company"]
        constraints = [models.UniqueConstraint(fields=["party", "company"], name="stand_in_once_per_party")]

    def __str__(self) -> str:
        return str(self.seller)


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
    text = models.TextField(max_length=2000)
    left_at = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=20, choices=Decision, default=Decision.WAITING, blank=True)
    decided_what = models.CharField(max_length=500, blank=True, help_text="In words: what was done, or why nothing.")
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        triggers = [pgtrigger.ReadOnly(name="words_stand", fields=["party", "page", "text", "left_at"])]

    def __str__(self) -> str:
        return f"{self.page}: {self.text[:60]}"
