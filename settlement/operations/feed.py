"""Readings on: the operator reads them as a feed, in the order in which they came, each revision once."""

from django.db import transaction

from markets.models import Asset, Market, Qualification
from markets.operations.feeds import number

from ..models import ForwardedReading, ReadingDay


def read_reading_days(*, market: Market, after: int, limit: int) -> list[ReadingDay]:
    """The reading days after position `after`, in order; each has its `position` in this market's feed.

    It carries the assets that the market has qualified or that stand behind one of its contracts, their earlier
    readings included: what an asset read before its qualification follows when it is qualified.
    """
    _enter(market)
    forwarded = ForwardedReading.objects.filter(market=market)
    number(numbered=forwarded, unnumbered=forwarded.filter(position=None), feed=f"readings of market {market.pk}")
    page = forwarded.filter(position__gt=after).order_by("position")[:limit]
    days = []
    for entry in page.select_related("reading_day__asset__seller"):
        entry.reading_day.position = entry.position
        days.append(entry.reading_day)
    return days


@transaction.atomic
def _enter(market: Market) -> None:
    """Adds what is not in the feed yet; its position follows when it is numbered."""
    qualified = Qualification.objects.filter(market=market, status=Qualification.Status.QUALIFIED).values("asset")
    contracted = Asset.objects.filter(bids__contract__market=market).values("pk")
    entered = ForwardedReading.objects.filter(market=market).values("reading_day")
    fresh = (
        ReadingDay.objects.filter(asset__in=qualified.union(contracted))
        .exclude(pk__in=entered)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    ForwardedReading.objects.bulk_create(
        [ForwardedReading(market=market, reading_day_id=pk) for pk in fresh], ignore_conflicts=True, batch_size=5000
    )
