"""What sellers type: a bid, its revision, an asset. Forms translate to plain values; operations decide.

What an operation refuses is put beside the field it names (`show_refusal`), so that it can be corrected there.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from .models import Asset, Bid, Competition, Qualification, Seller
from .problems import Refused
from .rules.notices import AssetEntry, Offer
from .templatetags.figures import kw, price

PRICE_FIELDS = {
    "availability_gbp_per_mw_h": ("availability", "Availability price", "per MW per hour"),
    "utilisation_gbp_per_mwh": ("utilisation", "Utilisation price", "per MWh"),
    "sustain_gbp_per_kw": ("sustain", "Sustain price", "per kW for the season"),
}


def show_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Puts what an operation refused beside the fields it names, and the rest above the form."""
    for row in refused.rows:
        form.add_error(row.column if row.column in form.fields else None, row.reason)
    if not refused.rows:
        form.add_error(None, str(refused))


class Measured(forms.DecimalField):
    """A figure with four decimals at most and the unit that stands beside its box."""

    def __init__(self, *, unit: str, before: str = "", **options: Any):
        messages = {
            "required": f"Give a number ({unit}).",
            "invalid": f"Give a number ({unit}), for example 12.5.",
            "min_value": "Give a number that is not negative.",
            "max_decimal_places": "Give at most four decimals.",
        }
        super().__init__(max_digits=14, decimal_places=4, min_value=Decimal(0), error_messages=messages, **options)
        self.unit = unit
        self.before = before

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "step": "any", "min": "0"}


class Minutes(forms.IntegerField):
    """A whole number of minutes, with the word beside its box."""

    unit = "minutes"


class TermsForm(forms.Form):
    """Capacity and the prices that the competition's product pays - no others are shown or taken."""

    capacity_kw = Measured(
        label="Capacity", unit="kW", help_text="Taken whole or not at all, in every window you choose."
    )
    max_runtime_minutes = Minutes(
        label="Longest run",
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="How long you can deliver in one go, if there is a limit.",
    )

    def __init__(self, *args: Any, competition: Competition, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.competition = competition
        for name, (kind, label, unit) in PRICE_FIELDS.items():
            if getattr(competition.product, f"pays_{kind}"):
                ceiling = getattr(competition, f"{name.replace(kind, f'{kind}_ceiling', 1)}")
                hint = f"Ceiling {price(ceiling)} {unit}."
                self.fields[name] = Measured(label=label, unit=unit, before="£", help_text=hint)
        self.order_fields(["capacity_kw", *PRICE_FIELDS, "max_runtime_minutes"])

    def terms(self) -> dict[str, Any]:
        """Capacity and all three prices; a price that the product does not pay is zero."""
        prices = {name: self.cleaned_data.get(name) or Decimal(0) for name in PRICE_FIELDS}
        return {name: self.cleaned_data[name] for name in ("capacity_kw", "max_runtime_minutes")} | prices


class AssetChoices(forms.ModelMultipleChoiceField):
    """Assets by reference, name and what they can do."""

    def label_from_instance(self, asset: Asset) -> str:
        installed_kw = max(asset.max_export_capacity_kw, asset.max_import_capacity_kw)
        return f"{asset.ref} · {asset.name} ({kw(installed_kw)})"


def usable_assets(seller: Seller, competition: Competition) -> QuerySet[Asset]:
    """The seller's assets that the market's operator has qualified."""
    return seller.assets.filter(
        retired_at=None,
        qualifications__market=competition.market_id,
        qualifications__status=Qualification.Status.QUALIFIED,
    )


class BidForm(TermsForm):
    """A new bid: which windows, what, for how much, and the assets behind it."""

    seller_ref = forms.CharField(
        label="Your own reference", max_length=100, required=False, help_text="Shown in your lists and files."
    )

    def __init__(self, *args: Any, seller: Seller, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["windows"] = forms.ModelMultipleChoiceField(
            self.competition.windows.all(),
            label="Service windows",
            error_messages={"required": "Choose at least one service window."},
        )
        self.fields["assets"] = AssetChoices(
            usable_assets(seller, self.competition),
            widget=forms.CheckboxSelectMultiple,
            label="Assets behind this bid",
            help_text="Those that the operator has qualified for this market.",
            error_messages={"required": "Choose at least one asset: what will deliver."},
        )
        self.order_fields(["windows", "capacity_kw", *PRICE_FIELDS, "max_runtime_minutes", "seller_ref", "assets"])

    def chosen_windows(self) -> set[str]:
        """The keys of the windows that are ticked, as text."""
        return {str(key) for key in self["windows"].value() or ()}

    def offer(self) -> Offer:
        data = self.cleaned_data
        return Offer(
            competition=self.competition.reference,
            windows=tuple(window.name for window in data["windows"]),
            assets=tuple(asset.ref for asset in data["assets"]),
            seller_ref=data["seller_ref"],
            **self.terms(),
        )


class RevisionForm(TermsForm):
    """Other terms for a standing bid; its windows and assets stay."""

    def __init__(self, *args: Any, bid: Bid, **kwargs: Any):
        standing: dict[str, object] = {
            name: f"{getattr(bid, name).normalize():f}" for name in ("capacity_kw", *PRICE_FIELDS)
        }
        standing["max_runtime_minutes"] = bid.max_runtime_minutes
        super().__init__(*args, competition=bid.competition, initial=standing, **kwargs)


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
