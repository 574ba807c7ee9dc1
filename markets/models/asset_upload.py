"""A seller's file of assets between its preview and the moment in which all of them are registered."""

from django.db import models

from .guards import written_once
from .people import Seller, User


class AssetUpload(models.Model):
    """A CSV as it was sent. It is checked again when it is registered: assets may have come in between."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="asset_uploads")
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    filename = models.CharField(max_length=200, blank=True)
    content = models.BinaryField()
    registered_at = models.DateTimeField(null=True, blank=True)
    registered_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        triggers = [written_once("registered_at")]

    def __str__(self) -> str:
        return f"{self.filename or 'assets'} of {self.seller}"
