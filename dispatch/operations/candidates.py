"""Contracts that an instruction may belong to, loaded for many instructions at once and judged by the rules."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.db.models import Prefetch, Q, QuerySet, Value
from django.db.models.functions import Upper

from markets.models import Asset, Bid, BidLine, Contract, Market, Product, Qualification
from markets.rules.spans import LONDON, Window

from ..models import Instruction
from ..rules.aliases import understood
from ..rules.comparing import Asked, Candidate
from ..rules.matching import Verdict, judge
from ..rules.standing import BidAsset, asset_number
from .aliases import learned_words, words_in

ONE_DAY = timedelta(days=1)
MOST_BEYOND = 20


def verdicts(*, market: Market, instructions: Sequence[Instruction]) -> list[Verdict]:
    """One per instruction of the market, in their order. A fixed number of queries, however many there are."""
    asked = _asked(market, instructions)
    return _judged(asked, _candidates(market, _wanted(asked)))


def wide_verdict(*, instruction: Instruction, also: Collection[int] = ()) -> Verdict:
    """For the person who decides: with contracts of the seller in other zones, and those of the keys in `also`.

    What is added disagrees in something, so it never changes what is chosen.
    """
    market = instruction.market
    [asked] = _asked(market, [instruction])
    wanted = _wanted([asked]) | Q(pk__in=also)
    at = asked.starts_at or asked.ends_at
    if asked.seller_id is not None and at is not None:
        day = at.astimezone(LONDON).date()
        season = {"bid__competition__first_day__lte": day + ONE_DAY, "bid__competition__last_day__gte": day - ONE_DAY}
        beyond = Contract.objects.filter(market=market, seller=asked.seller_id, **season).order_by("pk")
        wanted |= Q(pk__in=list(beyond.values_list("pk", flat=True)[:MOST_BEYOND]))
    return judge(asked, _candidates(market, wanted))


def _judged(asked: Sequence[Asked], candidates: Iterable[Candidate]) -> list[Verdict]:
    by_seller: dict[int, list[Candidate]] = defaultdict(list)
    by_zone: dict[str, list[Candidate]] = defaultdict(list)
    by_name: dict[str, Candidate] = {}
    by_asset: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_seller[candidate.seller_id].append(candidate)
        by_zone[candidate.zone].append(candidate)
        by_name |= {name.casefold(): candidate for name in candidate.names}
        for name in {name for asset in candidate.assets for name in (asset.ref.casefold(), str(asset.asset_id))}:
            by_asset[name].append(candidate)
    found = []
    for one in asked:
        named, zone = by_name.get(one.meant("contract").casefold()), one.meant("zone")
        of_seller = by_seller[one.seller_id or 0]
        others = [c for c in of_seller if not zone or c.zone == zone] if one.seller_id else by_zone[zone]
        with_asset = by_asset[one.asset_named.casefold()] if one.asset_named else []
        among = [*([named] if named else []), *with_asset, *others]
        found.append(judge(one, {candidate.contract_id: candidate for candidate in among}.values()))
    return found


def _wanted(asked: Sequence[Asked]) -> Q:
    """The contracts that are named, and those with an asset that is; those of the seller in the zone; of the zone where no
    seller is known."""
    names = {one.meant("contract").upper() for one in asked} - {""}
    zones, sellers = {one.meant("zone") for one in asked}, {one.seller_id for one in asked}
    wanted = Q(reference__in=names) | Q(bid__reference__in=names)
    wanted |= Q(bid__competition__zone__code__in=zones) & (
        Q(seller__in=sellers - {None}) if None not in sellers else Q()
    )
    assets = {one.asset_named for one in asked} - {""}
    if assets:
        wanted |= Q(bid__in=Bid.objects.filter(assets__in=_assets_named(assets)).values("pk"))
    return wanted | Q(seller__in={one.seller_id for one in asked if not one.meant("zone")} - {None})


def _assets_named(names: Collection[str]) -> QuerySet[Asset]:
    """By the seller's reference, or by our number."""
    numbers = [number for name in names if (number := asset_number(name))]
    words = [Upper(Value(name)) for name in names]
    return Asset.objects.alias(word=Upper("ref")).filter(Q(word__in=words) | Q(pk__in=numbers))


def _candidates(market: Market, wanted: Q) -> list[Candidate]:
    contracts = Contract.objects.filter(wanted, market=market).select_related(
        "seller", "bid__competition__zone", "bid__competition__product"
    )
    qualified = Qualification.objects.filter(market=market)
    return [
        _candidate(contract, market)
        for contract in contracts.prefetch_related(
            Prefetch("bid__lines", queryset=BidLine.objects.select_related("window")),
            "bid__assets",
            Prefetch("bid__assets__qualifications", queryset=qualified),
        )
    ]


def _candidate(contract: Contract, market: Market) -> Candidate:
    competition = contract.bid.competition
    return Candidate(
        contract_id=contract.pk,
        names=(contract.reference, contract.bid.reference),
        seller_id=contract.seller_id,
        seller=contract.seller.name,
        products=(competition.product.name, competition.product.key),
        zone=competition.zone.code,
        accepted_kw=contract.accepted_kw,
        windows=tuple(_window(line) for line in contract.bid.lines.all()),
        is_scheduled=competition.product.call == Product.Call.SCHEDULED,
        assets=tuple(
            BidAsset(
                asset_id=asset.pk,
                ref=asset.ref,
                name=asset.name,
                qualification=next((q.status for q in asset.qualifications.all()), ""),
                retired_at=asset.retired_at and asset.retired_at + market.clock_offset,  # it is dated in real time
            )
            for asset in contract.bid.assets.all()
        ),
    )


def _window(line: BidLine) -> Window:
    window = line.window
    days = (window.first_day, window.last_day, tuple(window.weekdays))
    return Window(window.pk, *days, window.local_start, window.local_end)


def _asked(market: Market, instructions: Sequence[Instruction]) -> list[Asked]:
    """The instructions as the rules see them, read by what was learned of the operator's words."""
    words = [words_in(instruction) for instruction in instructions]
    learned = learned_words(market=market, words={word for of_one in words for word in of_one.values()})
    written = (
        Asked(
            kind=instruction.kind,
            seller_id=instruction.seller_id,
            seller_named=instruction.seller_named,
            contract_named=instruction.contract_named,
            asset_named=instruction.asset_named,
            product=instruction.product_named,
            zone=instruction.zone_named,
            capacity_kw=instruction.capacity_kw,
            starts_at=instruction.starts_at,
            ends_at=instruction.ends_at,
        )
        for instruction in instructions
    )
    return [understood(asked, of_one, learned) for asked, of_one in zip(written, words, strict=True)]
