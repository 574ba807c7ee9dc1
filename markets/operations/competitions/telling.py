"""Who hears of a revision or a withdrawal: the sellers whose bids stand in it. Others see it on the page.

A bid that the revised competition would not take any more stands as it is. To refuse the revision would tell the
operator of a sealed price, and to take the bid out would alter it: so its seller is told to revise it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from ... import emails
from ...models import Bid, Competition, Market, Membership, Seller
from ...rules.bidding import offer_problems
from ...rules.notices import Offer
from .. import mail
from ..admissions import heard
from ..bids.checking import ground_of
from .revising import Revision


def tell_revised(market: Market, revisions: Sequence[Revision], now: datetime) -> None:
    """Queues a mail per member who bids, about everything revised at once, while bidding is not over."""
    open_still = {r.competition.pk: r for r in revisions if now < r.competition.closes_at}
    told: dict[Seller, list[emails.Revised]] = defaultdict(list)
    for (seller, competition_id), bids in _standing(open_still).items():
        revision = open_still[competition_id]
        broken = [bid.reference for bid in bids if why_to_revise(bid)]
        told[seller].append(emails.Revised(revision.competition, revision.changes, len(bids), broken))
    for seller in heard(market, told):
        written = emails.revisions(seller=seller, market=market, recipients=_who_bid(seller), revised=told[seller])
        mail.queue(list(written))


def tell_withdrawn(competition: Competition, reason: str) -> None:
    """Queues a mail per member who bids of each seller with standing bids."""
    counts = {seller: len(bids) for (seller, _), bids in _standing([competition.pk]).items()}
    for seller in heard(competition.market, counts):
        written = emails.withdrawal(
            seller=seller,
            competition=competition,
            recipients=_who_bid(seller),
            reason=reason,
            count=counts[seller],
        )
        mail.queue(list(written))


def _who_bid(seller: Seller) -> list[str]:
    bidding = seller.memberships.exclude(role=Membership.Role.VIEWER)
    return list(bidding.order_by("pk").values_list("user__email", flat=True))


def why_to_revise(bid: Bid) -> list[str]:
    """Why the competition, as it now asks, would not take this standing bid: sentences for its seller alone.

    Empty where the bid is as good as on its first day. Prefetch `lines__window`, `assets` and the competition's windows
    and product where many are asked.
    """
    refs = {asset.ref: asset for asset in bid.assets.all()}
    offer = Offer(
        competition=bid.competition.reference,
        windows=tuple(line.window.name for line in bid.lines.all()),
        capacity_kw=bid.capacity_kw,
        availability_gbp_per_mw_h=bid.availability_gbp_per_mw_h,
        utilisation_gbp_per_mwh=bid.utilisation_gbp_per_mwh,
        sustain_gbp_per_kw=bid.sustain_gbp_per_kw,
        assets=tuple(refs),
    )
    return [reason for _, _, reason in offer_problems(offer, ground_of(bid.competition, refs))]


def _standing(competition_ids: Iterable[int]) -> dict[tuple[Seller, int], list[Bid]]:
    """Bids that wait for a decision, by seller and competition, as the competition asks now."""
    bids = (
        Bid.objects.filter(status=Bid.Status.PLACED, competition__in=list(competition_ids))
        .order_by("pk")
        .prefetch_related("seller", "competition__product", "competition__windows", "lines__window", "assets")
    )
    found: dict[tuple[Seller, int], list[Bid]] = defaultdict(list)
    for bid in bids:
        found[bid.seller, bid.competition_id].append(bid)
    return found
