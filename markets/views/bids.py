"""A seller's bids: the list, one with its history, and the two changes that can be made until gate closure."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView, ListView

from ..filters import BidFilter
from ..forms import RevisionForm, show_refusal
from ..models import Bid, BidLine, MarketTime
from ..operations.bids import ChangedMeanwhile, revise_bid, withdraw_bid
from ..operations.competitions import why_to_revise
from ..problems import Refused
from ..rules.words import kw
from ..web.access import SellerPage, TraderPage
from ..web.gates import gate_of, how_long_before_closure
from ..web.lists import FilteredList


def with_their_competition(rows: QuerySet[Bid]) -> QuerySet[Bid]:
    """Bids with what pages say of them, and the time of their market."""
    lines = BidLine.objects.filter(bid=OuterRef("pk")).order_by().values("bid")
    told = ("competition__market__operator", "competition__product", "competition__zone", "contract")
    return rows.select_related(*told).annotate(
        market_time=MarketTime("competition__market__clock_offset"),
        window_count=Subquery(lines.annotate(count=Count("pk")).values("count")),
    )


class BidList(FilteredList, SellerPage, ListView):
    """All bids of the seller, the last changed first."""

    section = "bids"
    help = "bidding#your-bids"
    template_name = "markets/bids.html"
    filterset_class = BidFilter
    market_path = "competition.market"

    def get_queryset(self) -> QuerySet[Bid]:
        return self.filtered(with_their_competition(self.own(Bid.objects.all())).order_by("-changed_at", "-pk"))


class OneBid(SellerPage, DetailView):
    """A bid by its reference, if it is the seller's own."""

    slug_field = slug_url_kwarg = "reference"
    context_object_name = "bid"
    market_path = "competition.market"
    object: Any

    def get_queryset(self) -> QuerySet[Bid]:
        return with_their_competition(self.own(Bid.objects.all()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        gate = gate_of(self.object.competition, self.object.market_time)
        stands = gate.is_open and self.object.status == Bid.Status.PLACED
        return super().get_context_data(gate=gate, to_revise=why_to_revise(self.object) if stands else [], **kwargs)


class BidPage(OneBid):
    """One bid: its terms, windows, assets, and everything that happened to it."""

    section = "bids"
    help = "bidding#your-bids"
    template_name = "markets/bid.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        received = {receipt.revision: receipt.received_at for receipt in self.object.receipts.all()}
        history = [
            (change, Decimal(change.content["capacity_kw"]), received.get(change.revision))
            for change in self.object.changes.order_by("-revision")
        ]
        lines = self.object.lines.select_related("window")
        return super().get_context_data(history=history, lines=lines, assets=self.object.assets.all(), **kwargs)


class BidRevision(TraderPage, OneBid):
    """Other terms for a standing bid."""

    section = "bids"
    help = "bidding#revising-and-withdrawing"
    template_name = "markets/bid_revise.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        return self.render_to_response(self.get_context_data(form=RevisionForm(self.typed, bid=self.object)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = RevisionForm(request.POST, bid=self.object)
        if form.is_valid():
            try:
                bid = revise_bid(bid=self.object, by=self.person, seen_revision=form.seen_revision, **form.terms())
            except ChangedMeanwhile as changed:
                self.object = self.get_object()
                form.seen_revision = changed.revision  # the page says what stands: from here on, that has been seen
                show_refusal(form, changed)
            except Refused as refused:
                self.object = self.get_object()  # the gate may have closed, or the bid been withdrawn, in between
                show_refusal(form, refused)
            else:
                saved = how_long_before_closure(bid.competition, bid.changed_at)
                messages.success(
                    request, f"Bid {bid} over {kw(bid.capacity_kw)} now stands as revision {bid.revision}. {saved}"
                )
                return redirect("markets:bid", bid.reference)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class BidWithdrawal(TraderPage, OneBid):
    """Taking a bid back: asked once more, then done."""

    section = "bids"
    help = "bidding#revising-and-withdrawing"
    template_name = "markets/bid_withdraw.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        try:
            bid = withdraw_bid(bid=self.object, by=self.person)
        except Refused as refused:
            return self.render_to_response(self.get_context_data(refused=refused), status=422)
        messages.success(request, f"Bid {bid} is withdrawn. It will not be decided on.")
        return redirect("markets:bid", bid.reference)
