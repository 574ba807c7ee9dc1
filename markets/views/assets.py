"""What delivers: the seller's assets, one asset with all that is said and decided about it, and the form for it."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import DetailView, FormView, ListView

from ..filters import AssetFilter
from ..forms import AssetForm, AssetRevisionForm, show_refusal
from ..models import Asset, Bid, Qualification, QualificationChange
from ..operations.assets import check_assets, entry_of, promises_on, register_assets, retire_asset, revise_asset
from ..operations.eligibility import facts
from ..operations.outlook import Outlook, asset_facts
from ..operations.postcodes import zones_at
from ..problems import Refused
from ..rules.mpan import AREA_NAMES
from ..rules.registering import MATTERS, differences, postcode_key
from ..web.access import SellerPage, TraderPage
from ..web.lists import FilteredList
from .answering import TypedAgain

SHOWN_BIDS = 20


class AssetList(FilteredList, SellerPage, ListView):
    """The seller's assets, retired ones last."""

    section = "assets"
    help = "assets#qualification"
    market_path = ""
    template_name = "markets/assets.html"
    filterset_class = AssetFilter

    def get_queryset(self) -> QuerySet[Asset]:
        decisions = Prefetch("qualifications", Qualification.objects.select_related("market").order_by("market__name"))
        own = self.own(Asset.objects.prefetch_related(decisions, "zones"))
        return self.filtered(own.order_by("-retired_at", "ref"))


class OneAsset(SellerPage, DetailView):
    """An asset, if it is the seller's own."""

    section = "assets"
    market_path = ""
    context_object_name = "asset"
    object: Any

    def get_queryset(self) -> QuerySet[Asset]:
        return self.own(Asset.objects.prefetch_related("zones"))


class AssetPage(OneAsset):
    """One asset: its facts, what the markets say of it, what they decided and when, and the bids it stands behind."""

    help = "assets#qualification"
    template_name = "markets/asset.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asset = self.object
        history = Prefetch("changes", QualificationChange.objects.order_by("-pk"))
        decisions = asset.qualifications.select_related("market__operator").prefetch_related(history)
        bids = Bid.objects.filter(assets=asset).select_related("competition__market", "competition__zone")
        says = [] if asset.retired_at else Outlook(self.seller).of(facts(Asset.objects.filter(pk=asset.pk))[asset.pk])
        own = {
            "area": AREA_NAMES.get(asset.licence_area, asset.licence_area),
            "says": says,
            "decisions": decisions.order_by("market__name"),
            "bids": bids.order_by("-changed_at")[:SHOWN_BIDS],
            "promises": promises_on(asset).count(),
        }
        return super().get_context_data(**own | kwargs)


class AssetRegistration(TypedAgain, TraderPage, FormView):
    """One form, the fields that sellers know. First it is checked and shown what the markets will say; then kept."""

    section = "assets"
    help = "assets#registering"
    template_name = "markets/asset_register.html"
    form_class: type[AssetForm] = AssetForm
    asset: Asset | None = None

    def form_valid(self, form: AssetForm) -> HttpResponse:
        entry, digest = form.entry(), form.digest()
        checked = check_assets(seller=self.seller, entries=[entry], instead_of=self.asset)
        try:
            if checked.problems:
                raise Refused("", checked.problems)
            if self.request.POST.get("checked") == digest:
                return self.keep(form)
        except Refused as refused:
            show_refusal(form, refused)
            return self.form_invalid(form)
        [zones] = checked.zones
        known = asset_facts(entry, zones)
        preview = {
            "digest": digest,
            "zones": zones,
            "area": AREA_NAMES.get(known.licence_area, ""),
            "by_postcode": postcode_key(entry.postcode) in zones_at([entry.postcode]),
            "says": Outlook(self.seller).of(known),
            "is_repeat": bool(checked.repeats),
            "changed_since": "checked" in self.request.POST,
            **self.consequences(form, tuple(sorted(zone.code for zone in zones))),
        }
        return self.render_to_response(self.get_context_data(form=form, preview=preview))

    def keep(self, form: AssetForm) -> HttpResponse:
        [asset] = register_assets(seller=self.seller, entries=[form.entry()], by=self.person)
        messages.success(self.request, f"{asset} is registered. Each operator's decision will show here.")
        return redirect("markets:asset", pk=asset.pk)

    def consequences(self, form: AssetForm, zones: tuple[str, ...]) -> dict[str, Any]:
        """What keeping it will set off, for the preview."""
        return {}

    def form_invalid(self, form: AssetForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class AssetRevision(AssetRegistration):
    """The same form for an asset that is registered."""

    help = "assets#changing-an-asset"
    template_name = "markets/asset_revise.html"
    form_class = AssetRevisionForm
    asset: Asset

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated and self.membership is not None:
            own = self.own(Asset.objects.prefetch_related("zones")).filter(retired_at=None)
            self.asset = get_object_or_404(own, pk=kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        entry = entry_of(self.asset)
        by_hand = postcode_key(entry.postcode) not in zones_at([entry.postcode])
        return super().get_form_kwargs() | {"entry": entry, "zones_by_hand": by_hand}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(asset=self.asset, promises=promises_on(self.asset).count(), **kwargs)

    def consequences(self, form: AssetForm, zones: tuple[str, ...]) -> dict[str, Any]:
        changed = self._changed(form, zones)
        decided = self.asset.qualifications.exclude(status=Qualification.Status.OFFERED).select_related("market")
        asked_again = [q.market for q in decided.order_by("market__name")] if MATTERS & set(changed) else []
        return {"changed": [form.fields[name].label for name in changed], "asked_again": asked_again}

    def _changed(self, form: AssetForm, zones: tuple[str, ...]) -> list[str]:
        return differences(entry_of(self.asset), replace(form.entry(), zones=zones))

    def keep(self, form: AssetForm) -> HttpResponse:
        changed = revise_asset(asset=self.asset, entry=form.entry(), by=self.person)
        messages.success(self.request, f"{self.asset} is changed." if changed else f"{self.asset} stands as it was.")
        return redirect("markets:asset", pk=self.asset.pk)


class AssetRetirement(TraderPage, OneAsset):
    """Takes an asset out of use, once the seller has read what that means."""

    help = "assets#retiring-an-asset"
    template_name = "markets/asset_retire.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(promises=promises_on(self.object).count(), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        try:
            retire_asset(asset=self.object, by=self.person)
        except Refused as refused:
            return self.render_to_response(self.get_context_data(refusal=str(refused)), status=422)
        messages.success(request, f"{self.object} is retired: it stands behind no new bid.")
        return redirect("markets:asset", pk=self.object.pk)
