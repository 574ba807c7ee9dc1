"""What sellers offer, in every revision, what the operator holds, and the contracts. Sealed until gate closure."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from ..models import PRICES, Bid, BidChange, BidLine, Contract, Receipt
from ..web.sealing import content_shown, with_seal
from .columns import number, state
from .noun import Noun, Rows
from .sealed import price


class LineRows(Rows):
    model = BidLine
    fields = ("window", "capacity_kw")


@admin.register(Bid)
class BidAdmin(Noun):
    list_display = (
        "reference",
        "seller",
        "competition_ref",
        "standing",
        "capacity",
        *(f"{p}_shown" for p in PRICES),
        "placed_at",
    )
    list_select_related = ("seller", "competition")
    list_filter = ("status", "competition__market", "competition__product", "competition__zone__licence_area")
    search_fields = ("reference", "seller__name", "seller_ref", "competition__reference", "competition__name")
    date_hierarchy = "placed_at"
    hidden_fields = PRICES
    never_looked_up = PRICES
    inlines = (LineRows,)
    standing = state()
    capacity = number("capacity_kw", "Offered kW")
    availability_gbp_per_mw_h_shown = price("availability_gbp_per_mw_h", "Availability GBP/MW/h")
    utilisation_gbp_per_mwh_shown = price("utilisation_gbp_per_mwh", "Utilisation GBP/MWh")
    sustain_gbp_per_kw_shown = price("sustain_gbp_per_kw", "Sustain GBP/kW")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bid]:
        return with_seal(super().get_queryset(request))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [*super().get_fields(request, obj), *(f"{p}_shown" for p in PRICES)]

    @admin.display(description="Competition", ordering="competition__reference")
    def competition_ref(self, bid: Bid) -> str:
        return bid.competition.reference


@admin.register(BidLine)
class BidLineAdmin(Noun):
    list_display = ("bid", "window", "capacity")
    list_select_related = ("bid", "window")
    search_fields = ("bid__reference", "window__name", "bid__competition__reference")
    capacity = number("capacity_kw", "Offered kW")


@admin.register(BidChange)
class BidChangeAdmin(Noun):
    list_display = ("id", "kind", "bid", "competition", "market", "revision", "position", "changed_at")
    list_display_links = ("id", "kind")
    list_select_related = ("bid", "competition", "market")
    list_filter = ("kind", "market", ("position", admin.EmptyFieldListFilter))
    search_fields = ("bid__reference", "competition__reference")
    date_hierarchy = "changed_at"
    hidden_fields = ("content",)
    never_looked_up = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BidChange]:
        return with_seal(super().get_queryset(request))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [*super().get_fields(request, obj), "content_shown"]

    @display(description="Content")
    def content_shown(self, change: BidChange) -> str:
        return json.dumps(content_shown(change), indent=2, ensure_ascii=False)


@admin.register(Receipt)
class ReceiptAdmin(Noun):
    list_display = ("bid", "revision", "received_at")
    list_select_related = ("bid",)
    search_fields = ("bid__reference",)
    date_hierarchy = "received_at"


@admin.register(Contract)
class ContractAdmin(Noun):
    list_display = ("reference", "bid", "seller", "market", "accepted", *(f"{p}_awarded" for p in PRICES), "awarded_at")
    list_select_related = ("bid", "seller", "market")
    list_filter = ("market", "bid__competition__product", "bid__competition__zone__licence_area")
    search_fields = (
        "reference",
        "seller__name",
        "bid__reference",
        "bid__competition__reference",
        "bid__competition__name",
    )
    date_hierarchy = "awarded_at"
    accepted = number("accepted_kw", "Accepted kW")
    availability_gbp_per_mw_h_awarded = number("availability_gbp_per_mw_h", "Availability GBP/MW/h")
    utilisation_gbp_per_mwh_awarded = number("utilisation_gbp_per_mwh", "Utilisation GBP/MWh")
    sustain_gbp_per_kw_awarded = number("sustain_gbp_per_kw", "Sustain GBP/kW")
