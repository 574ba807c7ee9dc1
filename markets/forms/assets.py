"""What sellers type of an asset: one form with the fields they know, few of them required."""

import dataclasses
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from ..models import Asset
from ..rules.notices import ZERO, AssetEntry
from ..rules.registering import FIELDS, INTERVALS, entry_problems, tidied
from .fields import Measured, Minutes, Whole

NOT_SAID = ("", "Not said")
ONE_OF_THE_LIST = dict.fromkeys(("required", "invalid_choice"), "Choose one from the list.")


@dataclass(frozen=True)
class Group:
    """A part of the form. `is_closed`: shown when it is asked for."""

    title: str
    hint: str
    fields: list[BoundField]
    is_closed: bool = False


GROUPS = (
    ("What it is", "", ("ref", "name", "technology", "device_count", "category", "scale")),
    (
        "Where it is connected",
        "",
        ("postcode", "voltage_level", "import_meter_id", "export_meter_id", "connection_status", "operational_date"),
    ),
    (
        "What it can do",
        "At least one of the first two. Fill in the others where it can offer less than its connection allows.",
        ("max_export_capacity_kw", "max_import_capacity_kw", "active_export_kw", "active_import_kw"),
    ),
)
MORE = (
    "More that the operator may ask",
    "All of it is optional. What you know now saves a question later.",
    (
        *("response_time_minutes", "recovery_time_minutes", "min_runtime_minutes", "max_runtime_minutes"),
        *("metering_point", "meter_interval_minutes", "supplier", "zones", "latitude", "longitude"),
        *("reactive_export_kvar", "reactive_import_kvar"),
    ),
)


class Degrees(forms.DecimalField):
    """A coordinate with six decimals at most."""

    unit = "degrees"
    widget = forms.TextInput

    def __init__(self, **options: Any):
        messages = {"invalid": "Give degrees with decimals, for example 52.9548."}
        super().__init__(max_digits=9, decimal_places=6, required=False, error_messages=messages, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}


def _minutes(label: str, help_text: str) -> Minutes:
    return Minutes(label=label, help_text=help_text)


class AssetForm(forms.Form):
    """An asset, or a group of like devices, with the fields that sellers know."""

    ref = forms.CharField(
        label="Your reference",
        max_length=60,
        help_text="As it stands in your own system. Never used twice.",
        error_messages={"required": "Give it a reference of your own."},
    )
    name = forms.CharField(
        label="Name", max_length=200, error_messages={"required": "Give it a name that people recognise."}
    )
    technology = forms.CharField(
        label="Kind of asset",
        max_length=80,
        help_text="For example EV charge point, battery, heat pump.",
        error_messages={"required": "Say what kind of asset it is, for example battery."},
    )
    device_count = Whole(
        label="Number of devices",
        least=1,
        example="1",
        initial=1,
        help_text="More than 1 for a group of like devices.",
    )
    category = forms.ChoiceField(label="Category", choices=[NOT_SAID, *Asset.Category.choices], required=False)
    scale = forms.ChoiceField(label="Scale", choices=[NOT_SAID, *Asset.Scale.choices], required=False)
    postcode = forms.CharField(
        label="Postcode",
        max_length=10,
        help_text="Where it is connected: it decides the zone. For example NG1 1AA.",
        error_messages={"required": "Give the postcode where it is connected: it decides the zone."},
    )
    voltage_level = forms.ChoiceField(
        label="Connected at",
        choices=Asset.Voltage,
        help_text="Homes and small businesses: low voltage.",
        error_messages=ONE_OF_THE_LIST,
    )
    import_meter_id = forms.CharField(
        label="Import MPAN",
        max_length=30,
        required=False,
        help_text="13 digits, on the electricity bill. One of the two is needed.",
    )
    export_meter_id = forms.CharField(
        label="Export MPAN", max_length=30, required=False, help_text="13 digits, where it exports."
    )
    connection_status = forms.ChoiceField(label="Connection", choices=Asset.Connection, error_messages=ONE_OF_THE_LIST)
    operational_date = forms.DateField(
        label="In operation from",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Needed where it is planned.",
    )
    max_export_capacity_kw = Measured(
        label="Largest export", unit="kW", required=False, help_text="What it can send to the network."
    )
    max_import_capacity_kw = Measured(
        label="Largest import", unit="kW", required=False, help_text="What it can take from the network."
    )
    active_export_kw = Measured(
        label="Export it can offer", unit="kW", required=False, help_text="Empty: all of its largest export."
    )
    active_import_kw = Measured(
        label="Import it can offer", unit="kW", required=False, help_text="Empty: all of its largest import."
    )
    response_time_minutes = _minutes("Response time", "From the instruction to full delivery.")
    recovery_time_minutes = _minutes("Recovery time", "The rest it needs before it can run again.")
    min_runtime_minutes = _minutes("Shortest run", "If it cannot run for less.")
    max_runtime_minutes = _minutes("Longest run", "How long it can deliver in one go.")
    metering_point = forms.ChoiceField(label="Metered at", choices=Asset.MeteringPoint, error_messages=ONE_OF_THE_LIST)
    meter_interval_minutes = forms.TypedChoiceField(
        label="Meter readings",
        choices=[*reversed(INTERVALS.items())],
        coerce=int,
        initial=30,
        error_messages=ONE_OF_THE_LIST,
    )
    supplier = forms.CharField(label="Supplier", max_length=100, required=False, help_text="Who sends the bill.")
    zones = forms.CharField(
        label="Zones",
        required=False,
        help_text="Only where we do not find the postcode: zone codes, with a comma between.",
    )
    latitude = Degrees(label="Latitude", help_text="For example 52.9548.")
    longitude = Degrees(label="Longitude", help_text="For example -1.1581.")
    reactive_export_kvar = Measured(label="Reactive export", unit="kVAr", required=False)
    reactive_import_kvar = Measured(label="Reactive import", unit="kVAr", required=False)

    def groups(self) -> Iterator[Group]:
        """The parts of the form; the last is closed unless something in it was filled in or is wrong."""
        for title, hint, names in GROUPS:
            yield Group(title, hint, [self[name] for name in names])
        title, hint, more = MORE
        usual = {"metering_point": "boundary", "meter_interval_minutes": "30"}
        said = any(str(self[name].value() or "") != usual.get(name, "") for name in more)
        wrong = self.is_bound and any(self[name].errors for name in more)
        yield Group(title, hint, [self[name] for name in more], is_closed=not (said or wrong))

    def clean(self) -> dict[str, Any]:
        """Tells everything at once, also where a field alone was wrong: what the operation would say of the others."""
        data = super().clean() or {}
        blank = {field.name: field.default for field in dataclasses.fields(AssetEntry) if field.name in FIELDS}
        known = {name: data.get(name, "" if name in ("ref", "name", "technology") else blank[name]) for name in FIELDS}
        for column, _, reason in entry_problems(self._entry(known | {"zones": data.get("zones", "")})):
            if column not in self.errors:
                self.add_error(column, reason)
        return data

    def entry(self) -> AssetEntry:
        return self._entry(self.cleaned_data)

    def _entry(self, said: dict[str, Any]) -> AssetEntry:
        data = dict(said)
        data["zones"] = tuple(data["zones"].replace(",", " ").split())
        for name in ("max_export_capacity_kw", "max_import_capacity_kw"):
            data[name] = data[name] or ZERO
        return tidied(AssetEntry(**data))

    def digest(self) -> str:
        """Stands for what was checked: what is registered is the same, or it is checked again."""
        said = {name: _plain(getattr(self.entry(), name)) for name in FIELDS}
        return hashlib.sha256(repr(said).encode()).hexdigest()


class AssetRevisionForm(AssetForm):
    """A registered asset as its seller states it now. Its reference stays."""

    def __init__(self, *args: Any, entry: AssetEntry, zones_by_hand: bool, **kwargs: Any):
        said = {name: _plain(getattr(entry, name)) for name in FIELDS}
        said["zones"] = ", ".join(entry.zones) if zones_by_hand else ""
        super().__init__(*args, **kwargs | {"initial": said})
        self.fields["ref"].disabled = True
        self.fields["ref"].help_text = "Bids and readings know it by this: it stays."


def _plain(value: Any) -> Any:
    """A decimal without needless zeros, as people type it."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
