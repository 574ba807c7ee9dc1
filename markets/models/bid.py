"""What sellers offer: a bid with a line per window, every change of it in order, and what the operator holds."""

from typing import Self

import pgtrigger
from django.db import models

from .asset import Asset
from .competition import Competition, ServiceWindow
from .fields import Kw, Price, Reference
from .guards import append_only, guarded_states, not_negative, written_once
from .operator import Market
from .people import Seller

PRICES = ("availability_gbp_per_mw_h", "utilisation_gbp_per_mwh", "sustain_gbp_per_kw")


class BidQuerySet(models.QuerySet["Bid"]):
    """Bids by where they stand."""

    def standing(self) -> Self:
        """Not withdrawn: what the operator is asked to decide."""
        return self.exclude(status=Bid.Status.WITHDRAWN)


@guarded_states()
class Bid(models.Model):
    """Capacity and prices of one seller in one competition; NGED calls it an offer. Taken whole or not at all.

    A bid is never deleted, and the database sees to it. So what is written with it (lines, assets, history) refers to
    it without a foreign key each, whose check would lock every new bid three times: half the cost of a file of bids.
    """

    class Status(models.TextChoices):
        PLACED = "placed", "Placed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"

    MOVES = (
        (Status.PLACED, Status.WITHDRAWN),
        (Status.PLACED, Status.ACCEPTED),
        (Status.PLACED, Status.REJECTED),
    )

    reference = Reference("B")
    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="bids")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="bids")
    seller_ref = models.CharField(max_length=100, blank=True, help_text="The seller's own reference.")
    status = models.CharField(max_length=20, choices=Status, default=Status.PLACED)
    revision = models.PositiveIntegerField(default=1)
    capacity_kw = Kw()
    availability_gbp_per_mw_h = Price(default=0)
    utilisation_gbp_per_mwh = Price(default=0)
    sustain_gbp_per_kw = Price(default=0)
    max_runtime_minutes = models.PositiveIntegerField(null=True, blank=True)
    assets = models.ManyToManyField(Asset, blank=True, related_name="bids", db_constraint=False)
    placed_at = models.DateTimeField(help_text="Market time.")
    changed_at = models.DateTimeField(help_text="Market time.")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="Market time.")
    result_reason = models.CharField(max_length=300, blank=True)

    objects = BidQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seller", "competition"])]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "seller_ref"], condition=~models.Q(seller_ref=""), name="bid_seller_ref_once"
            ),
            models.CheckConstraint(condition=models.Q(capacity_kw__gt=0), name="bid_offers_something"),
            models.CheckConstraint(condition=not_negative(*PRICES), name="bid_prices_not_negative"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.reference


class BidLine(models.Model):
    """What a bid offers in one window."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="lines", db_constraint=False)
    window = models.ForeignKey(ServiceWindow, on_delete=models.PROTECT, related_name="bid_lines")
    capacity_kw = Kw()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "window"], name="bid_line_once_per_window"),
            models.CheckConstraint(condition=models.Q(capacity_kw__gt=0), name="bid_line_offers_something"),
        ]

    def __str__(self) -> str:
        return f"{self.bid} in {self.window}"


class BidChange(models.Model):
    """The history of bids and, once numbered, the operator's feed of them.

    `position` is given when the operator reads (see `markets.operations.feeds`), so that a late commit is never skipped.
    After closure one `closed` entry per competition carries count, total kW and a SHA-256 over its bids.
    """

    class Kind(models.TextChoices):
        PLACED = "placed", "Placed"
        REVISED = "revised", "Revised"
        WITHDRAWN = "withdrawn", "Withdrawn"
        CLOSED = "closed", "Closed"

    # Its competition's, whose key the database guards; here only so that one index serves a market's feed.
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="bid_changes", db_constraint=False)
    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="bid_changes")
    bid = models.ForeignKey(
        Bid, on_delete=models.PROTECT, null=True, blank=True, related_name="changes", db_constraint=False
    )
    kind = models.CharField(max_length=20, choices=Kind)
    revision = models.PositiveIntegerField(default=1)
    content = models.JSONField(help_text="The bid as it then stood, or the proof of completeness.")
    changed_at = models.DateTimeField(help_text="Market time.")
    position = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["market", "id"], condition=models.Q(position=None), name="bid_change_unnumbered")
        ]
        constraints = [
            models.UniqueConstraint(fields=["market", "position"], name="bid_change_position_once"),
            models.UniqueConstraint(fields=["bid", "revision"], name="bid_revision_once"),
            models.UniqueConstraint(
                fields=["competition"], condition=models.Q(kind="closed"), name="competition_closed_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="closed", bid=None) | (~models.Q(kind="closed") & models.Q(bid__isnull=False)),
                name="bid_change_of_a_bid_or_a_closure",
            ),
        ]
        triggers = [*append_only(may_change=["position"]), written_once("position")]

    def __str__(self) -> str:
        return f"{self.bid or self.competition} {self.kind}"


class Receipt(models.Model):
    """The operator says that it holds this revision of a bid."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="receipts")
    revision = models.PositiveIntegerField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "revision"], name="receipt_once_per_revision")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.bid} revision {self.revision}"


class Contract(models.Model):
    """An accepted bid: an obligation. NGED calls it an accepted trade. Its terms never change."""

    reference = Reference("C")
    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="contract")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="contracts")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="contracts")
    accepted_kw = Kw()
    availability_gbp_per_mw_h = Price(default=0)
    utilisation_gbp_per_mwh = Price(default=0)
    sustain_gbp_per_kw = Price(default=0)
    awarded_at = models.DateTimeField(help_text="Market time.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(accepted_kw__gt=0), name="contract_of_something"),
            models.CheckConstraint(condition=not_negative(*PRICES), name="contract_prices_not_negative"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.reference
