"""The operator's invoice against our settlement: a shadow check, contract by contract, each difference explained.

The operator computes and issues the invoice; ours is never a second bill. Every contract is told, so that the differences
add up to that of both sums; within the tolerance nothing is said of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .pay import ZERO


@dataclass(frozen=True)
class Amount:
    """What one side says of a contract in a month; None is what it does not state. Energy: + export, - import.

    `without_energy`: how many of its lines do not state what was delivered.
    """

    gbp: Decimal
    delivered_kwh: Decimal | None = None
    metered_kwh: Decimal | None = None
    baseline_kwh: Decimal | None = None
    price_gbp_per_mwh: Decimal | None = None
    without_energy: int = 0


class Cause(StrEnum):
    """Why both sides differ, as far as their figures tell."""

    READINGS = "readings differ"
    BASELINE = "baseline differs"
    PRICE = "price differs"
    NOT_IN_OURS = "not in ours"
    NOT_IN_THEIRS = "not in theirs"
    OTHER = "other"


@dataclass(frozen=True)
class Tolerance:
    """How far apart both sides may be on a contract: a setting of the market's terms."""

    gbp: Decimal
    kwh: Decimal


@dataclass(frozen=True)
class ComparedContract:
    """One contract on both sides. A side is None where it lacks the contract; within tolerance there is no cause."""

    contract: str
    ours: Amount | None
    theirs: Amount | None
    cause: Cause | None
    explanation: str

    @property
    def is_within_tolerance(self) -> bool:
        return self.cause is None

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
        found.append(ComparedContract(contract, our, their, *_explained(our, their, tolerance)))
    return found


def total(amounts: Sequence[Amount]) -> Amount:
    """Lines of one contract as one amount: what is stated adds up, and how many lines state no energy is counted."""
    prices = {amount.price_gbp_per_mwh for amount in amounts} - {None}
    unstated = sum(amount.delivered_kwh is None for amount in amounts)
    return Amount(
        gbp=sum((amount.gbp for amount in amounts), ZERO),
        delivered_kwh=_stated(amount.delivered_kwh for amount in amounts),
        metered_kwh=_stated(amount.metered_kwh for amount in amounts),
        baseline_kwh=_stated(amount.baseline_kwh for amount in amounts),
        price_gbp_per_mwh=prices.pop() if len(prices) == 1 else None,
        without_energy=unstated,
    )


def _stated(figures: Iterable[Decimal | None]) -> Decimal | None:
    stated = [figure for figure in figures if figure is not None]
    return sum(stated, ZERO) if stated else None


def _explained(our: Amount | None, their: Amount | None, tolerance: Tolerance) -> tuple[Cause | None, str]:
    if our is None or their is None:
        if their and their.gbp:
            return Cause.NOT_IN_OURS, "The invoice has this contract; our settlement has no event of it."
        if our and our.gbp:
            return Cause.NOT_IN_THEIRS, f"The invoice lacks this contract; we find £{our.gbp:,.2f}."
        return None, ""
    money = their.gbp - our.gbp
    energy = _apart(their.delivered_kwh, our.delivered_kwh)
    if energy is not None and abs(energy) > tolerance.kwh:
        cause, why = _why_energy(our, their, tolerance)
        return cause, (
            f"Delivery differs: they count {abs(energy).normalize():f} kWh {_more(energy)}, {why}; "
            f"in money £{abs(money):,.2f} {_more(money)}.{_unstated(their)}"
        )
    if abs(money) <= tolerance.gbp:
        return None, ""
    cause, why = _why_money(our, their)
    return cause, f"They pay £{abs(money):,.2f} {_more(money)}: {why}.{_unstated(their)}"


def _why_energy(our: Amount, their: Amount, tolerance: Tolerance) -> tuple[Cause, str]:
    """Readings first: a baseline is drawn from them. What one side does not state is concluded where the other agrees."""
    readings, baseline = _apart(their.metered_kwh, our.metered_kwh), _apart(their.baseline_kwh, our.baseline_kwh)
    if readings is not None and abs(readings) > tolerance.kwh:
        also = " and baseline" if baseline is not None and abs(baseline) > tolerance.kwh else ""
        return Cause.READINGS, f"since readings{also} differ (metered: {readings.normalize():+f} kWh)"
    if baseline is not None and abs(baseline) > tolerance.kwh:
        return Cause.BASELINE, f"since the baseline differs ({baseline.normalize():+f} kWh)"
    if readings is None and baseline is None:
        return Cause.OTHER, "so readings or baseline differ"
    if readings is None:
        return Cause.READINGS, "and the baseline agrees, so readings differ"
    if baseline is None:
        return Cause.BASELINE, "and readings agree, so the baseline differs"
    return Cause.OTHER, "although readings and baseline agree"


def _why_money(our: Amount, their: Amount) -> tuple[Cause, str]:
    price = _apart(their.price_gbp_per_mwh, our.price_gbp_per_mwh)
    if price:
        return (
            Cause.PRICE,
            f"their price is £{their.price_gbp_per_mwh:,.2f}/MWh, ours £{our.price_gbp_per_mwh:,.2f}/MWh",
        )
    if their.delivered_kwh is None:
        return Cause.OTHER, "the energy is not stated on the invoice"
    if price is None:
        return Cause.OTHER, "delivery agrees, so price or scaling differ"
    return Cause.OTHER, "delivery and price agree, so availability or scaling differ"


def _apart(theirs: Decimal | None, ours: Decimal | None) -> Decimal | None:
    """Theirs less ours; None where a side does not state it."""
    return None if theirs is None or ours is None else theirs - ours


def _unstated(their: Amount) -> str:
    """Said where some of their lines state energy and others do not."""
    if their.delivered_kwh is None or not their.without_energy:
        return ""
    return f" Lines of theirs that state no energy: {their.without_energy}."


def _more(difference: Decimal) -> str:
    return "more" if difference >= 0 else "less"
