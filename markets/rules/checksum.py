"""The proof of completeness: one SHA-256 over the bids of a competition that both sides can compute.

After gate closure the feed carries it with count and total kW. The operator recomputes it from the changes it read.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class SealedBid:
    """The part of a standing bid that the checksum covers. Capacity in kW, prices in their units."""

    reference: str
    revision: int
    capacity_kw: Decimal
    availability_gbp_per_mw_h: Decimal
    utilisation_gbp_per_mwh: Decimal
    sustain_gbp_per_kw: Decimal

    def line(self) -> str:
        """`B-12 1 1.3700 0.0000 0.0000 22.4800`: reference, revision and four numbers of four decimals."""
        numbers = (
            self.capacity_kw,
            self.availability_gbp_per_mw_h,
            self.utilisation_gbp_per_mwh,
            self.sustain_gbp_per_kw,
        )
        return " ".join([self.reference, str(self.revision), *(f"{n.quantize(FOUR_PLACES):f}" for n in numbers)])


@dataclass(frozen=True)
class Completeness:
    """What the `closed` entry says of a competition."""

    count: int
    total_kw: Decimal
    sha256: str


def completeness(bids: Iterable[SealedBid]) -> Completeness:
    """Count, total kW, and the SHA-256 over the bids' lines in the order of their text, each ended by a newline."""
    bids = list(bids)
    text = "".join(line + "\n" for line in sorted(bid.line() for bid in bids))
    total = sum((bid.capacity_kw for bid in bids), Decimal(0)).quantize(FOUR_PLACES)
    return Completeness(len(bids), total, hashlib.sha256(text.encode()).hexdigest())
