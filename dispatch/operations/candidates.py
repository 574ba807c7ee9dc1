"""Contracts that an instruction may belong to, loaded for many instructions at once and judged by the rules."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Prefetch, Q

from markets.models import BidLine, Contract, Market
from markets.rules.spans import Window

from ..models import Instruction
from ..rules.matching import Asked, Candidate, Verdict, judge


def verdicts(*, market: Market, instructions: Sequence[Instruction]) -> list[Verdict]:
    """One per instruction of the market, in their order. Three queries, however many there are."""
    by_seller: dict[int, list[Candidate]] = defaultdict(list)
    by_zone: dict[str, list[Candidate]] = defaultdict(list)
    by_name: dict[str, Candidate] = {}
    for candidate in _contracts(market, instructions):
        by_seller[candidate.seller_id].append(candidate)
        by_zone[candidate.zone].append(candidate)
        by_name |= {name.casefold(): candidate for name in candidate.names}
    found = []
    for instruction in instructions:
        named = by_name.get(instruction.contract_named.casefold())
        zone = instruction.zone_named
        if instruction.seller_id:
            others = [c for c in by_seller[instruction.seller_id] if not zone or c.zone == zone]
        else:
            others = by_zone[zone]
        found.append(
            judge(_asked(instruction), {c.contract_id: c for c in [*([named] if named else []), *others]}.values())
        )
    return found


def _contracts(market: Market, instructions: Sequence[Instruction]) -> list[Candidate]:
    names = {i.contract_named.upper() for i in instructions if i.contract_named}
    zones = {i.zone_named for i in instructions}
    sellers = {i.seller_id for i in instructions}
    wanted = Q(reference__in=names) | Q(bid__reference__in=names)
    wanted |= Q(bid__competition__zone__code__in=zones) & (
        Q(seller__in=sellers - {None}) if None not in sellers else Q()
    )
    wanted |= Q(seller__in={i.seller_id for i in instructions if not i.zone_named} - {None})
    lines = BidLine.objects.select_related("window")
    contracts = Contract.objects.filter(wanted, market=market).select_related(
        "seller", "bid__competition__zone", "bid__competition__product"
    )
    return [_candidate(contract) for contract in contracts.prefetch_related(Prefetch("bid__lines", queryset=lines))]


def _candidate(contract: Contract) -> Candidate:
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
    )


def _window(line: BidLine) -> Window:
    window = line.window
    days = (window.first_day, window.last_day, tuple(window.weekdays))
    return Window(window.pk, *days, window.local_start, window.local_end)


def _asked(instruction: Instruction) -> Asked:
    return Asked(
        kind=instruction.kind,
        seller_id=instruction.seller_id,
        seller_named=instruction.seller_named,
        contract_named=instruction.contract_named,
        product=instruction.product_named,
        zone=instruction.zone_named,
        capacity_kw=instruction.capacity_kw,
        starts_at=instruction.starts_at,
        ends_at=instruction.ends_at,
    )
