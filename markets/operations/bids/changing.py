"""Changing a standing bid: other terms, or taking it back, until gate closure."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from ...models import Bid, BidChange, Competition, Market
from ...problems import Refused, RowProblem
from ...rules.bidding import offer_problems
from ...rules.notices import Offer
from ...rules.words import kw
from ..gate import share_gates, why_closed
from ..journal import By, record
from .checking import TERMS, ground_of, why_no_bidder
from .content import keep_change


class ChangedMeanwhile(Refused):
    """Another revision stands than the one that was seen: by another tab, a quicker colleague, or a program."""

    status = 409
    title = "Changed meanwhile"

    def __init__(self, bid: Bid):
        self.revision = bid.revision
        super().__init__(
            f"Since you opened this page the bid was changed: as revision {bid.revision} it stands over "
            f"{kw(bid.capacity_kw)}. Compare its page with what you typed; to have your terms in its place, keep them again."
        )


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
    seen_revision: int | None = None,
) -> Bid:
    """Gives a standing bid other terms, before gate closure; the same terms again change nothing.

    With `seen_revision`, the one on which the new terms were made up: where another stands by now, raises
    ChangedMeanwhile, for nobody undoes unseen what somebody else has changed.
    """
    bid, now = _standing(bid)
    if reason := why_no_bidder(bid.seller):
        raise Refused(reason)
    assets = {asset.ref: asset for asset in bid.assets.all()}
    offer = Offer(
        bid.competition.reference,
        _windows(bid),
        capacity_kw,
        availability_gbp_per_mw_h,
        utilisation_gbp_per_mwh,
        sustain_gbp_per_kw,
        max_runtime_minutes,
        tuple(assets),
        bid.seller_ref,
    )
    problems = [RowProblem(0, *p) for p in offer_problems(offer, ground_of(bid.competition, assets))]
    if problems:
        raise Refused(f"{bid} stands as it was: {'; '.join(p.reason for p in problems)}", problems)
    if all(getattr(bid, term) == getattr(offer, term) for term in TERMS):
        return bid
    if seen_revision not in (None, bid.revision):
        raise ChangedMeanwhile(bid)
    for term in TERMS:
        setattr(bid, term, getattr(offer, term))
    bid.revision, bid.changed_at = bid.revision + 1, now
    bid.save(update_fields=[*TERMS, "revision", "changed_at"])
    bid.lines.update(capacity_kw=capacity_kw)
    keep_change(bid, BidChange.Kind.REVISED, offer.windows, assets.values())
    record(by=by, verb="revise_bid", subject=bid, revision=bid.revision)
    return bid


@transaction.atomic
def withdraw_bid(*, bid: Bid, by: By) -> Bid:
    """Takes a standing bid back, before gate closure; once more changes nothing."""
    known = Bid.objects.select_for_update().get(pk=bid.pk)
    if known.status == Bid.Status.WITHDRAWN:
        return known
    bid, now = _standing(bid)
    bid.status, bid.revision, bid.changed_at = Bid.Status.WITHDRAWN, bid.revision + 1, now
    bid.save(update_fields=["status", "revision", "changed_at"])
    keep_change(bid, BidChange.Kind.WITHDRAWN, _windows(bid), bid.assets.all())
    record(by=by, verb="withdraw_bid", subject=bid, revision=bid.revision)
    return bid


def _standing(bid: Bid) -> tuple[Bid, datetime]:
    """The bid, locked, and market time; raises Refused where it can't be changed any more."""
    Bid.objects.select_for_update().get(pk=bid.pk)
    competition = Competition.objects.select_related("market").get(bids=bid)
    share_gates(competition.market, [competition.reference])
    bid = Bid.objects.select_related("competition__product", "seller").get(pk=bid.pk)  # read behind the gate
    now = Market.objects.time_of(bid.competition.market_id)
    if bid.status != Bid.Status.PLACED:
        raise Refused(f"{bid} is {bid.get_status_display().lower()}: it can't be changed any more.")
    if reason := why_closed(bid.competition, now):
        raise Refused(f"{bid} stands as it is. {reason}")
    return bid, now


def _windows(bid: Bid) -> tuple[str, ...]:
    return tuple(bid.lines.order_by("window").values_list("window__name", flat=True))
