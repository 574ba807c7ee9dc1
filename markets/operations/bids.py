"""Bidding: place, revise, withdraw, until gate closure. Every change is kept, in order, for the operator's feed.

The page and the sellers' API come here. What one call places counts as one moment of market time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from ..models import (
    Asset,
    Bid,
    BidChange,
    BidLine,
    Competition,
    Confirmation,
    Market,
    Qualification,
    Seller,
    ServiceWindow,
)
from ..problems import Refused, RowProblem
from ..rules.bidding import Ground, offer_problems
from ..rules.confirmations import VERSION
from ..rules.notices import Offer
from .gate import share_windows, why_closed
from .journal import By, actor_name, record

TERMS = (
    "capacity_kw",
    "availability_gbp_per_mw_h",
    "utilisation_gbp_per_mwh",
    "sustain_gbp_per_kw",
    "max_runtime_minutes",
)


def place_bids(*, seller: Seller, market: Market, offers: Sequence[Offer], by: By, confirmed: str = "") -> list[Bid]:
    """Places all offers, or none. Returns the bids in the order of the offers.

    `confirmed` is the version of the rules that software cannot check, where the seller confirmed them with this.
    An offer with a `seller_ref` that stands already, with the same terms, is a repeat and returns its bid.
    Raises Refused: one problem per bad cell, each with the offer's line.
    """
    try:
        return _place(seller, market, offers, by, confirmed)
    except IntegrityError as error:
        if "bid_seller_ref_once" not in str(error):
            raise
        return _place(seller, market, offers, by, confirmed)  # placed at this very moment: now it is a repeat


def check_offers(*, seller: Seller, market: Market, offers: Sequence[Offer]) -> list[RowProblem]:
    """What `place_bids` would refuse at this moment of market time. Places nothing and locks nothing."""
    if reason := _why_no_bidder(seller):
        return [RowProblem(0, "", "", reason)]
    return _check(seller, market, offers).problems


@transaction.atomic
def _place(seller: Seller, market: Market, offers: Sequence[Offer], by: By, confirmed: str) -> list[Bid]:
    _may_bid(seller)
    if confirmed and confirmed != VERSION:
        raise Refused("The rules that you confirm have a new wording. Read and confirm them again.")
    references = {offer.competition for offer in offers}
    wanted = ServiceWindow.objects.filter(competition__market=market, competition__reference__in=references)
    share_windows(wanted.values_list("pk", flat=True))
    checked = _check(seller, market, offers)
    if checked.problems:
        raise Refused(f"No bid was placed: {len(checked.problems)} things need correcting.", checked.problems)
    placed = _store(seller, checked.fresh, checked.found, checked.assets, checked.now)
    if placed:
        record(by=by, verb="place_bids", subject=seller, market=market.key, count=len(placed))
    if placed and confirmed:
        Confirmation.objects.create(
            seller=seller, market=market, version=confirmed, confirmed_by=actor_name(by), bid_count=len(placed)
        )
    fresh_bids = iter(placed)
    return [checked.repeats[o.seller_ref] if o.seller_ref in checked.repeats else next(fresh_bids) for o in offers]


@dataclass
class _Checked:
    """Offers beside what they were checked against, at one moment of market time."""

    now: datetime
    found: dict[str, Competition]
    assets: dict[str, Asset]
    repeats: dict[str, Bid]
    fresh: list[Offer]
    problems: list[RowProblem]


def _check(seller: Seller, market: Market, offers: Sequence[Offer]) -> _Checked:
    found = {  # where windows are locked, read under the lock: a competition withdrawn a moment ago is seen
        c.reference: c
        for c in Competition.objects.open_to(seller)
        .filter(market=market, reference__in={offer.competition for offer in offers})
        .select_related("product")
        .prefetch_related("windows")
    }
    now = market.now()
    assets = _usable_assets(seller, market, offers)
    repeats, problems = _repeats(seller, market, offers)
    grounds = {reference: ground_of(competition, assets) for reference, competition in found.items()}
    fresh = [offer for offer in offers if offer.seller_ref not in repeats]
    for offer in fresh:
        competition = found.get(offer.competition)
        if competition is None:
            problems.append(RowProblem(offer.line, "competition", offer.competition, "There is no such competition."))
        elif reason := why_closed(competition, now):
            problems.append(RowProblem(offer.line, "competition", offer.competition, reason))
        else:
            problems += [RowProblem(offer.line, *p) for p in offer_problems(offer, grounds[offer.competition])]
    return _Checked(now, found, assets, repeats, fresh, problems)


def _may_bid(seller: Seller) -> None:
    if reason := _why_no_bidder(seller):
        raise Refused(reason)


def _why_no_bidder(seller: Seller) -> str:
    if seller.status != Seller.Status.VERIFIED:
        return f"{seller} is {seller.get_status_display().lower()}: customer success must verify it before it bids."
    if not seller.agreements.exists():
        return "Sign the standard agreement first: no bid is taken without it."
    return ""


def _usable_assets(seller: Seller, market: Market, offers: Iterable[Offer]) -> dict[str, Asset]:
    qualified = Asset.objects.filter(
        seller=seller,
        ref__in={ref for offer in offers for ref in offer.assets},
        retired_at=None,
        qualifications__market=market,
        qualifications__status=Qualification.Status.QUALIFIED,
    )
    return {asset.ref: asset for asset in qualified}


def ground_of(competition: Competition, assets: dict[str, Asset]) -> Ground:
    """What an offer in the competition is checked against; `assets` are those that may stand behind it, by reference."""
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


def _repeats(seller: Seller, market: Market, offers: Sequence[Offer]) -> tuple[dict[str, Bid], list[RowProblem]]:
    """Bids known under an offer's seller_ref; and problems where one is no repeat or the reference stands twice."""
    refs = [offer.seller_ref for offer in offers if offer.seller_ref]
    bids = seller.bids.filter(seller_ref__in=refs).select_related("competition")
    known = {bid.seller_ref: bid for bid in bids.prefetch_related("lines__window", "assets")}
    problems, seen = [], set[str]()
    for offer in offers:
        bid = known.get(offer.seller_ref)
        if bid and (reason := _why_no_repeat(bid, offer, market)):
            problems.append(RowProblem(offer.line, "seller_ref", offer.seller_ref, reason))
        elif offer.seller_ref in seen:
            problems.append(RowProblem(offer.line, "seller_ref", offer.seller_ref, "This reference stands twice."))
        if offer.seller_ref:
            seen.add(offer.seller_ref)
    return known, problems


def _why_no_repeat(bid: Bid, offer: Offer, market: Market) -> str:
    same_place = (bid.competition.market_id, bid.competition.reference) == (market.pk, offer.competition)
    same_windows = {line.window.name for line in bid.lines.all()} == set(offer.windows)
    same_assets = {asset.ref for asset in bid.assets.all()} == set(offer.assets)
    same_terms = all(getattr(bid, term) == getattr(offer, term) for term in TERMS)
    if not (same_place and same_windows and same_assets and same_terms):
        return f"You already placed {bid} under this reference, with other terms, windows or assets. Revise it, or use a new one."
    if bid.status == Bid.Status.WITHDRAWN:
        return f"You withdrew {bid}, placed under this reference; it does not come back. Use a new reference."
    return ""


def _store(
    seller: Seller, offers: Sequence[Offer], found: dict[str, Competition], assets: dict[str, Asset], now: datetime
) -> list[Bid]:
    bids = Bid.objects.bulk_create(
        Bid(
            competition=found[offer.competition],
            seller=seller,
            seller_ref=offer.seller_ref,
            placed_at=now,
            changed_at=now,
            **{term: getattr(offer, term) for term in TERMS},
        )
        for offer in offers
    )
    windows = {(c.reference, w.name): w for c in found.values() for w in c.windows.all()}
    pairs = list(zip(bids, offers, strict=True))
    BidLine.objects.bulk_create(
        BidLine(bid=bid, window=windows[offer.competition, name], capacity_kw=offer.capacity_kw)
        for bid, offer in pairs
        for name in dict.fromkeys(offer.windows)
    )
    through = Bid.assets.through
    through.objects.bulk_create(
        through(bid_id=bid.pk, asset_id=assets[ref].pk) for bid, offer in pairs for ref in dict.fromkeys(offer.assets)
    )
    _keep_changes(
        (bid, BidChange.Kind.PLACED, bid_content(bid, list(offer.windows), [assets[ref] for ref in offer.assets]))
        for bid, offer in pairs
    )
    return bids


def bid_content(bid: Bid, windows: Sequence[str], assets: Iterable[Asset]) -> dict[str, Any]:
    """A bid as the operator reads it. Numbers are text, so that no decimal is lost."""
    return {
        "bid": bid.reference,
        "revision": bid.revision,
        "competition": bid.competition.reference,
        "company": bid.seller.name,
        "windows": list(windows),
        "capacity_kw": _text(bid.capacity_kw),
        "availability_gbp_per_mw_h": _text(bid.availability_gbp_per_mw_h),
        "utilisation_gbp_per_mwh": _text(bid.utilisation_gbp_per_mwh),
        "sustain_gbp_per_kw": _text(bid.sustain_gbp_per_kw),
        "max_runtime_minutes": bid.max_runtime_minutes,
        "assets": [
            {
                "ref": asset.ref,
                "technology": asset.technology,
                "device_count": asset.device_count,
                "installed_kw": _text(max(asset.max_export_capacity_kw, asset.max_import_capacity_kw)),
            }
            for asset in assets
        ],
    }


def _text(number: Decimal) -> str:
    return f"{number:.4f}"


def _keep_changes(changes: Iterable[tuple[Bid, BidChange.Kind, dict[str, Any]]]) -> None:
    BidChange.objects.bulk_create(
        BidChange(
            market_id=bid.competition.market_id,
            competition_id=bid.competition_id,
            bid=bid,
            kind=kind,
            revision=bid.revision,
            content=content,
            changed_at=bid.changed_at,
        )
        for bid, kind, content in changes
    )


def _standing(bid: Bid) -> tuple[Bid, list[ServiceWindow], datetime]:
    """The bid, locked, its windows, and market time; raises Refused where it can't be changed any more."""
    bid = Bid.objects.select_for_update(of=("self",)).select_related("competition__product", "seller").get(pk=bid.pk)
    windows = list(ServiceWindow.objects.filter(bid_lines__bid=bid).order_by("pk"))
    share_windows([w.pk for w in windows])
    bid.competition.refresh_from_db(fields=["status", "closes_at", "opens_at"])
    now = Market.objects.time_of(bid.competition.market_id)
    if bid.status != Bid.Status.PLACED:
        raise Refused(f"{bid} is {bid.get_status_display().lower()}: it can't be changed any more.")
    if reason := why_closed(bid.competition, now):
        raise Refused(f"{bid} stands as it is. {reason}")
    return bid, windows, now


@transaction.atomic
def revise_bid(
    *,
    bid: Bid,
    by: By,
    capacity_kw: Decimal,
    availability_gbp_per_mw_h: Decimal = Decimal(0),
    utilisation_gbp_per_mwh: Decimal = Decimal(0),
    sustain_gbp_per_kw: Decimal = Decimal(0),
    max_runtime_minutes: int | None = None,
) -> Bid:
    """Gives a standing bid other terms, before gate closure; the same terms again change nothing."""
    bid, windows, now = _standing(bid)
    _may_bid(bid.seller)
    assets = list(bid.assets.all())
    offer = Offer(
        bid.competition.reference,
        tuple(w.name for w in windows),
        capacity_kw,
        availability_gbp_per_mw_h,
        utilisation_gbp_per_mwh,
        sustain_gbp_per_kw,
        max_runtime_minutes,
        tuple(asset.ref for asset in assets),
    )
    ground = ground_of(bid.competition, {asset.ref: asset for asset in assets})
    problems = [RowProblem(0, *p) for p in offer_problems(offer, ground)]
    if problems:
        raise Refused(f"{bid} stands as it was: {'; '.join(p.reason for p in problems)}", problems)
    if all(getattr(bid, term) == getattr(offer, term) for term in TERMS):
        return bid
    for term in TERMS:
        setattr(bid, term, getattr(offer, term))
    bid.revision, bid.changed_at = bid.revision + 1, now
    bid.save(update_fields=[*TERMS, "revision", "changed_at"])
    bid.lines.update(capacity_kw=capacity_kw)
    _keep_changes([(bid, BidChange.Kind.REVISED, bid_content(bid, offer.windows, assets))])
    record(by=by, verb="revise_bid", subject=bid, revision=bid.revision)
    return bid


@transaction.atomic
def withdraw_bid(*, bid: Bid, by: By) -> Bid:
    """Takes a standing bid back, before gate closure."""
    bid, windows, now = _standing(bid)
    bid.status, bid.revision, bid.changed_at = Bid.Status.WITHDRAWN, bid.revision + 1, now
    bid.save(update_fields=["status", "revision", "changed_at"])
    _keep_changes([(bid, BidChange.Kind.WITHDRAWN, bid_content(bid, [w.name for w in windows], bid.assets.all()))])
    record(by=by, verb="withdraw_bid", subject=bid, revision=bid.revision)
    return bid
