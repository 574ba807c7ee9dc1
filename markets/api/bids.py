"""Bids by API: the same operations as the pages and the file. Aggregators with thousands of bids do not click."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import PRICES, Bid, BidLine, Market
from ..operations.bids import revise_bid, withdraw_bid
from ..operations.bids.checking import Checked
from ..operations.bids.placing import look_at, place
from ..operations.bids.storing import Placed
from ..problems import Refused, RowProblem
from ..rest.answers import error_entry
from ..rest.bodies import CsvBody, JsonBody, NotAsDescribed, file_in, read_object
from ..rest.endpoints import SellerEndpoint, reached
from ..rest.fields import Fields, Instant
from ..rest.idempotency import idempotent
from ..rest.openapi import BEFORE, FORMAT, LIMIT, MARKET, MARKET_OPTIONAL, as_csv_too, call
from ..rest.paging import newest, page_of, read_query
from ..rest.rendering import CsvAnswer, JsonAnswer
from ..rules.confirmations import RULES, VERSION
from ..rules.notices import Offer
from ..rules.words import to_correct
from .lists import SINCE_HINT, TAG, same
from .offers import Sent, read_file, read_offers
from .serializers import OfferFields, PlacedBids, SellerBid, TermFields

BID: dict[str, Any] = {
    **same("reference", "seller_ref"),
    "market": "competition__market__key",
    "competition": "competition__reference",
    **same("status", "revision"),
    "windows": ArraySubquery(BidLine.objects.filter(bid=OuterRef("pk")).order_by("pk").values("window__name")),
    **same("capacity_kw", *PRICES, "max_runtime_minutes", "placed_at", "changed_at", "decided_at", "result_reason"),
}

A_BID = OpenApiExample(
    "One bid in two windows",
    {
        "competition": "T9A-0001-2027",
        "windows": ["April 2027", "May 2027"],
        "capacity_kw": "50.5",
        "availability_gbp_per_mw_h": "5",
        "utilisation_gbp_per_mwh": "300",
        "assets": ["EV-1"],
        "seller_ref": "spring-17",
    },
    request_only=True,
    media_type="application/json",
)
TERMS = OpenApiExample("Other terms", {"capacity_kw": "45", "utilisation_gbp_per_mwh": "280"}, request_only=True)
CONFIRMS = OpenApiParameter(
    "confirms_rules",
    str,
    description=f"`{VERSION}`: you confirm the rules of GET rules, which no software can check. Without it: 422.",
)
KEEP_GOOD = OpenApiParameter("keep_good", bool, description="Place the good bids, report the others: 207.")
STATUS = OpenApiParameter("status", str, enum=Bid.Status.values)
COMPETITION = OpenApiParameter("competition", str, description="Reference of a competition.")
SINCE = OpenApiParameter(
    "changed_since", OpenApiTypes.DATETIME, description=f"Market time of the last change; {SINCE_HINT}"
)


class NotConfirmed(Refused):
    """Bids without the seller's word for what software cannot check."""

    title = "Rules not confirmed"


class _Placing(Fields):
    confirms_rules = serializers.CharField(max_length=20, default="")
    keep_good = serializers.BooleanField(default=False)


class _Wanted(Fields):
    market = serializers.CharField(max_length=50, required=False, source="competition__market__key")
    status = serializers.ChoiceField(Bid.Status.choices, required=False)
    competition = serializers.CharField(max_length=100, required=False, source="competition__reference")
    changed_since = Instant(required=False, source="changed_at__gte")


class BidsView(SellerEndpoint):
    """The seller's bids."""

    parser_classes = [JsonBody, CsvBody]
    renderer_classes = [JsonAnswer, CsvAnswer]
    columns = BID

    @call(
        "seller_bids",
        "Your bids",
        tag=TAG,
        parameters=[BEFORE, LIMIT, MARKET_OPTIONAL, STATUS, COMPETITION, SINCE, FORMAT],
        answers=as_csv_too(page_of(SellerBid)),
    )
    def get(self, request: Request) -> Response:
        """Newest first, with their results where there are any."""
        wanted = read_query(_Wanted(), request)
        self.refuse_unknown_market()
        bids = Bid.objects.filter(seller=self.seller, **wanted)
        return newest(bids, BID, request).response()

    @call(
        "seller_place_bids",
        "Place bids",
        tag=TAG,
        parameters=[MARKET, CONFIRMS, KEEP_GOOD],
        request={"application/json": OfferFields(many=True), "text/csv": OpenApiTypes.STR},
        answers={201: PlacedBids, 207: PlacedBids},
        examples=[A_BID],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Up to 30,000, counted as one moment of market time: all or none, or with `keep_good` the good ones.

        A bid whose `seller_ref` stands already with the same terms is a repeat and is answered with that bid. CSV: the
        template of the upload page, with the same columns. Not refused, since the operator decides: an asset of another
        zone, and more kW than the assets can do.
        """
        key = self.asked_market_key()
        asked = read_query(_Placing(), request)
        market = self.market_called(key)
        if asked["confirms_rules"] != VERSION:
            raise _not_confirmed(asked["confirms_rules"])
        file = file_in(request)
        sent = read_offers(request.data) if file is None else read_file(file)
        items, problems = self._place(market, sent, keep_good=asked["keep_good"])
        answer = {"items": items, "problems": [error_entry(problem) for problem in problems]}
        return Response(answer, status=207 if problems else 201)

    def _place(self, market: Market, sent: Sent, *, keep_good: bool) -> tuple[list[dict[str, Any]], list[RowProblem]]:
        """What was placed, and what is wrong with the others. Raises with all problems where nothing is placed."""
        if sent.problems and not keep_good:
            checked = look_at(seller=self.seller, market=market, offers=sent.offers)
            raise _refusal(sent.told(checked.problems))
        try:
            checked, placed = place(
                seller=self.seller,
                market=market,
                offers=sent.offers,
                by=self.token,
                confirmed=VERSION,
                keep_good=keep_good,
            )
        except Refused as refusal:
            refusal.rows = sent.told(refusal.rows)
            raise
        problems = sent.told(checked.problems)
        items = _items(sent.offers, checked, placed)
        if problems and not items:
            raise _refusal(problems)
        return items, problems


def _items(offers: Sequence[Offer], checked: Checked, placed: Placed) -> list[dict[str, Any]]:
    """The bids in the order of what was sent, repeats among them."""
    keys = {offer.line: key for key, offer in placed}
    bad = {problem.line for problem in checked.problems}
    items = []
    for offer in offers:
        if offer.line in keys:
            bid = {"reference": f"B-{keys[offer.line]}", "status": Bid.Status.PLACED, "revision": 1}
        elif offer.line in bad:
            continue
        else:
            known = checked.repeats[offer.seller_ref]
            bid = {"reference": known.reference, "status": known.status, "revision": known.revision}
        items.append({"line": offer.line, "seller_ref": offer.seller_ref} | bid)
    return items


def _refusal(problems: Sequence[RowProblem]) -> NotAsDescribed:
    return NotAsDescribed(f"No bid was placed: {to_correct(len(problems))}.", problems)


class BidView(SellerEndpoint):
    """One bid, until gate closure the seller's to change."""

    @call("seller_bid", "One bid", tag=TAG, answers={200: SellerBid})
    def get(self, request: Request, reference: str) -> Response:
        """As it stands."""
        return self._answer(self._bid(reference))

    @call(
        "seller_revise_bid",
        "Revise a bid",
        tag=TAG,
        request=TermFields,
        answers={200: SellerBid},
        examples=[TERMS],
        is_write=True,
    )
    @idempotent
    def put(self, request: Request, reference: str) -> Response:
        """Other terms for the same windows and assets, until gate closure; then 422. The same again changes nothing."""
        bid = self._bid(reference)
        return self._answer(revise_bid(bid=bid, by=self.token, **read_object(TermFields(), request.data)))

    @call("seller_withdraw_bid", "Withdraw a bid", tag=TAG, answers={200: SellerBid}, is_write=True)
    @idempotent
    def delete(self, request: Request, reference: str) -> Response:
        """Until gate closure; then 422. It stays in your list, as withdrawn, and does not come back."""
        return self._answer(withdraw_bid(bid=self._bid(reference), by=self.token))

    def _bid(self, reference: str) -> Bid:
        return reached(Bid.objects.filter(seller=self.seller, reference=reference).first(), "bid", reference)

    def _answer(self, bid: Bid) -> Response:
        [values] = Bid.objects.filter(pk=bid.pk).values_list(*BID.values())
        return Response(dict(zip(BID, values, strict=True)))


def _not_confirmed(given: str) -> NotConfirmed:
    rows: list[RowProblem] = [RowProblem(0, "confirms_rules", given, rule.sentence) for rule in RULES]
    said: Any = (
        f"These are the rules of {VERSION}, not of '{given}'." if given else "Software cannot check these rules."
    )
    return NotConfirmed(f"No bid was placed. {said} If you confirm them, add confirms_rules={VERSION}.", rows)
