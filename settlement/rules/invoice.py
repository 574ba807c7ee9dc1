"""The operator's invoice against our settlement: a shadow check, contract by contract, each difference explained.

The operator computes and issues the invoice; ours is never a second bill. Within the tolerance nothing is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

PENCE = Decimal("0.01")
KWH = Decimal("0.001")


@dataclass(frozen=True)
class Amount:
    """What one side says of a contract in a month. Energy is None where the side does not state it."""

    gbp: Decimal
    delivered_kwh: Decimal | None = None


@dataclass(frozen=True)
class Tolerance:
    """How far apart both sides may be (our assumption): a penny, and a watt-hour."""

    gbp: Decimal = PENCE
    kwh: Decimal = KWH


@dataclass(frozen=True)
class InvoiceDifference:
    """One contract on which both sides differ. A side is None where it lacks the contract."""

    contract: str
    ours: Amount | None
    theirs: Amount | None
    explanation: str


def compare_invoice(
    ours: Mapping[str, Amount], theirs: Mapping[str, Amount], tolerance: Tolerance | None = None
) -> list[InvoiceDifference]:
    """Compares by contract, in order of its name; empty where both sides agree within the tolerance."""
    tolerance = tolerance or Tolerance()
    found = []
    for contract in sorted(ours.keys() | theirs.keys()):
        our, their = ours.get(contract), theirs.get(contract)
        if explanation := _explanation(our, their, tolerance):
            found.append(InvoiceDifference(contract, our, their, explanation))
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
