"""What sellers type of a bid, and of its revision."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet

from ..models import Asset, Bid, Competition, Qualification, Seller
from ..rules.earnings import Estimate, Prices, estimate
from ..rules.notices import Offer
from ..templatetags.figures import price
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
        least=1,
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
                self.fields[name].validators.append(
                    MaxValueValidator(ceiling, f"Above the ceiling of {price(ceiling)} {unit}.")
                )
        self.order_fields(["capacity_kw", *PRICE_FIELDS, "max_runtime_minutes"])

    def terms(self) -> dict[str, Any]:
        """Capacity and all three prices; a price that the product does not pay is zero."""
        prices = {name: self.cleaned_data.get(name) or Decimal(0) for name in PRICE_FIELDS}
        return {name: self.cleaned_data[name] for name in ("capacity_kw", "max_runtime_minutes")} | prices


def usable_assets(seller: Seller, competition: Competition) -> QuerySet[Asset]:
    """The seller's assets that the market's operator has qualified."""
    return seller.assets.filter(
        retired_at=None,
        qualifications__market=competition.market_id,
        qualifications__status=Qualification.Status.QUALIFIED,
    )


class BidForm(TermsForm):
    """A new bid: which windows, what, for how much, the assets behind it, and the rules that the seller confirms.

    `assets` are ticked at first: those that are expected to be eligible. The page itself draws the choices.
    """

    seller_ref = forms.CharField(
        label="Your own reference", max_length=100, required=False, help_text="Shown in your lists and files."
    )
    confirmed = forms.CharField(
        label="Your confirmation",
        max_length=20,
        error_messages={"required": "Read these sentences and tick the box: no bid is taken without it."},
    )

    def __init__(self, *args: Any, seller: Seller, assets: Iterable[Asset] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["windows"] = forms.ModelMultipleChoiceField(
            self.competition.windows.all(),
            label="Service windows",
            error_messages={
                "required": "Choose at least one service window.",
                "invalid_choice": "A window that you chose is not here any more. Choose from those below.",
            },
        )
        self.fields["assets"] = forms.ModelMultipleChoiceField(
            usable_assets(seller, self.competition),
            label="Assets behind this bid",
            initial=[asset.pk for asset in assets],
            error_messages={
                "required": "Choose at least one asset: what will deliver.",
                "invalid_choice": "An asset that you chose can't stand behind a bid here. Choose from those below.",
            },
        )
        self.order_fields(["windows", "capacity_kw", *PRICE_FIELDS, "max_runtime_minutes", "seller_ref", "assets"])

    def chosen_windows(self) -> set[str]:
        """The keys of the windows that are ticked, as text."""
        return {str(key) for key in self["windows"].value() or ()}

    def chosen_assets(self) -> set[str]:
        """The keys of the assets that are ticked, as text."""
        return {str(key) for key in self["assets"].value() or ()}

    def forgive_what_is_missing(self) -> None:
        """For a bid that is still being typed: what was typed is judged, what was not is not asked for yet."""
        for name, faults in self.errors.as_data().items():
            if all(fault.code == "required" for fault in faults):
                del self.errors[name]

    def estimate(self) -> Estimate | None:
        """What the bid could earn as it is typed; None while windows or capacity are missing or wrong."""
        if not self.is_bound:
            return None
        self.is_valid()  # judges what was typed, where nobody has yet
        typed = self.cleaned_data
        if not (typed.get("windows") and typed.get("capacity_kw")):
            return None
        prices = Prices(**{name: typed.get(name) for name in PRICE_FIELDS})
        return estimate(windows=typed["windows"], capacity_kw=typed["capacity_kw"], prices=prices)

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
    """Other terms for a standing bid; its windows and assets stay.

    `seen_revision` is the one that stood on the page on which the terms were typed; None where the page did not say.
    """

    def __init__(self, *args: Any, bid: Bid, **kwargs: Any):
        standing: dict[str, object] = {
            name: f"{getattr(bid, name).normalize():f}" for name in ("capacity_kw", *PRICE_FIELDS)
        }
        standing["max_runtime_minutes"] = bid.max_runtime_minutes
        super().__init__(*args, competition=bid.competition, initial=standing, **kwargs)
        said = self.data.get("revision", "") if self.is_bound else str(bid.revision)
        self.seen_revision = int(said) if said.isdecimal() and len(said) < 10 else None
