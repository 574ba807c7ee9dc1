"""The filters of sellers' lists. They live in the address, so they survive a reload and can be sent to a colleague."""

import django_filters
from django.db.models import Q, QuerySet

from .gates import SOON
from .models import Bid, Competition, Contract, MarketTime, Product

STATES = (
    ("open", "Open for bids"),
    ("soon", "Closing within 48 hours"),
    ("upcoming", "Not open yet"),
    ("closed", "Closed"),
)
CLOCK = MarketTime("market__clock_offset")


def _products() -> list[tuple[str, str]]:
    """Products by name: two operators' products of one name are one choice."""
    return [(name, name) for name in Product.objects.order_by("name").values_list("name", flat=True).distinct()]


class CompetitionFilter(django_filters.FilterSet):
    """Competitions by words, zone, product and where market time stands."""

    q = django_filters.CharFilter(label="Search", method="with_words")
    zone = django_filters.CharFilter(label="Zone", method="in_zone")
    product = django_filters.ChoiceFilter(
        label="Product", field_name="product__name", choices=_products, empty_label="All products"
    )
    state = django_filters.ChoiceFilter(label="Bidding", choices=STATES, method="at_state", empty_label="Any time")

    class Meta:
        model = Competition
        fields: list[str] = []

    def with_words(self, rows: QuerySet[Competition], name: str, value: str) -> QuerySet[Competition]:
        for word in value.split():
            rows = rows.filter(Q(name__icontains=word) | Q(reference__icontains=word))
        return rows

    def in_zone(self, rows: QuerySet[Competition], name: str, value: str) -> QuerySet[Competition]:
        value = value.strip()
        return rows.filter(
            Q(zone__code__icontains=value) | Q(zone__name__icontains=value) | Q(zone__licence_area__iexact=value)
        )

    def at_state(self, rows: QuerySet[Competition], name: str, value: str) -> QuerySet[Competition]:
        published = rows.filter(status=Competition.Status.PUBLISHED)
        still_open = published.filter(opens_at__lte=CLOCK, closes_at__gt=CLOCK)
        return {
            "open": still_open,
            "soon": still_open.filter(closes_at__lte=CLOCK + SOON),
            "upcoming": published.filter(opens_at__gt=CLOCK),
            "closed": rows.filter(closes_at__lte=CLOCK),
        }[value]


class BidFilter(django_filters.FilterSet):
    """A seller's bids by state, and by words of the bid or its competition."""

    q = django_filters.CharFilter(label="Search", method="with_words")
    status = django_filters.ChoiceFilter(label="Status", choices=Bid.Status, empty_label="All bids")

    class Meta:
        model = Bid
        fields: list[str] = []

    def with_words(self, rows: QuerySet[Bid], name: str, value: str) -> QuerySet[Bid]:
        for word in value.split():
            rows = rows.filter(
                Q(reference__iexact=word)
                | Q(seller_ref__icontains=word)
                | Q(competition__name__icontains=word)
                | Q(competition__reference__icontains=word)
                | Q(competition__zone__code__icontains=word)
            )
        return rows


class ContractFilter(django_filters.FilterSet):
    """A seller's contracts by words."""

    q = django_filters.CharFilter(label="Search", method="with_words")

    class Meta:
        model = Contract
        fields: list[str] = []

    def with_words(self, rows: QuerySet[Contract], name: str, value: str) -> QuerySet[Contract]:
        for word in value.split():
            rows = rows.filter(
                Q(reference__iexact=word)
                | Q(bid__reference__iexact=word)
                | Q(bid__competition__name__icontains=word)
                | Q(bid__competition__zone__code__icontains=word)
                | Q(bid__competition__product__name__iexact=word)
            )
        return rows
