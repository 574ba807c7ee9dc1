"""What sellers send and say when they bid: their files of bids, and the rules that they confirmed with them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from ..models import BidUpload, Confirmation
from .noun import Noun


@admin.register(BidUpload)
class BidUploadAdmin(Noun):
    """A file covers many gates, so that its rows, and the values it was refused for, are shown to its seller alone."""

    list_display = ("filename", "seller", "market", "uploaded_by", "uploaded_at", "placed_at", "placed_count")
    list_select_related = ("seller", "market", "uploaded_by")
    list_filter = ("market", ("placed_at", admin.EmptyFieldListFilter))
    search_fields = ("filename", "seller__name")
    date_hierarchy = "uploaded_at"
    hidden_fields = never_looked_up = ("content", "left_out")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BidUpload]:
        return super().get_queryset(request).defer("content", "left_out")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "problem_count"]

    @display(description="Problems of lines left out")
    def problem_count(self, upload: BidUpload) -> int:
        return len(upload.left_out)


@admin.register(Confirmation)
class ConfirmationAdmin(Noun):
    list_display = ("seller", "market", "version", "bid_count", "confirmed_by", "confirmed_at")
    list_select_related = ("seller", "market")
    list_filter = ("market", "version")
    search_fields = ("seller__name", "confirmed_by", "version")
    date_hierarchy = "confirmed_at"
