"""Bidding: place, revise, withdraw, until gate closure. Every change is kept, in order, for the operator's feed.

The pages, files and the sellers' API come here. What one call places counts as one moment of market time.
"""

from .changing import ChangedMeanwhile, revise_bid, withdraw_bid
from .checking import why_no_bidder
from .placing import look_at, place_bids

__all__ = ["ChangedMeanwhile", "look_at", "place_bids", "revise_bid", "why_no_bidder", "withdraw_bid"]
