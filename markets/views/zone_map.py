"""Where is bought: the zones of the competitions that the filters find, as a drawing and as a list that says the same."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, Min, Model, Q, QuerySet, Sum
from django.views.generic import ListView

from ..filters import CLOCK, CompetitionFilter
from ..models import Competition, Market, MarketTime, Zone
from ..rules.zone_map import STATES, Frame, ZoneFacts, frame_around, zone_map
from ..web.access import SellerPage
from ..web.gates import SOON
from ..web.lists import FilteredList

MOST_ZONES = 1000
"""More than anybody looks through; those with the largest need are shown."""
PUBLISHED = Q(status=Competition.Status.PUBLISHED)
STILL_OPEN = PUBLISHED & Q(opens_at__lte=CLOCK, closes_at__gt=CLOCK)
ZONE = ("zone__code", "zone__name", "zone__licence_area", "zone__latitude", "zone__longitude")
COUNTS = {
    "competitions": Count("pk"),
    "kw": Sum("required_kw"),
    "soon": Count("pk", filter=STILL_OPEN & Q(closes_at__lte=CLOCK + SOON)),
    "still_open": Count("pk", filter=STILL_OPEN),
    "upcoming": Count("pk", filter=PUBLISHED & Q(opens_at__gt=CLOCK)),
}
WORDS = {"soon": "Closing within 48 hours", "open": "Open for bids", "upcoming": "Not open yet", "closed": "Closed"}


class ZoneMapPage(FilteredList, SellerPage, ListView):
    """The same filters as the list of competitions; a zone leads to its competitions in that list."""

    section = "competitions"
    help = "bidding#competitions"
    template_name = "markets/map.html"
    filterset_class = CompetitionFilter
    paginate_by = None

    def get_queryset(self) -> Any:
        """One row per zone. The found competitions are asked by key, so that no filter's columns split a zone."""
        found = self.filtered(Competition.objects.open_to(self.seller)).values("pk")
        rows = Competition.objects.filter(pk__in=found).order_by().values(*ZONE).annotate(**COUNTS)
        return rows.values_list(*ZONE, *COUNTS).order_by("-kw", "zone__code")[: MOST_ZONES + 1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = list(map(_facts, self.object_list))
        zones = sorted(found[:MOST_ZONES], key=lambda zone: (zone.licence_area, zone.code))
        query = self.request.GET.copy()
        query.pop("zone", None)
        return super().get_context_data(
            zones=zones,
            has_more=len(found) > MOST_ZONES,
            drawing=zone_map(zones, self.frame()),
            words=WORDS,
            rest_of_query=query.urlencode(),
            **kwargs,
        )

    def frame(self) -> Frame | None:
        """Around all placed zones of the markets that the seller sees, so that filtering moves nothing."""
        seen = Zone.objects.filter(competitions__market__in=Market.objects.open_to(self.seller))
        bounds = seen.aggregate(Min("latitude"), Max("latitude"), Min("longitude"), Max("longitude"))
        edges = [float(edge) for edge in bounds.values() if edge is not None]
        return frame_around(*edges) if len(edges) == 4 else None

    def mock_markets(self, rows: Iterable[Model]) -> QuerySet[Market]:
        """A zone is of no market: those of all competitions that can stand on the map."""
        seen = Competition.objects.open_to(self.seller).values("market")
        return Market.objects.filter(is_mock=True, pk__in=seen).annotate(time=MarketTime())


def _facts(row: tuple[Any, ...]) -> ZoneFacts:
    code, name, area, latitude, longitude, competitions, required_kw, soon, still_open, upcoming = row
    counts = (soon, still_open, upcoming, competitions)
    state = next(state for state, count in zip(STATES, counts, strict=True) if count)
    return ZoneFacts(code, name, area, latitude, longitude, competitions, required_kw, state)
