"""What sellers type of an asset."""

from decimal import Decimal
from typing import Any

from django import forms

from ..models import Asset
from ..rules.notices import AssetEntry
from .fields import Measured


class AssetForm(forms.Form):
    """An asset, or a group of like devices, with the fields that sellers know."""

    ref = forms.CharField(
        label="Your reference", max_length=60, help_text="As it stands in your own system. Never used twice."
    )
    name = forms.CharField(label="Name", max_length=200)
    technology = forms.CharField(
        label="Kind of asset", max_length=80, help_text="For example EV charge point, battery, heat pump."
    )
    device_count = forms.IntegerField(
        label="Number of devices", min_value=1, initial=1, help_text="More than 1 for a group of like devices."
    )
    max_export_capacity_kw = Measured(
        label="Largest export", unit="kW", required=False, help_text="What it can send to the network."
    )
    max_import_capacity_kw = Measured(
        label="Largest import", unit="kW", required=False, help_text="What it can take from the network."
    )
    postcode = forms.CharField(label="Postcode", max_length=10, help_text="Where it is connected: it decides the zone.")
    voltage_level = forms.ChoiceField(label="Connected at", choices=Asset.Voltage)
    import_meter_id = forms.CharField(
        label="Import MPAN", max_length=20, required=False, help_text="13 digits, on the electricity bill."
    )
    export_meter_id = forms.CharField(
        label="Export MPAN", max_length=20, required=False, help_text="13 digits, where it exports."
    )
    meter_interval_minutes = forms.TypedChoiceField(
        label="Meter readings", choices=[(30, "Half-hourly"), (1, "Minute by minute")], coerce=int, initial=30
    )
    zones = forms.CharField(
        label="Zones", required=False, help_text="Zone codes, if you know them, with a comma between."
    )

    def clean_import_meter_id(self) -> str:
        return self.cleaned_data["import_meter_id"].replace(" ", "")

    def clean_export_meter_id(self) -> str:
        return self.cleaned_data["export_meter_id"].replace(" ", "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data["max_export_capacity_kw"] or data["max_import_capacity_kw"]):
            self.add_error("max_export_capacity_kw", "Say how much it can export, import, or both.")
        if not self.errors and not (data["import_meter_id"] or data["export_meter_id"]):
            self.add_error("import_meter_id", "Give at least one MPAN: readings come by it.")
        return data

    def entry(self) -> AssetEntry:
        data = dict(self.cleaned_data)
        data["zones"] = tuple(data["zones"].replace(",", " ").split())
        for name in ("max_export_capacity_kw", "max_import_capacity_kw"):
            data[name] = data[name] or Decimal(0)
        return AssetEntry(**data)
