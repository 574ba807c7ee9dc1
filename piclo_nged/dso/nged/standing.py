"""The bids that stand in a test party, as offers of the season it was filled from: what is cleared and compared.

Windows, requirements and ceilings are those of the file, so that the party's auctions are exactly the real ones.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from markets.models import Bid, Contract, Seller, SellerIdentity, TestParty

from . import wire
from .clearing import REFUSED, Award
from .hindsight import Compared, PlayedBid, compare
from .publication import window_names
from .wire.season import NO_PRICES, ZERO

NEIGHBOURS = ("seller__stand_in", "contract", "lines__window", "assets")


@dataclass(frozen=True)
class Standing:
    """A bid with the company that it counts for, and the offer of the file that it repeats, if it does."""

    bid: Bid
    company: str
    original: str


def standing_bids(party: TestParty, references: Collection[str] | None = None) -> list[Standing]:
    """All that stand, or those of the competitions of these references, in the order in which they were placed."""
    bids = Bid.objects.standing().filter(competition__market=party.market_id).order_by("pk")
    if references is not None:
        bids = bids.filter(competition__reference__in=references)
    companies = companies_of(party)
    told = bids.select_related("competition").prefetch_related(*NEIGHBOURS)
    return [_standing(bid, companies) for bid in told]


def _standing(bid: Bid, companies: dict[int, str]) -> Standing:
    stand_in = getattr(bid.seller, "stand_in", None)
    if stand_in is not None:
        return Standing(bid, stand_in.company, bid.seller_ref)
    return Standing(bid, companies.get(bid.seller_id, bid.seller.name), "")


def companies_of(party: TestParty) -> dict[int, str]:
    """Invited sellers that are a company of the file, by name or by their name at NGED: the file's spelling of them."""
    spelled = {company.casefold(): company for company in party.stand_ins.values_list("company", flat=True)}
    invited = Seller.objects.filter(admissions__market=party.market_id, stand_in=None)
    names = [*invited.values_list("pk", "name")]
    identities = SellerIdentity.objects.filter(seller__in=invited, operator=party.market.operator_id)
    names += identities.values_list("seller", "name")
    return {seller: spelled[name.casefold()] for seller, name in names if name.casefold() in spelled}


def as_bid(season: wire.Season, standing: Sequence[Standing]) -> wire.Season:
    """The season with these bids in place of its offers. A bid for windows that the file has not is left out."""
    originals = {offer.reference: offer for offer in season.offers}
    by_competition: dict[str, list[Standing]] = defaultdict(list)
    for item in standing:
        by_competition[item.bid.competition.reference].append(item)
    return wire.Season(
        tuple(
            replace(competition, offers=tuple(_offers(competition, by_competition[competition.reference], originals)))
            for competition in season.competitions
        )
    )


def _offers(
    competition: wire.Competition, standing: Sequence[Standing], originals: dict[str, wire.Offer]
) -> Iterator[wire.Offer]:
    windows = {name: window for window, name in window_names(competition).items()}
    for item in standing:
        bid = item.bid
        wanted = [windows.get(line.window.name) for line in bid.lines.all()]
        if None in wanted:
            continue
        yield wire.Offer(
            reference=bid.reference,
            company=item.company,
            windows=tuple(window for window in wanted if window),
            capacity_kw=bid.capacity_kw,
            prices=wire.Prices(bid.availability_gbp_per_mw_h, bid.utilisation_gbp_per_mwh, bid.sustain_gbp_per_kw),
            outcome=wire.Outcome.REJECTED,
            accepted_kw=ZERO,
            awarded=NO_PRICES,
            technologies=_technologies(bid, originals.get(item.original)),
            for_restore=False,
            restore_price_gbp_per_mwh=ZERO,
            lines=(),
        )


def _technologies(bid: Bid, original: wire.Offer | None) -> tuple[wire.Technology, ...]:
    """A stand-in's group of assets is as large as its company's largest offer: the offer itself says how many stood behind."""
    if original:
        return original.technologies
    return tuple(wire.Technology(asset.technology, asset.device_count, ZERO) for asset in bid.assets.all())


def comparison_of(party: TestParty, season: wire.Season) -> list[Compared]:
    """The party beside what really happened, competition by competition. Bids without a result count as not taken."""
    bids: dict[str, list[PlayedBid]] = defaultdict(list)
    for item in standing_bids(party):
        played = PlayedBid(item.company, item.bid.capacity_kw, _award(item.bid), item.original)
        bids[item.bid.competition.reference].append(played)
    return compare(season, bids, _aside(party, season))


def _award(bid: Bid) -> Award:
    contract: Contract | None = getattr(bid, "contract", None)
    if contract is None:
        return REFUSED
    prices = (contract.availability_gbp_per_mw_h, contract.utilisation_gbp_per_mwh, contract.sustain_gbp_per_kw)
    return Award(contract.accepted_kw, wire.Prices(*prices))


def _aside(party: TestParty, season: wire.Season) -> set[str]:
    """Offers that nobody made again: the stand-in stepped aside, or there was none."""
    if not party.with_original_offers:
        return {offer.reference for offer in season.offers}
    taken_back = Bid.objects.filter(seller__stand_in__party=party, status=Bid.Status.WITHDRAWN)
    return set(taken_back.values_list("seller_ref", flat=True))
