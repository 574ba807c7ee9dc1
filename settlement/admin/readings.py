"""Readings as customer success sees them, and which of them an operator was given."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from markets.admin.noun import Noun

from ..models import ForwardedReading, ReadingDay, ReadingUpload


@admin.register(ReadingDay)
class ReadingDayAdmin(Noun):
    list_display = ("asset_ref", "seller", "mpan", "day", "revision", "source", "received_at")
    list_select_related = ("asset__seller",)
    list_filter = ("source",)
    search_fields = ("asset__ref", "asset__import_meter_id", "asset__export_meter_id", "asset__seller__name")
    date_hierarchy = "day"
    hidden_fields = ("watts",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("watts")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "energy", "watts_shown"]

    @display(description="Asset", ordering="asset__ref")
    def asset_ref(self, reading: ReadingDay) -> str:
        return reading.asset.ref

    @display(description="Seller", ordering="asset__seller__name")
    def seller(self, reading: ReadingDay) -> str:
        return str(reading.asset.seller)

    @display(description="MPAN")
    def mpan(self, reading: ReadingDay) -> str:
        return reading.asset.import_meter_id or reading.asset.export_meter_id

    @display(description="Intervals read")
    def energy(self, reading: ReadingDay) -> str:
        read = sum(watts is not None for watts in reading.watts)
        return f"{read} of {len(reading.watts)}"

    @display(description="Watts by interval (UTC, + export, - import)")
    def watts_shown(self, reading: ReadingDay) -> str:
        return " ".join("-" if watts is None else f"{watts:+d}" for watts in reading.watts)


@admin.register(ForwardedReading)
class ForwardedReadingAdmin(Noun):
    list_display = ("asset_ref", "day", "market", "position")
    list_select_related = ("reading_day__asset", "market")
    list_filter = ("market", ("position", admin.EmptyFieldListFilter))
    search_fields = ("reading_day__asset__ref", "reading_day__asset__import_meter_id")

    @display(description="Asset", ordering="reading_day__asset__ref")
    def asset_ref(self, forwarded: ForwardedReading) -> str:
        return forwarded.reading_day.asset.ref

    @display(description="Day (UTC)", ordering="reading_day__day")
    def day(self, forwarded: ForwardedReading) -> Any:
        return forwarded.reading_day.day


@admin.register(ReadingUpload)
class ReadingUploadAdmin(Noun):
    list_display = ("filename", "seller", "uploaded_by", "uploaded_at", "stored_at", "new_days", "revised_days")
    list_select_related = ("seller", "uploaded_by")
    list_filter = (("stored_at", admin.EmptyFieldListFilter),)
    search_fields = ("filename", "seller__name")
    date_hierarchy = "uploaded_at"
    hidden_fields = ("content",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")
