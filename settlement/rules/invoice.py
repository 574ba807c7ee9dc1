"""The operator's invoice against our settlement: a shadow check, contract by contract, each difference explained.

The operator computes and issues the invoice; ours is never a second bill. Every contract is told, so that the differences
add up to that of both sums; within the tolerance nothing is said of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .pay import ZERO


@dataclass(frozen=True)
class Amount:
    """What one side says of a contract in a month. Energy is None where the side does not state it."""

    gbp: Decimal
    delivered_kwh: Decimal | None = None


@dataclass(frozen=True)
class Tolerance:
    """How far apart both sides may be on a contract: a setting of the market's terms."""

    gbp: Decimal
    kwh: Decimal


@dataclass(frozen=True)
class ComparedContract:
    """One contract on both sides. A side is None where it lacks the contract; the explanation is empty within tolerance."""

    contract: str
    ours: Amount | None
    theirs: Amount | None
    explanation: str

    @property
    def is_within_tolerance(self) -> bool:
        return not self.explanation

    @property
    def difference_gbp(self) -> Decimal:
        """Theirs less ours."""
        return (self.theirs.gbp if self.theirs else ZERO) - (self.ours.gbp if self.ours else ZERO)


def compare_invoice(
    ours: Mapping[str, Amount], theirs: Mapping[str, Amount], tolerance: Tolerance
) -> list[ComparedContract]:
    """Every contract of either side, in order of its name."""
    found = []
    for contract in sorted(ours.keys() | theirs.keys()):
        our, their = ours.get(contract), theirs.get(contract)
        found.append(ComparedContract(contract, our, their, _explanation(our, their, tolerance)))
    return found


def _explanation(our: Amount | None, their: Amount | None, tolerance: Tolerance) -> str:
    if our is None or their is None:
        if our is None:
            return "The invoice has this contract; our settlement has no event of it." if their and their.gbp else ""
        return f"The invoice lacks this contract; we find £{our.gbp:,.2f}." if our.gbp else ""
    money = their.gbp - our.gbp
    if their.delivered_kwh is None or our.delivered_kwh is None:
        energy = None
    else:
        energy = their.delivered_kwh - our.delivered_kwh
    if energy is not None and abs(energy) > tolerance.kwh:
        return (
            f"Delivery differs: they count {abs(energy).normalize():f} kWh {_more(energy)}, so readings or baseline differ; "
            f"in money £{abs(money):,.2f} {_more(money)}."
        )
    if abs(money) <= tolerance.gbp:
        return ""
    why = "the energy is not stated on the invoice" if energy is None else "delivery agrees, so price or scaling differ"
    return f"They pay £{abs(money):,.2f} {_more(money)}: {why}."


def _more(difference: Decimal) -> str:
    return "more" if difference >= 0 else "less"
