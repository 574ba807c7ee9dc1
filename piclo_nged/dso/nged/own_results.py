"""What one participant of a test party came to, beside what really happened there.

Of the party it reads the participant's own bids alone. What really happened is told of competitions in which the
participant has its result: told earlier, it would give away what the stand-ins bid.
"""

from dataclasses import dataclass

from markets.models import Bid, Competition, Market, Seller, TestParty

from . import wire
from .hindsight import Side, what_happened
from .standing import companies_of

DECIDED = (Bid.Status.ACCEPTED, Bid.Status.REJECTED)


@dataclass(frozen=True)
class OwnResult:
    """A competition in which the participant has its result: its bids, and how it really went.

    `themselves` is the name under which the participant stands in the file, if it does.
    """

    competition: Competition
    bids: list[Bid]
    really: Side
    themselves: str

    @property
    def market(self) -> Market:
        """The party's."""
        return self.competition.market

    @property
    def really_winners(self) -> list[str]:
        """Who really won, by name."""
        return sorted(self.really.winners)

    @property
    def has_won(self) -> bool:
        """Whether any of its bids was taken in the party."""
        return any(bid.status == Bid.Status.ACCEPTED for bid in self.bids)


def own_results(party: TestParty, seller: Seller, season: wire.Season) -> list[OwnResult]:
    """The seller's bids of the party that have a result, by competition, in the order of the file."""
    decided = Bid.objects.filter(seller=seller, competition__market=party.market_id, status__in=DECIDED)
    mine: dict[str, list[Bid]] = {}
    for bid in decided.select_related(
        "contract", "competition__market", "competition__product", "competition__zone"
    ).order_by("pk"):
        mine.setdefault(bid.competition.reference, []).append(bid)
    themselves = companies_of(party).get(seller.pk, "")
    return [
        OwnResult(bids[0].competition, bids, what_happened(competition), themselves)
        for competition in season.competitions
        if (bids := mine.get(competition.reference))
    ]
