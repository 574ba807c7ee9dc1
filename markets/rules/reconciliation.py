"""The difference between the operator's list of contracts and ours, field by field. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .notices import ListedContract

FIELDS = ("accepted_kw", "availability_gbp_per_mw_h", "utilisation_gbp_per_mwh", "sustain_gbp_per_kw")
FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Difference:
    """One field of one bid or contract: as the operator has it, beside ours.

    `field` is "contract" where one side lacks the whole contract, or lists it more than once.
    """

    bid: str
    field: str
    theirs: str
    ours: str


def differences(theirs: Sequence[ListedContract], ours: Mapping[str, ListedContract]) -> list[Difference]:
    """Compares by bid reference, numbers after rounding to four decimals; empty where both lists agree."""
    listed = {contract.bid: contract for contract in theirs}
    times = Counter(contract.bid for contract in theirs)
    found = [Difference(bid, "contract", "listed", "not here") for bid in listed if bid not in ours]
    found += [Difference(bid, "contract", "not listed", "here") for bid in ours if bid not in listed]
    found += [
        Difference(bid, "contract", f"listed {n} times", "once") for bid, n in times.items() if n > 1 and bid in ours
    ]
    for bid in listed.keys() & ours.keys():
        found += differing_fields(listed[bid], ours[bid])
    return sorted(found, key=lambda d: (d.bid, d.field))


def differing_fields(theirs: ListedContract, ours: ListedContract) -> Iterator[Difference]:
    """The numbers of one contract that differ after rounding to four decimals."""
    for name in FIELDS:
        their, our = (getattr(side, name).quantize(FOUR_PLACES) for side in (theirs, ours))
        if their != our:
            yield Difference(ours.bid, name, f"{their:f}", f"{our:f}")
