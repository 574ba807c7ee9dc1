"""The filters of sellers' lists. They live in the address, so they survive a reload and can be sent to a colleague."""

from functools import reduce
from operator import or_

import django_filters
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from .models import Asset, Bid, Competition, Contract, MarketTime, Product, Qualification
from .web.access import membership_of
from .web.gates import SOON
from .web.qualifying import qualifying_for

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


class WordsFilter(django_filters.FilterSet):
    """Rows that hold every word, each of them in any of the fields that `words` looks up."""

    q = django_filters.CharFilter(label="Search", method="with_words")
    words: tuple[str, ...] = ()

    def with_words[M: Model](self, rows: QuerySet[M], name: str, value: str) -> QuerySet[M]:
        for word in value.split():
            rows = rows.filter(reduce(or_, (Q(**{lookup: word}) for lookup in self.words)))
        return rows


class CompetitionFilter(WordsFilter):
    """Competitions by words, zone, product, where market time stands, and whether the seller's own assets qualify."""

    words = ("name__icontains", "reference__icontains")
    zone = django_filters.CharFilter(label="Zone", method="in_zone")
    product = django_filters.ChoiceFilter(
        label="Product", field_name="product__name", choices=_products, empty_label="All products"
    )
    state = django_filters.ChoiceFilter(label="Bidding", choices=STATES, method="at_state", empty_label="Any time")
    mine = django_filters.ChoiceFilter(
        label="Your assets", choices=(("qualify", "My assets qualify"),), method="for_my_assets", empty_label="Any"
    )

    class Meta:
        model = Competition
        fields: list[str] = []

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

    def for_my_assets(self, rows: QuerySet[Competition], name: str, value: str) -> QuerySet[Competition]:
        membership = membership_of(self.request)
        return qualifying_for(membership.seller, rows) if membership else rows.none()


class BidFilter(WordsFilter):
    """A seller's bids by state, and by words of the bid or its competition."""

    words = (
        "reference__iexact",
        "seller_ref__icontains",
        "competition__name__icontains",
        "competition__reference__icontains",
        "competition__zone__code__icontains",
    )
    status = django_filters.ChoiceFilter(label="Status", choices=Bid.Status, empty_label="All bids")

    class Meta:
        model = Bid
        fields: list[str] = []


class ContractFilter(WordsFilter):
    """A seller's contracts by words."""

    words = (
        "reference__iexact",
        "bid__reference__iexact",
        "bid__competition__name__icontains",
        "bid__competition__zone__code__icontains",
        "bid__competition__product__name__iexact",
    )

    class Meta:
        model = Contract
        fields: list[str] = []


class AssetFilter(WordsFilter):
    """A seller's assets by words, by what a market decided, and in use or retired."""

    words = (
        "ref__icontains",
        "name__icontains",
        "technology__icontains",
        "postcode__icontains",
        "import_meter_id__startswith",
        "export_meter_id__startswith",
        "zones__code__icontains",
    )
    decision = django_filters.ChoiceFilter(
        label="Decision", method="decided", choices=Qualification.Status.choices, empty_label="Any decision"
    )
    state = django_filters.ChoiceFilter(
        label="State",
        method="at_state",
        choices=(("in-use", "In use"), ("retired", "Retired")),
        empty_label="All assets",
    )

    class Meta:
        model = Asset
        fields: list[str] = []

    def with_words[M: Model](self, rows: QuerySet[M], name: str, value: str) -> QuerySet[M]:
        return super().with_words(rows, name, value).distinct()

    def decided(self, rows: QuerySet[Asset], name: str, value: str) -> QuerySet[Asset]:
        return rows.filter(Exists(Qualification.objects.filter(asset=OuterRef("pk"), status=value)))

    def at_state(self, rows: QuerySet[Asset], name: str, value: str) -> QuerySet[Asset]:
        return rows.filter(retired_at__isnull=value == "in-use")
