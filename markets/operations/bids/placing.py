"""Placing: all offers of one call become bids at one moment of market time, or none does."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from ...models import Bid, Competition, Confirmation, Market, Seller
from ...problems import Refused
from ...rules.confirmations import VERSION
from ...rules.notices import Offer
from ...rules.words import to_correct
from ..assets import hold_assets
from ..gate import share_gates
from ..journal import By, actor_name, record
from .checking import Checked, check, why_no_bidder
from .storing import Placed, bid_of, store


def place_bids(*, seller: Seller, market: Market, offers: Sequence[Offer], by: By, confirmed: str = "") -> list[Bid]:
    """Places all offers, or none. Returns the bids in the order of the offers.

    `confirmed` is the version of the rules that software cannot check, where the seller confirmed them with this.
    An offer with a `seller_ref` that stands already, with the same terms, is a repeat and returns its bid.
    Raises Refused: one problem per bad cell, each with the offer's line.
    """
    checked, placed = place(seller=seller, market=market, offers=offers, by=by, confirmed=confirmed)
    fresh = iter(placed)
    return [
        checked.repeats.get(offer.seller_ref) or bid_of(*next(fresh), seller=seller, checked=checked)
        for offer in offers
    ]


def place(
    *,
    seller: Seller,
    market: Market,
    offers: Sequence[Offer],
    by: By,
    confirmed: str,
    keep_good: bool = False,
) -> tuple[Checked, Placed]:
    """Places offers as `place_bids` does, which tells it with a `Bid` each; here with the keys of the new ones.

    With `keep_good`, offers with a problem are left out and told in `problems`. The journal entry is this one's.
    """
    try:
        return _place(seller, market, offers, by, confirmed, keep_good)
    except IntegrityError as error:
        if "bid_seller_ref_once" not in str(error):
            raise
        return _place(seller, market, offers, by, confirmed, keep_good)  # placed at this very moment: now a repeat


def look_at(*, seller: Seller, market: Market, offers: Sequence[Offer]) -> Checked:
    """What `place_bids` would find at this moment of market time: its `problems`, and what could be placed. Locks nothing."""
    named = Competition.objects.filter(market=market, reference__in={offer.competition for offer in offers})
    return check(seller, market, offers, named)


@transaction.atomic
def _place(
    seller: Seller, market: Market, offers: Sequence[Offer], by: By, confirmed: str, keep_good: bool
) -> tuple[Checked, Placed]:
    if reason := why_no_bidder(seller):
        raise Refused(reason)
    if confirmed and confirmed != VERSION:
        raise Refused("The rules that you confirm have a new wording. Read and confirm them again.")
    held = share_gates(market, {offer.competition for offer in offers})
    hold_assets(seller, {ref for offer in offers for ref in offer.assets})
    checked = check(seller, market, offers, Competition.objects.filter(pk__in=held))
    if checked.problems and not keep_good:
        raise Refused(f"No bid was placed: {to_correct(len(checked.problems))}.", checked.problems)
    if not checked.fresh:
        return checked, []
    placed = store(seller, market, checked)
    record(by=by, verb="place_bids", subject=seller, market=market.key, count=len(placed))
    if confirmed:
        Confirmation.objects.create(
            seller=seller, market=market, version=confirmed, confirmed_by=actor_name(by), bid_count=len(placed)
        )
    return checked, placed
