"""Readings and invoice lines in NGED's JSON."""

import re
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from markets.rest.fields import Fields, Figure


class HalfHour(serializers.Serializer):
    """One half-hour, stamped at its end."""

    end_utc = serializers.DateTimeField()
    kw = Figure(help_text="Mean power: + export, - import.")


class ReadingDayFields(serializers.Serializer):
    """A UTC day of one asset. A corrected day comes again with the next revision."""

    position = serializers.IntegerField()
    company = serializers.CharField()
    asset = serializers.IntegerField(help_text="Our number of the asset.")
    ref = serializers.CharField(help_text="The seller's own reference.")
    import_meter_id = serializers.CharField(help_text="MPAN.")
    export_meter_id = serializers.CharField(help_text="MPAN.")
    day = serializers.DateField(help_text="UTC.")
    revision = serializers.IntegerField()
    half_hours = HalfHour(many=True, help_text="Those that were read.")


class ReadingFeed(serializers.Serializer):
    """A page of reading days."""

    items = ReadingDayFields(many=True)
    next = serializers.IntegerField()


@extend_schema_field({"type": "string", "pattern": r"^20\d\d-(0[1-9]|1[0-2])$", "example": "2024-04"})
class MonthField(serializers.Field):
    """A month, as the date of its first day."""

    default_error_messages = {"invalid": "Send the month as 2024-04."}

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", data, re.ASCII):
            self.fail("invalid")
        return date.fromisoformat(f"{data}-01")


class InvoiceLineFields(Fields):
    """A line of NGED's invoice."""

    reference = serializers.CharField(max_length=100, help_text="NGED's, used once.")
    month = MonthField()
    contract = serializers.CharField(max_length=100, allow_blank=True, default="", help_text="Contract, or its bid.")
    amount_gbp = Figure(may_be_negative=True)
    delivered_kwh = Figure(
        may_be_negative=True, allow_null=True, default=None, help_text="Below zero where a correction takes some back."
    )
    metered_kwh = Figure(may_be_negative=True, allow_null=True, default=None, help_text="+ export, - import.")
    baseline_kwh = Figure(may_be_negative=True, allow_null=True, default=None, help_text="+ export, - import.")
    price_gbp_per_mwh = Figure(allow_null=True, default=None, help_text="Of utilisation.")


class InvoiceCounts(serializers.Serializer):
    """Lines that were new, and lines that were held already."""

    new = serializers.IntegerField()
    repeated = serializers.IntegerField()
