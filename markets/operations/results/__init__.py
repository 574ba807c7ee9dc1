"""Results: the operator's decisions turn bids into contracts, and sellers hear the same day."""

from .recording import Recorded, record_results

__all__ = ["Recorded", "record_results"]
