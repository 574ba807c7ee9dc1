"""What is bought: the list of competitions, and one competition with its windows, its gate and the form to bid."""

from typing import Any

from django.contrib import messages
from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView, ListView

from ..access import SellerPage, TraderPage
from ..charts import service_week
from ..filters import CLOCK, CompetitionFilter
from ..forms import BidForm, show_refusal
from ..gates import gate_of
from ..lists import FilteredList
from ..models import Bid, Competition, MarketTime, Seller
from ..operations.bids import place_bids
from ..problems import Refused

BIDS_SHOWN = 10


def as_seen_by(seller: Seller) -> QuerySet[Competition]:
    """Competitions that are open to the seller, with what pages say of them, and the time of their market."""
    return (
        Competition.objects.open_to(seller)
        .select_related("market__operator", "product", "zone")
        .annotate(market_time=MarketTime("market__clock_offset"))
    )


def bids_of(seller: Seller) -> Subquery:
    """How many standing bids the seller has in the competition of the outer query."""
    bids = Bid.objects.standing().filter(competition=OuterRef("pk"), seller=seller).order_by()
    return Subquery(bids.values("competition").annotate(count=Count("pk")).values("count"))


class CompetitionList(FilteredList, SellerPage, ListView):
    """All competitions that sellers may see: those that close next first, what has closed at the end."""

    section = "competitions"
    help = "bidding#competitions"
    template_name = "markets/competitions.html"
    filterset_class = CompetitionFilter

    def get_queryset(self) -> QuerySet[Competition]:
        over = Case(When(status="published", closes_at__gt=CLOCK, then=Value(0)), default=Value(1))
        rows = as_seen_by(self.seller).annotate(my_bids=bids_of(self.seller)).order_by(over, "closes_at", "pk")
        return self.filtered(rows)


class CompetitionPage(TraderPage, DetailView):
    """One competition. A POST places a bid; what is refused comes back beside the field it is about."""

    section = "competitions"
    help = "bidding#placing-a-bid"
    template_name = "markets/competition.html"

    def get_queryset(self) -> QuerySet[Competition]:
        return as_seen_by(self.seller)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        return self.render_to_response(self.get_context_data(form=self.form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = self.form(request.POST)
        if form.is_valid():
            try:
                [bid] = place_bids(seller=self.seller, market=self.object.market, offers=[form.offer()], by=self.person)
            except Refused as refused:
                show_refusal(form, refused)
            else:
                messages.success(request, f"Bid {bid} is placed. You can revise or withdraw it until bidding closes.")
                return redirect("markets:bid", bid.reference)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form(self, data: Any = None) -> BidForm:
        return BidForm(data, competition=self.object, seller=self.seller)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        windows = list(self.object.windows.all())
        bids = self.own(self.object.bids.all()).order_by("-pk")[: BIDS_SHOWN + 1]
        return super().get_context_data(
            windows=windows,
            week=service_week(windows),
            gate=gate_of(self.object, self.object.market_time),
            bids=list(bids),
            operator_words=f"operators/{self.object.market.operator.key}/competition.html",
            **kwargs,
        )
