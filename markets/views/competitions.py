"""What is bought: the list of competitions."""

from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, Value, When
from django.views.generic import ListView

from ..filters import CLOCK, CompetitionFilter
from ..models import Bid, Competition, MarketTime, Seller
from ..web.access import SellerPage
from ..web.lists import FilteredList


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
