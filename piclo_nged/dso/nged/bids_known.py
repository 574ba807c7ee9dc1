"""Our bids as NGED's results file can name them: by company, windows, capacity and prices."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from markets.models import PRICES, Bid, Competition, Market, Seller, SellerIdentity

from .outcomes import StandingBid


@dataclass(frozen=True)
class Known:
    """What of a file may be ours."""

    bids: list[StandingBid]
    companies: frozenset[str]  # casefolded
    competitions: frozenset[str]
    still_open: frozenset[str]  # whose bids are sealed: nothing may be told by what they offer


def known_to(market: Market, references: Collection[str]) -> Known:
    """Bids in the competitions of these references: those that stand in the order in which they were placed, then the
    withdrawn, so that a result for one of these is told to be that."""
    names: dict[int, set[str]] = defaultdict(set)
    for seller_id, name in Seller.objects.values_list("pk", "name"):
        names[seller_id].add(name)
    identities = SellerIdentity.objects.filter(operator=market.operator_id, kind=SellerIdentity.Kind.COMPANY)
    for seller_id, name in identities.values_list("seller", "name"):
        names[seller_id].add(name)
    rows = (
        Bid.objects.filter(competition__market=market, competition__reference__in=references)
        .annotate(is_withdrawn=Q(status=Bid.Status.WITHDRAWN), windows=ArrayAgg("lines__window__name"))
        .order_by("is_withdrawn", "pk")
        .values_list("reference", "competition__reference", "seller", "capacity_kw", *PRICES, "windows")
    )
    bids = [
        StandingBid(reference, competition, frozenset(names[seller]), frozenset(windows), capacity_kw, tuple(prices))
        for reference, competition, seller, capacity_kw, *prices, windows in rows
    ]
    asked = Competition.objects.filter(market=market, reference__in=references)
    return Known(
        bids,
        frozenset(name.casefold() for known in names.values() for name in known),
        frozenset(asked.values_list("reference", flat=True)),
        frozenset(asked.filter(closes_at__gt=market.now()).values_list("reference", flat=True)),
    )
