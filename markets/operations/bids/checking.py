"""What offers are checked against, read in a few queries however many offers there are."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.expressions import RawSQL

from ...models import Asset, Bid, BidLine, Competition, Market, Qualification, Seller
from ...models.competition import CompetitionQuerySet
from ...problems import RowProblem
from ...rules.bidding import Ground, offer_problems
from ...rules.notices import Offer
from ..agreements import has_signed
from ..gate import why_closed

TERMS = (
    "capacity_kw",
    "availability_gbp_per_mw_h",
    "utilisation_gbp_per_mwh",
    "sustain_gbp_per_kw",
    "max_runtime_minutes",
)


@dataclass(frozen=True)
class Checked:
    """Offers beside what they were checked against, at one moment of market time.

    `competitions` and `assets` are by reference, `repeats` by seller_ref; `fresh` has no problem and is no repeat.
    """

    now: datetime
    competitions: dict[str, Competition]
    assets: dict[str, Asset]
    repeats: dict[str, Bid]
    fresh: list[Offer]
    problems: list[RowProblem]


def check(seller: Seller, market: Market, offers: Sequence[Offer], named: CompetitionQuerySet) -> Checked:
    """All that is wrong with the offers now, in the competitions `named`.

    Behind `share_gates` it stands until the transaction ends: no gate of a competition that takes bids now closes;
    behind `hold_assets`, no asset is retired or changed.
    """
    open_to_seller = named.open_to(seller).select_related("product").prefetch_related("windows")
    competitions = {competition.reference: competition for competition in open_to_seller}
    now = market.now()
    assets = {asset.ref: asset for asset in _usable_assets(seller, market, offers)}
    twice = _twice(offers)
    repeats, problems = _repeats(seller, market, offers, twice)
    if reason := why_no_bidder(seller):
        problems.insert(0, RowProblem(0, "", "", reason))
    closed = {reference: why_closed(competition, now) for reference, competition in competitions.items()}
    grounds = {reference: ground_of(competition, assets) for reference, competition in competitions.items()}
    fresh = []
    for offer in offers:
        if offer.seller_ref in repeats:
            continue
        if reason := closed.get(offer.competition, "There is no such competition."):
            problems.append(RowProblem(offer.line, "competition", offer.competition, reason))
        elif wrong := offer_problems(offer, grounds[offer.competition]):
            problems += [RowProblem(offer.line, *problem) for problem in wrong]
        elif offer.seller_ref not in twice:
            fresh.append(offer)
    return Checked(now, competitions, assets, repeats, fresh, problems)


def why_no_bidder(seller: Seller) -> str:
    """Why the seller may not bid anywhere, as a sentence; empty where it may."""
    if seller.status == Seller.Status.SUSPENDED:
        return f"{seller} is suspended and places no bids: ask customer success why."
    if seller.status != Seller.Status.VERIFIED:
        return f"{seller} is {seller.get_status_display().lower()}: customer success must verify it before it bids."
    if not has_signed(seller):
        return "Sign the standard agreement in its current version first: no bid is taken without it."
    return ""


def ground_of(competition: Competition, assets: dict[str, Asset]) -> Ground:
    """What an offer in the competition is checked against; `assets` are those that may stand behind it."""
    product = competition.product
    return Ground(
        windows={w.name: w.minimum_kw for w in competition.windows.all()},
        pays_availability=product.pays_availability,
        pays_utilisation=product.pays_utilisation,
        pays_sustain=product.pays_sustain,
        availability_ceiling_gbp_per_mw_h=competition.availability_ceiling_gbp_per_mw_h,
        utilisation_ceiling_gbp_per_mwh=competition.utilisation_ceiling_gbp_per_mwh,
        sustain_ceiling_gbp_per_kw=competition.sustain_ceiling_gbp_per_kw,
        usable_assets=assets,
    )


def _usable_assets(seller: Seller, market: Market, offers: Sequence[Offer]) -> Any:
    return Asset.objects.filter(
        seller=seller,
        ref__in=_one_of({ref for offer in offers for ref in offer.assets}),
        retired_at=None,
        qualifications__market=market,
        qualifications__status=Qualification.Status.QUALIFIED,
    )


def _twice(offers: Sequence[Offer]) -> set[str]:
    """References that stand twice: which of the offers is meant, nobody can know."""
    counts = Counter(offer.seller_ref for offer in offers if offer.seller_ref)
    return {ref for ref, count in counts.items() if count > 1}


def _repeats(
    seller: Seller, market: Market, offers: Sequence[Offer], twice: Collection[str]
) -> tuple[dict[str, Bid], list[RowProblem]]:
    """Bids known under an offer's seller_ref; and problems where one is no repeat or the reference stands twice."""
    refs = [offer.seller_ref for offer in offers if offer.seller_ref]
    known = {bid.seller_ref: bid for bid in _known(seller, refs)} if refs else {}
    problems = []
    for offer in offers:
        ref = offer.seller_ref
        if ref in twice:
            reason = "This reference stands more than once. Give each bid its own."
            problems.append(RowProblem(offer.line, "seller_ref", ref, reason))
        elif ref in known and (reason := _why_no_repeat(known[ref], offer, market)):
            problems.append(RowProblem(offer.line, "seller_ref", ref, reason))
    return known, problems


def _known(seller: Seller, refs: Sequence[str]) -> Any:
    lines = BidLine.objects.filter(bid=OuterRef("pk")).order_by()
    assets = Bid.assets.through.objects.filter(bid=OuterRef("pk")).order_by()
    return (
        seller.bids.filter(seller_ref__in=_one_of(refs))
        .select_related("competition")
        .annotate(window_names=ArraySubquery(lines.values("window__name")))
        .annotate(asset_refs=ArraySubquery(assets.values("asset__ref")))
    )


def _one_of(texts: Collection[str]) -> RawSQL:
    """Thousands of texts as one value: as many values would be parsed one by one."""
    return RawSQL("SELECT unnest(%s::text[])", [list(texts)])


def _why_no_repeat(bid: Any, offer: Offer, market: Market) -> str:
    same_place = (bid.competition.market_id, bid.competition.reference) == (market.pk, offer.competition)
    same_parts = (set(bid.window_names), set(bid.asset_refs)) == (set(offer.windows), set(offer.assets))
    if not (same_place and same_parts and all(getattr(bid, term) == getattr(offer, term) for term in TERMS)):
        return (
            f"You already placed {bid} under this reference, with other terms, windows or assets. "
            "Revise it, or use a new reference."
        )
    if bid.status == Bid.Status.WITHDRAWN:
        return f"You withdrew {bid}, placed under this reference; it does not come back. Use a new reference."
    return ""
