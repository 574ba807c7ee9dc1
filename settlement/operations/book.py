"""The book of a month: the contracts, instructions and assets that its lines are made of, read in a few queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef, Q

from dispatch.models import Instruction, Match
from markets.models import Asset, Bid, BidLine, Contract, Market, Product
from markets.rules.spans import Window, month_span, next_month

from ..models import SettlementRun
from ..rules.baseline import Historical, is_battery
from ..rules.calls import ASKS, ENDS, Called, asked
from ..rules.events import ContractTerms, Event, MonthOfEvents, Season, event_days, events_of, season_of
from ..rules.halfhours import london_day
from ..rules.like_days import LOOK_BACK_DAYS, holidays_of_england_and_wales, like_days
from .baselines import OwnWeek, own_weeks
from .terms import historical_of, standing_terms

DAY = timedelta(days=1)
TERMS = ("accepted_kw", "availability_gbp_per_mw_h", "utilisation_gbp_per_mwh", "sustain_gbp_per_kw")
WINDOW = (
    "window_id",
    "window__first_day",
    "window__last_day",
    "window__weekdays",
    "window__local_start",
    "window__local_end",
)


@dataclass(frozen=True)
class KnownAsset:
    """What settlement needs to know of an asset."""

    id: int
    ref: str
    seller_id: int
    is_battery: bool


@dataclass(frozen=True)
class Book:
    """Contracts of every seller with something in this market's month, those of other markets too: an event of any of
    them makes a day unfit for a baseline. Keys are those of contracts and assets."""

    market_id: int
    month: date
    contracts: tuple[ContractTerms, ...]
    seasons: dict[int, Season]
    asked: dict[int, list[Called]]
    assets: dict[int, KnownAsset]
    own_weeks: dict[int, OwnWeek]
    historical: Historical

    @cached_property
    def to_settle(self) -> dict[int, tuple[ContractTerms, MonthOfEvents]]:
        """The market's contracts with events in the month, in the order of sellers."""
        start, end = month_span(self.month)
        found = {}
        for contract in sorted(self.contracts, key=lambda c: (c.seller_id, c.id)):
            if contract.market_id == self.market_id:
                events = events_of(contract, self.seasons[contract.id], self.asked[contract.id], start, end)
                if events.events or events.endless:
                    found[contract.id] = (contract, events)
        return found

    @cached_property
    def event_days(self) -> dict[int, frozenset[date]]:
        """Per asset: the London days on which it was asked for something. Equal sets are one object."""
        days: dict[int, set[date]] = defaultdict(set)
        for contract in self.contracts:
            of_contract = event_days(contract, self.seasons[contract.id], self.asked[contract.id])
            for asset_id in contract.asset_ids:
                days[asset_id] |= of_contract
        same: dict[frozenset[date], frozenset[date]] = {}
        return {asset_id: same.setdefault(frozen := frozenset(found), frozen) for asset_id, found in days.items()}

    @cached_property
    def holidays(self) -> frozenset[date]:
        return holidays_of_england_and_wales(self.month.year - 1, self.month.year)

    def days_of_baseline(self, asset_id: int, event: Event) -> tuple[date, ...]:
        """The like days that may be needed for an asset's baseline of an event: London days. None where it has its own."""
        if asset_id in self.own_weeks:
            return ()
        of_asset, wanted = self.event_days[asset_id], self.historical.wanted
        return like_days(london_day(event.starts_at), of_asset, self.holidays, wanted).candidates


def open_book(
    *, market: Market, month: date, sellers: Collection[int] | None = None, run: SettlementRun | None = None
) -> Book:
    """Reads the book, of some sellers alone where their keys are given. The number of queries does not grow with contracts.

    Of a run it has the terms and baselines that the run was begun with; else those that stand now.
    """
    contracts = _contracts(market, month, sellers)
    by_bid = {bid_id: contract_id for contract_id, bid_id, *_ in contracts}
    windows: dict[int, list[Window]] = defaultdict(list)
    for bid_id, window_id, first, last, weekdays, *times in BidLine.objects.filter(bid__in=by_bid).values_list(
        "bid", *WINDOW
    ):
        windows[by_bid[bid_id]].append(Window(window_id, first, last, tuple(weekdays), *times))
    asset_ids: dict[int, list[int]] = defaultdict(list)
    for bid_id, asset_id in (
        Bid.assets.through.objects.filter(bid__in=by_bid).order_by("asset").values_list("bid", "asset")
    ):
        asset_ids[by_bid[bid_id]].append(asset_id)
    terms = tuple(
        ContractTerms(
            id=contract_id,
            seller_id=seller_id,
            market_id=market_id,
            **dict(zip(TERMS, prices, strict=True)),
            triggered=call == Product.Call.TRIGGERED,
            turn_up=direction == Product.Direction.TURN_UP,
            windows=tuple(sorted(windows[contract_id], key=lambda w: w.id)),
            asset_ids=tuple(asset_ids[contract_id]),
        )
        for contract_id, _, call, direction, seller_id, market_id, *prices in contracts
    )
    seasons: dict[tuple[Window, ...], Season] = {}
    for contract in terms:
        if contract.windows not in seasons:
            seasons[contract.windows] = season_of(contract.windows)
    asset_keys = {asset_id for contract in terms for asset_id in contract.asset_ids}
    return Book(
        market_id=market.pk,
        month=month,
        contracts=terms,
        seasons={contract.id: seasons[contract.windows] for contract in terms},
        asked=_asked([contract.id for contract in terms]),
        assets=_assets(asset_keys),
        own_weeks=own_weeks(assets=asset_keys, month=month, up_to=run.last_baseline_id if run else None),
        historical=historical_of(run.terms if run else standing_terms(market=market, month=month)),
    )


def _contracts(market: Market, month: date, of_sellers: Collection[int] | None) -> list[tuple]:
    start, end = month_span(month)
    oldest = month - LOOK_BACK_DAYS * DAY
    called = Match.objects.filter(contract=OuterRef("pk"), instruction__starts_at__lt=end)
    now = Q(bid__competition__first_day__lt=next_month(month), bid__competition__last_day__gte=month - DAY)
    lately = Q(bid__competition__first_day__lt=next_month(month), bid__competition__last_day__gte=oldest)
    sellers = Contract.objects.filter(now | Exists(called.filter(instruction__starts_at__gte=start)), market=market)
    if of_sellers is not None:
        sellers = sellers.filter(seller__in=of_sellers)
    contracts = Contract.objects.filter(
        lately | Exists(called.filter(instruction__starts_at__gte=start - LOOK_BACK_DAYS * DAY)),
        seller__in=sellers.values("seller"),
    )
    product = "bid__competition__product"
    return list(
        contracts.order_by("pk").values_list(
            "pk", "bid", f"{product}__call", f"{product}__direction", "seller", "market", *TERMS
        )
    )


def _asked(contract_ids: Sequence[int]) -> dict[int, list[Called]]:
    """What each contract was asked by the instructions matched to it."""
    calls: dict[int, list[Called]] = defaultdict(list)
    matches = Match.objects.filter(
        status=Match.Status.MATCHED, contract__in=contract_ids, instruction__kind__in=[*ASKS, *ENDS, "cancel"]
    ).select_related("instruction__trigger")
    for match in matches.order_by("instruction"):
        told = match.instruction
        calls[match.contract_id or 0].append(
            Called(
                instruction_id=told.pk,
                window_id=match.window_id,
                kind=told.kind,
                trigger=told.trigger.reference,
                revision=told.trigger.revision,
                at=_takes_effect_at(told),
                ends_at=told.ends_at,
                capacity_kw=told.capacity_kw,
            )
        )
    return {contract_id: asked(calls.get(contract_id, [])) for contract_id in contract_ids}


def _takes_effect_at(told: Instruction) -> datetime:
    """A start at its start; a stop at its end, else its start; without either, when the operator issued it."""
    at = told.ends_at or told.starts_at if told.kind in ENDS else told.starts_at
    if at is None:
        issued_at = told.trigger.content.get("issued_at")
        at = datetime.fromisoformat(issued_at) if issued_at else told.created_at
    return at


def _assets(asset_ids: set[int]) -> dict[int, KnownAsset]:
    rows = Asset.objects.filter(pk__in=asset_ids).values_list("pk", "ref", "seller", "technology")
    return {pk: KnownAsset(pk, ref, seller, is_battery(technology)) for pk, ref, seller, technology in rows}
