"""A test party beside what really happened: per competition and in total, in capacity, prices and winners. Pure.

What really happened is what the results file tells. In the party the companies of the file were played by stand-ins
with the offers they really made, and sellers of ours bid beside them or in their place. So what differs has three
reasons: other bids, offers that stood aside for them, and the few outcomes that our clearing rule explains otherwise.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .clearing import Award
from .comparison import Score
from .wire import Competition, Offer, Prices, Season
from .wire.season import NO_PRICES, ZERO

TWO_PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PlayedBid:
    """A bid of the party and what it got. `original` is the offer of the file that a stand-in made again with it."""

    company: str
    capacity_kw: Decimal
    award: Award
    original: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One course of a competition: how many offers, how much was offered and taken, at what price, and from whom."""

    offers: int
    offered_kw: Decimal
    accepted_kw: Decimal
    prices: Prices
    """The dearest awarded; zero where nobody won."""
    winners: frozenset[str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One competition, as it really went and as the party went. `repeated` counts the offers made again."""

    competition: Competition
    really: Side
    party: Side
    repeated: Score

    @property
    def really_winners(self) -> list[str]:
        """Who really won, by name."""
        return sorted(self.really.winners)

    @property
    def party_winners(self) -> list[str]:
        """Who won in the party, by name."""
        return sorted(self.party.winners)

    @property
    def newly(self) -> list[str]:
        """Who won in the party alone."""
        return sorted(self.party.winners - self.really.winners)

    @property
    def lost(self) -> list[str]:
        """Who really won, and not in the party."""
        return sorted(self.really.winners - self.party.winners)

    @property
    def more_kw(self) -> Decimal:
        """How much more was taken in the party."""
        return self.party.accepted_kw - self.really.accepted_kw

    @property
    def dearer_by(self) -> Decimal:
        """Difference of the main price, in GBP/kW for a price per season, else in GBP/MWh."""
        return main_price(self.party.prices) - main_price(self.really.prices)

    @property
    def differs(self) -> bool:
        """Whether anything that was decided is another."""
        return bool(self.newly or self.lost or self.more_kw or self.party.prices != self.really.prices)


@dataclass(frozen=True, slots=True)
class Total:
    """All competitions of one product, or all at all. Prices are means, weighted by the capacity that was taken."""

    name: str
    competitions: int
    differing: int
    really: Side
    party: Side
    repeated: Score

    @property
    def share(self) -> Decimal | None:
        """Of the offers made again, those that came out as NGED decided; None where none was made again."""
        return Decimal(self.repeated.outcome_matches) / self.repeated.offers if self.repeated.offers else None


def main_price(prices: Prices) -> Decimal:
    """The price by which auctions are told apart: per season where there is such, else utilisation."""
    return prices.sustain_gbp_per_kw or prices.utilisation_gbp_per_mwh


def compare(season: Season, bids: Mapping[str, Sequence[PlayedBid]], aside: Collection[str] = ()) -> list[Compared]:
    """Every competition of the season, in its order. `bids` are those that stood in the party, by competition.

    `aside` are offers of the file that nobody made again, because the company bid for itself or nobody stood in for
    it: they are not counted as repeated. An offer that could not be placed counts as not taken.
    """
    return [_compared(competition, bids.get(competition.reference, ()), aside) for competition in season.competitions]


def what_happened(competition: Competition) -> Side:
    """How a competition really went: what NGED published of it, without the rejected rows of 0 kW."""
    offers = [offer for offer in competition.offers if offer.capacity_kw]
    return _side(
        [PlayedBid(offer.company, offer.capacity_kw, Award(offer.accepted_kw, offer.awarded)) for offer in offers]
    )


def totals(compared: Iterable[Compared]) -> list[Total]:
    """By product, in the order of their names, and at last all of them."""
    by_product: dict[str, list[Compared]] = defaultdict(list)
    for item in compared:
        by_product[item.competition.product].append(item)
    groups = [(name, by_product[name]) for name in sorted(by_product)]
    return [_total(name, items) for name, items in [*groups, ("All", [i for _, items in groups for i in items])]]


def _compared(competition: Competition, bids: Sequence[PlayedBid], aside: Collection[str]) -> Compared:
    repeated = _repeated(competition.offers, bids, aside)
    return Compared(competition, what_happened(competition), _side(bids), repeated)


def _side(bids: Sequence[PlayedBid]) -> Side:
    won = [bid for bid in bids if bid.award.is_accepted]
    return Side(
        offers=len(bids),
        offered_kw=sum((bid.capacity_kw for bid in bids), ZERO),
        accepted_kw=sum((bid.award.accepted_kw for bid in won), ZERO),
        prices=Prices(*map(max, zip(*(bid.award.prices for bid in won), strict=True))) if won else NO_PRICES,
        winners=frozenset(bid.company for bid in won),
    )


def _repeated(offers: Iterable[Offer], bids: Iterable[PlayedBid], aside: Collection[str]) -> Score:
    awards = {bid.original: bid.award for bid in bids if bid.original}
    score = Score()
    for offer in offers:
        if offer.reference not in aside:
            score.count(offer, awards.get(offer.reference, Award()))
    return score


def _total(name: str, items: Sequence[Compared]) -> Total:
    return Total(
        name=name,
        competitions=len(items),
        differing=sum(item.differs for item in items),
        really=_sum([item.really for item in items]),
        party=_sum([item.party for item in items]),
        repeated=Score(
            sum(item.repeated.offers for item in items),
            sum(item.repeated.outcome_matches for item in items),
            sum(item.repeated.price_matches for item in items),
        ),
    )


def _sum(sides: Sequence[Side]) -> Side:
    won = [side for side in sides if side.accepted_kw]
    return Side(
        offers=sum(side.offers for side in sides),
        offered_kw=sum((side.offered_kw for side in sides), ZERO),
        accepted_kw=sum((side.accepted_kw for side in won), ZERO),
        prices=Prices(*(_mean(won, place) for place in range(3))),
        winners=frozenset().union(*(side.winners for side in won)),
    )


def _mean(won: Sequence[Side], place: int) -> Decimal:
    """Of one price, over the sides that have such a price at all."""
    priced = [(price, side.accepted_kw) for side in won if (price := tuple(side.prices)[place])]
    weight = sum((kw for _, kw in priced), ZERO)
    return (sum((price * kw for price, kw in priced), ZERO) / weight).quantize(TWO_PLACES) if weight else ZERO
