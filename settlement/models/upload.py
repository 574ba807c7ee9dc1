"""A seller's file of readings between the moment in which it is shown how we read it, and the one in which it is stored."""

from django.db import models

from markets.models import Seller, User
from markets.models.guards import written_once


class ReadingUpload(models.Model):
    """A CSV as it was sent. It is read again when it is stored: readings may have come in between."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="reading_uploads")
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    filename = models.CharField(max_length=200, blank=True)
    content = models.BinaryField()
    choices = models.JSONField(default=dict, blank=True, help_text="What the file did not say and its seller chose.")
    stored_at = models.DateTimeField(null=True, blank=True)
    new_days = models.PositiveIntegerField(default=0)
    revised_days = models.PositiveIntegerField(default=0)
    unchanged_days = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        triggers = [written_once("stored_at")]

    def __str__(self) -> str:
        return f"{self.filename or 'readings'} of {self.seller}"
