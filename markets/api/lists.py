"""What a seller reads: its assets, the competitions that take bids, and its contracts."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ..endpoints import SellerEndpoint
from ..models import PRICES, Asset, Competition, Contract, Qualification, ServiceWindow
from ..openapi import BEFORE, LIMIT, call
from ..paging import newest, page_of
from .serializers import OpenCompetition, SellerAsset, SellerContract

TAG = "Sellers: bidding"


def same(*names: str) -> dict[str, str]:
    """Columns that are called in the answer as they are in the table."""
    return {name: name for name in names}


ASSET = same(*[str(name) for name in SellerAsset().fields if name != "qualifications"])
WINDOW = ("name", "first_day", "last_day", "weekdays", "local_start", "local_end", "required_kw")
COMPETITION = {
    "market": "market__key",
    "product": "product__name",
    "zone": "zone__code",
    **same("reference", "name", "revision", "opens_at", "closes_at", "first_day", "last_day", "required_kw"),
    **same("availability_ceiling_gbp_per_mw_h", "utilisation_ceiling_gbp_per_mwh", "sustain_ceiling_gbp_per_kw"),
}
CONTRACT = {
    "bid": "bid__reference",
    "market": "market__key",
    "competition": "bid__competition__reference",
    **same("reference", "accepted_kw", *PRICES, "awarded_at"),
}


class AssetsView(SellerEndpoint):
    """The seller's assets."""

    @call("seller_assets", "Your assets", tag=TAG, parameters=[BEFORE, LIMIT], answers={200: page_of(SellerAsset)})
    def get(self, request: Request) -> Response:
        """Newest first, each with what the markets decided about it."""
        page = newest(Asset.objects.filter(seller=self.seller, retired_at=None), ASSET, request)
        decided: dict[int, dict[str, str]] = {key: {} for key in page.keys}
        offers = Qualification.objects.filter(asset__in=page.keys)
        for key, market, status in offers.values_list("asset_id", "market__key", "status"):
            decided[key][market] = status
        for key, item in zip(page.keys, page.items, strict=True):
            item["qualifications"] = decided[key]
        return Response(page.answer())


class CompetitionsView(SellerEndpoint):
    """Competitions that take bids now."""

    @call(
        "seller_competitions",
        "Competitions that take bids",
        tag=TAG,
        parameters=[BEFORE, LIMIT],
        answers={200: page_of(OpenCompetition)},
    )
    def get(self, request: Request) -> Response:
        """Open at this moment of market time, newest first, with all service windows."""
        page = newest(Competition.objects.open_to(self.seller).biddable(), COMPETITION, request)
        windows: dict[int, list[dict[str, Any]]] = {key: [] for key in page.keys}
        asked = ServiceWindow.objects.filter(competition__in=page.keys).order_by("first_day", "local_start", "name")
        for key, *values in asked.values_list("competition_id", *WINDOW):
            windows[key].append(dict(zip(WINDOW, values, strict=True)))
        for key, item in zip(page.keys, page.items, strict=True):
            item["windows"] = windows[key]
        return Response(page.answer())


class ContractsView(SellerEndpoint):
    """The seller's contracts."""

    @call(
        "seller_contracts",
        "Your contracts",
        tag=TAG,
        parameters=[BEFORE, LIMIT],
        answers={200: page_of(SellerContract)},
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return Response(newest(Contract.objects.filter(seller=self.seller), CONTRACT, request).answer())
