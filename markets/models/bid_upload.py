"""A seller's file of bids between its preview and the moment in which all of it is placed."""

from django.db import models

from .guards import written_once
from .operator import Market
from .people import Seller, User


class BidUpload(models.Model):
    """A CSV as it was sent. It is read again when it is placed: gates may have closed in between."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="bid_uploads")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="bid_uploads")
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    filename = models.CharField(max_length=200, blank=True)
    content = models.BinaryField()
    placed_at = models.DateTimeField(null=True, blank=True, help_text="Market time.")
    placed_count = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list, help_text="What was not placed with it: [{line, column, value, reason}].")

    class Meta:
        ordering = ["-id"]
        triggers = [written_once("placed_at")]

    def __str__(self) -> str:
        return f"{self.filename or 'bids'} of {self.seller}"

    def placed_before(self) -> "BidUpload | None":
        """The same content, placed before: rows without a reference of the seller's own would be placed again."""
        same = BidUpload.objects.filter(seller=self.seller, market=self.market, content=self.content)
        return same.exclude(placed_at=None).defer("content", "left_out").first()
