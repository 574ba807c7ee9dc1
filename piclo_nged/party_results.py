"""A participant of a test party after the auction: its own results beside what really happened, and its notes."""

from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from markets.models import Bid, TestParty
from markets.web.access import SellerPage

from .dso.nged.own_results import OwnResult, own_results
from .dso.nged.party import season_of

PER_PAGE = 50
NOTES_SHOWN = 100


class PartyResults(SellerPage, TemplateView):
    """Of a party in which the seller takes part, also one that has ended. Nobody else's bids are read."""

    section = "bids"
    help = "joining#test-parties"
    template_name = "markets/party_results.html"

    @cached_property
    def party(self) -> TestParty:
        taken_part_in = TestParty.objects.taken_part_in_by(self.seller).select_related("market__operator")
        return get_object_or_404(taken_part_in, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        party = self.party
        results = own_results(party, self.seller, season_of(party))
        waiting = self.own(Bid.objects.filter(competition__market=party.market_id, status=Bid.Status.PLACED))
        return super().get_context_data(
            object=party,
            page_obj=Paginator(results, PER_PAGE).get_page(self.request.GET.get("page")),
            totals=_totals(results),
            waiting=waiting.count(),
            notes=self.own(party.notes.order_by("-pk"))[:NOTES_SHOWN],
            **kwargs,
        )


def _totals(results: list[OwnResult]) -> dict[str, Any]:
    bids = [bid for result in results for bid in result.bids]
    taken = [bid.contract.accepted_kw for bid in bids if bid.status == Bid.Status.ACCEPTED]
    return {
        "bids": len(bids),
        "taken": len(taken),
        "taken_kw": sum(taken, Decimal(0)),
        "won": sum(result.has_won for result in results),
        "competitions": len(results),
        "really_kw": sum((result.really.accepted_kw for result in results), Decimal(0)),
    }
