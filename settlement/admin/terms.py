"""How a market settles and how an asset's baseline is drawn, as customer success sets them: from a month on, never in place."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
)

from markets.admin.acting import person
from markets.admin.noun import EditableNoun
from markets.problems import Refused

from ..models import AssetBaseline, Terms
from ..operations import checked_week, set_baseline

SHOWN = 20


@admin.register(Terms)
class TermsAdmin(EditableNoun):
    """Terms stand once they are made: other terms are a further row, from a later month on."""

    list_display = ("market", "from_month", "interval_minutes", "grace", "slope", "floor", "like_days")
    list_select_related = ("market",)
    list_filter = ("market",)
    search_fields = ("market__name", "market__key")
    autocomplete_fields = ("market",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class BaselineForm(forms.ModelForm):
    """A week for an asset. What the operation would refuse is said beside the form, row by row."""

    file = forms.FileField(
        label="Template",
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text="CSV with day_of_week,local_time,power_kw for the week's 336 half-hours: London time at the start, "
        "kW with + export. Of one device for a reference profile; none for history again.",
    )

    class Meta:
        model = AssetBaseline
        fields = ("asset", "from_month", "method", "devices", "reason")

    def clean_from_month(self) -> date:
        """Any day names its month."""
        month: date = self.cleaned_data["from_month"]
        return month.replace(day=1)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            file = cleaned.pop("file", None)
            cleaned["content"] = file.read() if file else b""
            told = {name: cleaned[name] for name in ("from_month", "method", "devices", "reason")}
            try:
                checked_week(**told, file=cleaned["content"])
            except Refused as refusal:
                raise forms.ValidationError([str(refusal), *map(str, refusal.rows[:SHOWN])]) from refusal
        return cleaned


@admin.register(AssetBaseline)
class AssetBaselineAdmin(EditableNoun):
    """A row stands once it is made: another baseline is a further row, from a later month on or later said."""

    form = BaselineForm
    list_display = ("asset_ref", "seller", "from_month", "method", "devices", "received_at")
    list_select_related = ("asset__seller",)
    list_filter = ("method", "from_month")
    search_fields = ("asset__ref", "asset__seller__name")
    autocomplete_fields = ("asset",)
    hidden_fields = ("week_w",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if obj is None:
            return ["asset", "from_month", "method", "devices", "file", "reason"]
        return [*super().get_fields(request, obj), "week_shown"]

    def save_model(self, request: HttpRequest, obj: AssetBaseline, form: Any, change: bool) -> None:
        told = {name: form.cleaned_data[name] for name in ("asset", "from_month", "method", "devices", "reason")}
        made = set_baseline(**told, file=form.cleaned_data["content"], by=person(request))
        obj.pk, obj.week_w = made.pk, made.week_w

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """The operation has told the journal."""

    @display(description="Asset", ordering="asset__ref")
    def asset_ref(self, baseline: AssetBaseline) -> str:
        return baseline.asset.ref

    @display(description="Seller", ordering="asset__seller")
    def seller(self, baseline: AssetBaseline) -> str:
        return str(baseline.asset.seller)

    @display(description="Watts by half-hour (London, from Monday 00:00; + export, - import)")
    def week_shown(self, baseline: AssetBaseline) -> str:
        return " ".join(f"{watts:+d}" for watts in baseline.week_w) or "drawn from history"
