"""NGED's auction rule as one pure function. How often it agrees with NGED: `manage.py rehearse FILE`.

The rule, and what of NGED's Trade Results Summary of 2024 (1,210 offers) speaks for it:

1. An offer is taken whole or not at all, and only if it offers something and asks no more than the ceiling.
   No accepted offer is cut.
2. A price per season (Sustain): every such offer is taken and paid the ceiling. So it was for all 1,003.
3. Otherwise (207 offers of Secure and Dynamic) the cheapest comes first, by utilisation and then by
   availability price. An offer is taken while any half-hour that it covers is short of the requirement; the
   last one may overshoot.
4. An offer larger than its windows' whole requirement is a last resort: it comes after all that fit and is
   taken only where nothing taken serves any of its half-hours. Four such offers met a shortage: this explains
   three of them; always taking them would explain two, and so would never taking them.
5. Of equal prices, the risk is spread: first the seller that holds least in this auction, then the offer
   that covers more half-hours, then the one with more assets. It decides two auctions (Exeter City,
   Plympton), in each of which two sellers tied twice and each was served once; going by name alone costs
   four offers. The order in which bids arrived is not in the file and may be the true reason.
6. One price for all that are taken in an auction: the dearest that any of them asked, but the ceiling where
   a half-hour that they serve stays short. At Feeder Road a seller is paid the ceiling that January reached
   in December too, so the price belongs to the auction, not to the window.

It agrees with NGED on 1,205 outcomes (99.6 %) and 1,204 prices (99.5 %); in Secure and Dynamic on 202
(97.6 %) and 201 (97.1 %). Not explained: an offer of 0 kW that was accepted (Probus); an offer refused, and
another paid no more than it asked, though the requirement stayed short (Gunnislake); an oversized offer taken
beside another (Witheridge, winter); two offers refused in windows that the summary shows only as part of a
wider hull of hours (Morwenstow, summer).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from heapq import heapify, heappop, heappush

from piclo_nged.dso.nged.wire.season import NO_PRICES, ZERO, Prices

type HalfHour = tuple[str, int, int]  # window's name, ISO weekday, minute of the day


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one window asks for: so many kW in each of its half-hours."""

    half_hours: frozenset[HalfHour]
    required_kw: Decimal


@dataclass(frozen=True, slots=True)
class Offered:
    """What the rule may know of an offer: nothing that NGED decided. `windows` are keys of the requirement."""

    reference: str
    seller: str
    capacity_kw: Decimal
    prices: Prices
    windows: frozenset[str]
    assets: int


@dataclass(frozen=True, slots=True)
class Award:
    """What an offer gets: its whole capacity at the prices of all, or nothing at no price."""

    accepted_kw: Decimal = ZERO
    prices: Prices = NO_PRICES

    @property
    def is_accepted(self) -> bool:
        """Whether the offer was taken."""
        return self.accepted_kw > 0


REFUSED = Award()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An eligible bid of a merit order, with what it covers."""

    bid: Offered
    half_hours: frozenset[HalfHour]
    is_oversized: bool

    def rank(self, held_kw: Mapping[str, Decimal]) -> tuple[object, ...]:
        """Smaller comes first. A seller's holdings only grow, and so does the rank."""
        bid = self.bid
        price = bid.prices.utilisation_gbp_per_mwh, bid.prices.availability_gbp_per_mw_h
        spread = held_kw.get(bid.seller, ZERO), -len(self.half_hours), -bid.assets
        return self.is_oversized, price, spread, bid.seller, bid.reference


def clear(requirement: Mapping[str, Requirement], ceiling: Prices, bids: Collection[Offered]) -> dict[str, Award]:
    """The award of every bid of one auction, by reference. The sequence of `bids` changes nothing.

    A bid for a window that `requirement` does not hold raises KeyError.
    """
    eligible = [bid for bid in bids if bid.capacity_kw > 0 and _within(bid.prices, ceiling)]
    if ceiling.sustain_gbp_per_kw:
        taken, prices = eligible, ceiling
    else:
        taken, prices = _in_merit_order(eligible, ceiling, requirement)
    awards = {bid.reference: REFUSED for bid in bids}
    return awards | {bid.reference: Award(bid.capacity_kw, prices) for bid in taken}


def _within(prices: Prices, ceiling: Prices) -> bool:
    return all(asked <= limit for asked, limit in zip(prices, ceiling, strict=True))


def _in_merit_order(
    bids: Collection[Offered], ceiling: Prices, requirement: Mapping[str, Requirement]
) -> tuple[list[Offered], Prices]:
    """The bids that are taken, and their one price."""
    short_kw = _required_kw(requirement)
    served: set[HalfHour] = set()
    taken = []
    held_kw: defaultdict[str, Decimal] = defaultdict(Decimal)
    candidates = [_candidate(bid, requirement) for bid in bids]
    queue = [(candidate.rank(held_kw), candidate) for candidate in candidates]
    heapify(queue)
    while queue:
        ranked, candidate = heappop(queue)
        rank = candidate.rank(held_kw)
        if rank != ranked:  # its seller was served since: it steps back
            heappush(queue, (rank, candidate))
            continue
        bid, half_hours = candidate.bid, candidate.half_hours
        if candidate.is_oversized and not served.isdisjoint(half_hours):
            continue
        if any(short_kw[half_hour] > 0 for half_hour in half_hours):
            taken.append(bid)
            held_kw[bid.seller] += bid.capacity_kw
            served |= half_hours
            for half_hour in half_hours:
                short_kw[half_hour] -= bid.capacity_kw
    is_met = all(short_kw[half_hour] <= 0 for half_hour in served)
    return taken, _dearest(taken) if is_met else ceiling


def _required_kw(requirement: Mapping[str, Requirement]) -> dict[HalfHour, Decimal]:
    """Requirement by half-hour. Where windows overlap, each gives a peak, so the lowest bounds it closest."""
    required: dict[HalfHour, Decimal] = {}
    for window in requirement.values():
        for half_hour in window.half_hours:
            required[half_hour] = min(required.get(half_hour, window.required_kw), window.required_kw)
    return required


def _candidate(bid: Offered, requirement: Mapping[str, Requirement]) -> _Candidate:
    windows = [requirement[window] for window in bid.windows]
    half_hours = frozenset().union(*(window.half_hours for window in windows))
    return _Candidate(bid, half_hours, bid.capacity_kw > max(window.required_kw for window in windows))


def _dearest(taken: Collection[Offered]) -> Prices:
    """The highest of each price, so that nobody is paid less than it asked."""
    if not taken:
        return NO_PRICES
    return Prices(*map(max, zip(*(bid.prices for bid in taken), strict=True)))
