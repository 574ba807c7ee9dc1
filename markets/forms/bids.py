"""What sellers type of a bid, and of its revision."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from ..models import Asset, Bid, Competition, Qualification, Seller
from ..rules.notices import Offer
from ..templatetags.figures import kw, price
from .fields import Measured, Minutes

PRICE_FIELDS = {
    "availability_gbp_per_mw_h": ("availability", "Availability price", "per MW per hour"),
    "utilisation_gbp_per_mwh": ("utilisation", "Utilisation price", "per MWh"),
    "sustain_gbp_per_kw": ("sustain", "Sustain price", "per kW for the season"),
}


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
