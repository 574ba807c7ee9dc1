"""What the markets open to a seller say of any asset of it now: read once, asked for one asset or ten thousand."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min

from ..models import Competition, Market, MarketTime, Seller, Zone
from ..rules.eligibility import ZERO, AssetFacts, Kind, Place, Verdict, not_in, verdict
from ..rules.mpan import licence_area
from ..rules.notices import AssetEntry

BEST_FIRST = (Kind.ELIGIBLE, Kind.ASK_PERSON, Kind.TOO_SMALL, Kind.WRONG_VOLTAGE, Kind.TOO_FAR)


@dataclass(frozen=True)
class Heard:
    """One thing that a market says of an asset: of how many competitions, in which zones."""

    verdict: Verdict
    zones: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class MarketSays:
    """All that one market says, the best first; nothing where it has no competition that takes or will take bids."""

    market: Market
    heard: tuple[Heard, ...]


class Outlook:
    """The competitions of each market that take or will take bids, by place. Two queries, however many there are."""

    def __init__(self, seller: Seller):
        self.markets = list(Market.objects.open_to(seller).select_related("operator").order_by("name"))
        self._places: dict[int, list[tuple[Place, int]]] = {market.pk: [] for market in self.markets}
        waiting = Competition.objects.open_to(seller).filter(
            status=Competition.Status.PUBLISHED, closes_at__gt=MarketTime("market__clock_offset")
        )
        place = ("market", "zone__code", "zone__licence_area", "zone__level", "max_connection_kv")
        counted = (
            waiting.order_by().values_list(*place).annotate(Min("windows__minimum_kw"), Count("pk", distinct=True))
        )
        for market, zone, area, level, highest_kv, minimum_kw, count in counted:
            self._places[market].append((Place(zone, area, level, minimum_kw or ZERO, highest_kv), count))
        self._by_zone: dict[tuple[int, str], list[tuple[Place, int]]] = {}
        for market_id, places in self._places.items():
            for counted_place in places:
                self._by_zone.setdefault((market_id, counted_place[0].zone), []).append(counted_place)

    def of(self, asset: AssetFacts) -> list[MarketSays]:
        """What each market says of the asset."""
        return [MarketSays(market, self._heard(asset, market.pk)) for market in self.markets]

    def best(self, asset: AssetFacts) -> Kind | None:
        """The best that any market says of it; None where nothing is asked for anywhere."""
        kinds = {heard.verdict.kind for said in self.of(asset) for heard in said.heard}
        return min(kinds, key=BEST_FIRST.index, default=None)

    def _heard(self, asset: AssetFacts, market: int) -> tuple[Heard, ...]:
        places = self._places[market]
        if asset.zones:  # only its zones need a closer look
            near = [place for zone in asset.zones for place in self._by_zone.get((market, zone), ())]
            elsewhere = sum(count for _, count in places) - sum(count for _, count in near)
            places = near
        else:
            elsewhere = 0
        told: dict[Verdict, tuple[set[str], int]] = {}
        for place, count in places:
            said = verdict(asset, place)
            zones, so_far = told.setdefault(said, (set(), 0))
            told[said] = (zones | {place.zone}, so_far + count)
        heard = [Heard(said, tuple(sorted(zones)), count) for said, (zones, count) in told.items()]
        if elsewhere:
            heard.append(Heard(not_in(asset.zones), (), elsewhere))
        return tuple(sorted(heard, key=lambda one: (BEST_FIRST.index(one.verdict.kind), one.zones)))


def asset_facts(entry: AssetEntry, zones: Iterable[Zone]) -> AssetFacts:
    """The facts of an asset that is not registered yet."""
    export_kw = entry.max_export_capacity_kw if entry.active_export_kw is None else entry.active_export_kw
    import_kw = entry.max_import_capacity_kw if entry.active_import_kw is None else entry.active_import_kw
    return AssetFacts(
        max(export_kw, import_kw),
        entry.voltage_level,
        frozenset(zone.code for zone in zones),
        licence_area(entry.import_meter_id or entry.export_meter_id),
    )
