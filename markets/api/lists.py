"""What a seller reads: its assets, the competitions that take bids, its results and its contracts."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import PRICES, Bid, Competition, Contract, ServiceWindow
from ..rest.endpoints import SellerEndpoint
from ..rest.fields import Fields, Instant
from ..rest.openapi import BEFORE, FORMAT, LIMIT, MARKET_OPTIONAL, as_csv_too, call
from ..rest.paging import newest, page_of, read_query
from ..rest.rendering import CsvAnswer, JsonAnswer
from ..rules.confirmations import RULES, VERSION
from .serializers import ListedCompetition, RulesToConfirm, SellerContract, SellerResult

TAG = "Sellers: bidding"


def same(*names: str) -> dict[str, str]:
    """Columns that are called in the answer as they are in the table."""
    return {name: name for name in names}


WINDOW = ("name", "first_day", "last_day", "weekdays", "local_start", "local_end", "required_kw", "minimum_kw")
COMPETITION = {
    "market": "market__key",
    "product": "product__name",
    "zone": "zone__code",
    **same("reference", "name", "status", "revision", "opens_at", "closes_at", "first_day", "last_day", "required_kw"),
    **same("availability_ceiling_gbp_per_mw_h", "utilisation_ceiling_gbp_per_mwh", "sustain_ceiling_gbp_per_kw"),
    "max_connection_kv": "max_connection_kv",
}
CONTRACT = {
    "bid": "bid__reference",
    "market": "market__key",
    "competition": "bid__competition__reference",
    **same("reference", "accepted_kw", *PRICES, "awarded_at"),
}
RESULT = {
    "bid": "reference",
    "seller_ref": "seller_ref",
    "market": "competition__market__key",
    "competition": "competition__reference",
    "status": "status",
    "reason": "result_reason",
    "decided_at": "decided_at",
    "contract": "contract__reference",
    **{name: f"contract__{name}" for name in ("accepted_kw", *PRICES)},
}
ZONE = OpenApiParameter("zone", str, description="Code of a zone.")
PRODUCT = OpenApiParameter("product", str, description="Name of a product, as the operator writes it.")
OPEN = OpenApiParameter("open", bool, default=True, description="false: also those that open later or are closed.")
COMPETITION_OF = OpenApiParameter("competition", str, description="Reference of a competition.")
SINCE_HINT = "with Z, or an offset whose + is written %2B."
AWARDED = OpenApiParameter("awarded_since", OpenApiTypes.DATETIME, description=f"Market time; {SINCE_HINT}")
DECIDED = OpenApiParameter("decided_since", OpenApiTypes.DATETIME, description=f"Market time; {SINCE_HINT}")


class _Wanted(Fields):
    market = serializers.CharField(max_length=50, required=False, source="market__key")
    zone = serializers.CharField(max_length=60, required=False, source="zone__code__iexact")
    product = serializers.CharField(max_length=100, required=False, source="product__name__iexact")


class _Open(Fields):
    open = serializers.BooleanField(default=True)


class CompetitionsView(SellerEndpoint):
    """What is bought in the markets that are open to the seller."""

    @call(
        "seller_competitions",
        "Competitions",
        tag=TAG,
        parameters=[BEFORE, LIMIT, MARKET_OPTIONAL, ZONE, PRODUCT, OPEN],
        answers={200: page_of(ListedCompetition)},
    )
    def get(self, request: Request) -> Response:
        """Newest first, with all service windows: those that take bids at this moment of market time, or all."""
        wanted = read_query(_Wanted(), request)
        self.refuse_unknown_market()
        rows = Competition.objects.open_to(self.seller).filter(**wanted)
        if read_query(_Open(), request)["open"]:
            rows = rows.biddable()
        page = newest(rows, COMPETITION, request)
        windows: dict[int, list[dict[str, Any]]] = {key: [] for key in page.keys}
        asked = ServiceWindow.objects.filter(competition__in=page.keys).order_by("first_day", "local_start", "name")
        for key, *values in asked.values_list("competition_id", *WINDOW):
            windows[key].append(dict(zip(WINDOW, values, strict=True)))
        for key, item in zip(page.keys, page.items, strict=True):
            item["windows"] = windows[key]
        return page.response()


class _Contracts(Fields):
    market = serializers.CharField(max_length=50, required=False, source="market__key")
    awarded_since = Instant(required=False, source="awarded_at__gte")


class ContractsView(SellerEndpoint):
    """The seller's contracts."""

    renderer_classes = [JsonAnswer, CsvAnswer]
    columns = CONTRACT

    @call(
        "seller_contracts",
        "Your contracts",
        tag=TAG,
        parameters=[BEFORE, LIMIT, MARKET_OPTIONAL, AWARDED, FORMAT],
        answers=as_csv_too(page_of(SellerContract)),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        wanted = read_query(_Contracts(), request)
        self.refuse_unknown_market()
        rows = Contract.objects.filter(seller=self.seller, **wanted)
        return newest(rows, CONTRACT, request).response()


class _Results(Fields):
    market = serializers.CharField(max_length=50, required=False, source="competition__market__key")
    competition = serializers.CharField(max_length=100, required=False, source="competition__reference")
    decided_since = Instant(required=False, source="decided_at__gte")


class ResultsView(SellerEndpoint):
    """What the operator decided of the seller's bids."""

    renderer_classes = [JsonAnswer, CsvAnswer]
    columns = RESULT

    @call(
        "seller_results",
        "Your results",
        tag=TAG,
        parameters=[BEFORE, LIMIT, MARKET_OPTIONAL, COMPETITION_OF, DECIDED, FORMAT],
        answers=as_csv_too(page_of(SellerResult)),
    )
    def get(self, request: Request) -> Response:
        """The newest bids first, each with its reason. To hear what is new, ask for `decided_since` ten minutes before
        the newest that you hold, and drop what you have: results that were being written meanwhile are in it then.
        """
        wanted = read_query(_Results(), request)
        self.refuse_unknown_market()
        rows = Bid.objects.filter(seller=self.seller, decided_at__isnull=False, **wanted)
        return newest(rows, RESULT, request).response()


class RulesView(SellerEndpoint):
    """The rules that software cannot check."""

    @call("seller_rules", "Rules to confirm", tag=TAG, answers={200: RulesToConfirm})
    def get(self, request: Request) -> Response:
        """Read them, and send their version as `confirms_rules` with every call that places bids."""
        rules = [{"sentence": rule.sentence, "help": rule.help} for rule in RULES]
        return Response({"version": VERSION, "rules": rules})
