"""What pages cost the database: the same number of queries for 10 rows and for 10,000, and never more than twelve."""

from collections.abc import Callable

import pgtrigger
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.models import Asset, Bid, BidLine, Competition, Qualification, Seller, ServiceWindow, Zone

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
FEW, MANY = 10, 10_000


def queries(browser: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def known_to_the_planner() -> None:
    """As autovacuum does a minute later: on tables that it takes to be empty, every row was looked at for every other."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def competitions(like: Competition, count: int) -> None:
    """Copies of a competition, each in a zone of its own: only how many there are matters."""
    operator = like.market.operator
    zones = Zone.objects.bulk_create(Zone(operator=operator, code=f"MANY_{i}", licence_area="EM") for i in range(count))
    made = Competition.objects.bulk_create(
        Competition(
            market=like.market,
            reference=f"MANY-{i}",
            name=f"Many {i}",
            product=like.product,
            zone=zone,
            opens_at=like.opens_at,
            closes_at=like.closes_at,
            first_day=like.first_day,
            last_day=like.last_day,
            required_kw=10,
        )
        for i, zone in enumerate(zones)
    )
    Competition.objects.filter(pk__in=[c.pk for c in made]).update(status="published")
    known_to_the_planner()


def fill(competition: Competition, seller: Seller, asset: Asset, count: int) -> None:
    """So many windows, bids with a line each, and qualified assets of the seller."""
    [window] = competition.windows.all()[:1]
    facts = {name: getattr(window, name) for name in ("first_day", "last_day", "weekdays", "local_start", "local_end")}
    windows = ServiceWindow.objects.bulk_create(
        ServiceWindow(competition=competition, name=f"W{i}", required_kw=10, **facts) for i in range(count)
    )
    at = competition.opens_at
    bids = Bid.objects.bulk_create(
        Bid(competition=competition, seller=seller, capacity_kw=1, placed_at=at, changed_at=at) for _ in range(count)
    )
    BidLine.objects.bulk_create(
        BidLine(bid=bid, window=window, capacity_kw=1) for bid, window in zip(bids, windows, strict=True)
    )
    assets = Asset.objects.bulk_create(
        Asset(
            seller=seller, ref=f"A{i}", name="Many", technology="Battery", licence_area="EM", max_import_capacity_kw=5
        )
        for i in range(count)
    )
    Asset.zones.through.objects.bulk_create(
        Asset.zones.through(asset_id=made.pk, zone_id=competition.zone_id) for made in assets
    )
    known_to_the_planner()
    Qualification.objects.bulk_create(Qualification(asset=made, market=competition.market) for made in assets)
    Qualification.objects.update(status="qualified")


@pytest.mark.parametrize(
    "address",
    ["/competitions/", "/competitions/?mine=qualify&state=open&q=many&page=2", "/competitions/map/"],
)
def test_lists_of_competitions(address: str, competition: Competition, asset: Asset, browser_of_member: Client):
    competitions(competition, FEW)
    asset.zones.set(Zone.objects.all())
    few = queries(browser_of_member, address.replace("page=2", "page=1"))
    Competition.objects.filter(reference__startswith="MANY").delete()
    Zone.objects.filter(code__startswith="MANY").delete()
    competitions(competition, MANY)
    asset.zones.set(Zone.objects.all())
    assert queries(browser_of_member, address) == few <= MOST_QUERIES
    said = browser_of_member.get(address).content.decode()
    assert any(
        found in said
        for found in ("10,001 competitions", "10,000 competitions", "The 1,000 zones with the largest need")
    )


def test_one_competition_with_its_windows_bids_and_assets(
    make_competition: Callable[..., Competition], seller: Seller, asset: Asset, browser_of_member: Client
):
    small, large = make_competition("SMALL"), make_competition("LARGE")
    fill(small, seller, asset, FEW)
    few = queries(browser_of_member, f"/competitions/{small.pk}/")
    with pgtrigger.ignore("markets.Asset:never_deleted"):
        Asset.objects.exclude(pk=asset.pk).delete()
    fill(large, seller, asset, MANY)
    assert queries(browser_of_member, f"/competitions/{large.pk}/") == few <= MOST_QUERIES
    page = browser_of_member.get(f"/competitions/{large.pk}/").content.decode()
    assert "Windows 1–200 of 10001" in page.replace(",", "")
    assert page.count('name="windows"') == 200
    assert queries(browser_of_member, "/bids/") <= MOST_QUERIES
