"""What delivers, and what the operator decided about it."""

from collections.abc import Iterable
from itertools import groupby

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget

from ..models import Asset, AssetUpload, Market, Qualification, QualificationChange, User
from ..operations.assets import decide_qualifications, offer_assets, retire_asset
from ..rules.notices import QualificationDecision
from .acting import WithReason, of_selected, operation
from .columns import number, state
from .noun import Noun, Rows


class QualificationRows(Rows):
    model = Qualification
    fields = ("market", "status", "reason", "offered_at", "decided_at")


class ChangeRows(Rows):
    model = QualificationChange
    fields = ("status", "reason", "actor", "at")


class OfferForm(BaseDialogForm):
    """The market to which the asset is offered."""

    market = forms.ModelChoiceField(Market.objects.all(), widget=UnfoldAdminSelectWidget)


@admin.register(Asset)
class AssetAdmin(Noun):
    list_display = (
        "ref",
        "name",
        "seller",
        "technology",
        "import_meter_id",
        "licence_area",
        "capacity_in",
        "capacity_out",
    )
    list_select_related = ("seller",)
    list_filter = ("technology", "licence_area", "voltage_level", "connection_status", "qualifications__status")
    search_fields = ("ref", "name", "import_meter_id", "export_meter_id", "postcode", "seller__name")
    date_hierarchy = "registered_at"
    inlines = (QualificationRows,)
    actions_detail = ("offer", "retire")
    capacity_in = number("max_import_capacity_kw", "Import kW")
    capacity_out = number("max_export_capacity_kw", "Export kW")

    @operation(
        "Offer to a market",
        consequence="The operator will see the asset and decide whether it qualifies.",
        form=OfferForm,
        when=lambda asset: asset.retired_at is None,
        icon="outbox",
    )
    def offer(self, by: User, asset: Asset, market: Market) -> str:
        offers = offer_assets(market=market, assets=[asset], by=by)
        return f"{asset} is offered to {market}." if offers else f"{asset} was already offered to {market}."

    @operation(
        "Retire",
        consequence="The asset stands behind no new bid, for good. Refused while a bid or contract rests on it.",
        form=WithReason,
        when=lambda asset: asset.retired_at is None,
        icon="delete_forever",
        variant=ActionVariant.DANGER,
    )
    def retire(self, by: User, asset: Asset, reason: str) -> str:
        retire_asset(asset=asset, reason=reason, by=by)
        return f"{asset} is retired."


@admin.register(Qualification)
class QualificationAdmin(Noun):
    list_display = ("asset_ref", "seller", "market", "standing", "reason", "offered_at", "decided_at")
    list_select_related = ("asset__seller", "market")
    list_filter = ("status", "market")
    search_fields = (
        "asset__ref",
        "asset__name",
        "asset__import_meter_id",
        "asset__export_meter_id",
        "asset__seller__name",
    )
    date_hierarchy = "offered_at"
    inlines = (ChangeRows,)
    actions = ("qualify_selected",)
    actions_detail = ("qualify", "refuse")
    standing = state()

    @admin.display(description="Asset", ordering="asset__ref")
    def asset_ref(self, qualification: Qualification) -> str:
        return str(qualification.asset)

    @admin.display(description="Seller", ordering="asset__seller__name")
    def seller(self, qualification: Qualification) -> str:
        return str(qualification.asset.seller)

    @of_selected(
        "Qualify the selected assets, as the operator decided",
        consequence="The operator accepts these assets: their sellers may bid with them from now on, and read so.",
    )
    def qualify_selected(self, by: User, selected: QuerySet[Qualification]) -> str:
        changed = _decide(selected.select_related("market").order_by("market"), "qualified", "", by)
        return f"{changed} decisions kept."

    @operation(
        "Qualified",
        consequence="The operator accepts the asset: its seller may bid with it.",
        when=lambda qualification: qualification.status != Qualification.Status.QUALIFIED,
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
    )
    def qualify(self, by: User, qualification: Qualification) -> str:
        _decide([qualification], Qualification.Status.QUALIFIED, "", by)
        return f"{qualification.asset} is qualified in {qualification.market}."

    @operation(
        "Refused",
        consequence="The operator does not accept the asset. Its seller reads the reason.",
        form=WithReason,
        when=lambda qualification: qualification.status != Qualification.Status.REFUSED,
        icon="cancel",
        variant=ActionVariant.DANGER,
    )
    def refuse(self, by: User, qualification: Qualification, reason: str) -> str:
        _decide([qualification], Qualification.Status.REFUSED, reason, by)
        return f"{qualification.asset} is refused in {qualification.market}."


def _decide(qualifications: Iterable[Qualification], status: str, reason: str, by: User) -> int:
    """Keeps one decision for all, market by market; returns how many changed."""
    changed = 0
    for market, members in groupby(qualifications, key=lambda qualification: qualification.market):
        decisions = [QualificationDecision(member.asset_id, status, reason) for member in members]
        changed += decide_qualifications(market=market, decisions=decisions, by=by)
    return changed


@admin.register(QualificationChange)
class QualificationChangeAdmin(Noun):
    list_display = ("at", "asset", "seller", "market", "became", "reason", "actor")
    list_select_related = ("qualification__asset__seller", "market")
    list_filter = ("status", "market")
    search_fields = ("qualification__asset__ref", "qualification__asset__name", "qualification__asset__seller__name")
    date_hierarchy = "at"

    @admin.display(description="Asset", ordering="qualification__asset__ref")
    def asset(self, change: QualificationChange) -> str:
        return str(change.qualification.asset)

    @admin.display(description="Seller", ordering="qualification__asset__seller__name")
    def seller(self, change: QualificationChange) -> str:
        return str(change.qualification.asset.seller)

    @admin.display(description="Became", ordering="status")
    def became(self, change: QualificationChange) -> str:
        return Qualification.Status(change.status).label


@admin.register(AssetUpload)
class AssetUploadAdmin(Noun):
    list_display = ("filename", "seller", "uploaded_by", "uploaded_at", "registered_at", "registered_count")
    list_select_related = ("seller", "uploaded_by")
    search_fields = ("filename", "seller__name")
    date_hierarchy = "uploaded_at"
    hidden_fields = ("content",)
