"""Results: the operator's decisions turn bids into contracts, and sellers hear the same day."""

from .recording import Recorded, record_results
from .telling import RESULTS_MAIL

__all__ = ["RESULTS_MAIL", "Recorded", "record_results"]
