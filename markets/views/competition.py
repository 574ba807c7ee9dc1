"""One competition: what is asked for and when, the gate, which assets qualify, and the form to bid."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView

from ..forms import BidForm, show_refusal
from ..models import Competition, Seller, ServiceWindow
from ..operations.bids import place_bids, why_no_bidder
from ..problems import Refused
from ..rules.words import kw
from ..web.access import TraderPage
from ..web.asset_choices import AssetChoices, asset_choices
from ..web.competition_facts import page_context
from ..web.gates import how_long_before_closure
from ..web.once import FIELD, keep_what_came_of_it, new_key, sent_once
from .competitions import as_seen_by

BIDS_SHOWN = 10


class CompetitionPage(TraderPage, DetailView):
    """A POST places a bid, or with `estimate` only says what it could earn; nothing that was typed is lost."""

    section = "competitions"
    help = "bidding#placing-a-bid"
    template_name = "markets/competition.html"
    object: Any

    def get_queryset(self) -> QuerySet[Competition]:
        return as_seen_by(self.seller)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = self.form(self.typed)
        if self.typed and "estimate" in self.typed:
            form.forgive_what_is_missing()
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = self.form(request.POST)
        if "estimate" in request.POST:
            return self.estimated(form)
        if form.is_valid():
            try:
                with sent_once(request) as earlier:
                    return self.sent_before(earlier) if earlier else self.placed(form)
            except Refused as refused:
                show_refusal(form, refused)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def placed(self, form: BidForm) -> HttpResponse:
        """Raises Refused."""
        [bid] = place_bids(
            seller=self.seller,
            market=self.object.market,
            offers=[form.offer()],
            by=self.person,
            confirmed=form.cleaned_data["confirmed"],
        )
        keep_what_came_of_it(self.request, bid.reference)
        saved = how_long_before_closure(self.object, bid.changed_at)
        messages.success(self.request, f"Bid {bid} over {kw(bid.capacity_kw)} is placed. {saved}")
        return redirect("markets:bid", bid.reference)

    def sent_before(self, reference: str) -> HttpResponse:
        messages.info(
            self.request,
            f"This form was sent twice and placed once, as bid {reference}. "
            "To place another like it, open the competition again.",
        )
        return redirect("markets:bid", reference)

    def estimated(self, form: BidForm) -> HttpResponse:
        """The page with the estimate; where htmx asks while one types, the estimate alone."""
        form.forgive_what_is_missing()
        if getattr(self.request, "htmx", False):
            context = {"form": form, "object": self.object, "estimate": form.estimate(), "only_part": True}
            return self.response_class(self.request, ["markets/bid_estimate.html"], context)
        return self.render_to_response(self.get_context_data(form=form))

    def form(self, data: Any = None) -> BidForm:
        return BidForm(data, competition=self.object, seller=self.seller, assets=self.assets.eligible)

    @cached_property
    def windows(self) -> list[ServiceWindow]:
        return list(self.object.windows.all())

    @cached_property
    def assets(self) -> AssetChoices:
        return asset_choices(self.seller, self.object, self.windows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bids = self.own(self.object.bids.all()).order_by("-pk")[: BIDS_SHOWN + 1]
        facts = page_context(self.object, self.windows, self.object.market_time, self.request.GET.get("windows"))
        why_not = why_no_bidder(self.seller)
        return super().get_context_data(
            bids=list(bids),
            why_no_bidder=why_not,
            must_sign=why_not and self.seller.status == Seller.Status.VERIFIED,
            takes_a_bid=facts["gate"].is_open and self.assets.usable and self.may_trade and not why_not,
            assets=self.assets,
            estimate=kwargs["form"].estimate(),
            form_key=(self.typed or self.request.POST).get(FIELD) or new_key(),
            **facts,
            **kwargs,
        )
