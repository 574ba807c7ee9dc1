"""Where assets stand: the operator's postcodes, and meters that two sellers have registered."""

from django.contrib import admin
from unfold.enums import ActionVariant

from ..models import MpanClash, Postcode, User
from ..operations.clashes import resolve_clash
from .acting import WithReason, operation
from .noun import Noun


@admin.register(Postcode)
class PostcodeAdmin(Noun):
    list_display = ("code", "operator", "hv_zone", "lv_zone", "primary_substation", "grid_supply_point")
    list_select_related = ("operator", "hv_zone", "lv_zone")
    list_filter = ("operator", "hv_zone__licence_area")
    search_fields = ("code", "hv_zone__code", "lv_zone__code", "primary_substation")


@admin.register(MpanClash)
class MpanClashAdmin(Noun):
    list_display = ("mpan", "later", "earlier", "found_at", "resolved_at", "resolution")
    list_select_related = ("asset__seller", "other__seller")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter),)
    search_fields = ("mpan", "asset__ref", "other__ref", "asset__seller__name", "other__seller__name")
    date_hierarchy = "found_at"
    actions_detail = ("resolve",)

    @admin.display(description="Registered by", ordering="asset__seller__name")
    def later(self, clash: MpanClash) -> str:
        return f"{clash.asset.seller}: {clash.asset.ref}"

    @admin.display(description="Known before from", ordering="other__seller__name")
    def earlier(self, clash: MpanClash) -> str:
        return f"{clash.other.seller}: {clash.other.ref}"

    @operation(
        "Resolve",
        consequence="You have found out whose meter it is. Write who says so and when; no seller reads this.",
        form=WithReason,
        when=lambda clash: clash.resolved_at is None,
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
    )
    def resolve(self, by: User, clash: MpanClash, reason: str) -> str:
        resolve_clash(clash=clash, reason=reason, by=by)
        return f"{clash.mpan} is resolved."
