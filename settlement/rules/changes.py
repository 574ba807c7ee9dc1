"""What a rerun changed: the lines of two versions of a run, compared one by one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

ZERO = Decimal(0)

type LineKey = tuple[int, int, int, datetime]
"""Contract, window (or 0), instruction (or 0), start: what a line is about, in every version."""


@dataclass(frozen=True)
class Outcome:
    """What a line says in the end."""

    seller_id: int
    delivered_kwh: Decimal
    total_gbp: Decimal


@dataclass(frozen=True)
class Change:
    """One line that differs; None where a version lacks it."""

    key: LineKey
    seller_id: int
    before: Outcome | None
    after: Outcome | None

    @property
    def difference_gbp(self) -> Decimal:
        """After minus before."""
        return (self.after.total_gbp if self.after else ZERO) - (self.before.total_gbp if self.before else ZERO)


def changes(before: Mapping[LineKey, Outcome], after: Mapping[LineKey, Outcome]) -> list[Change]:
    """Every line that was added, dropped, or now delivers or pays otherwise; by contract and time."""
    return [
        Change(key, (after.get(key) or before[key]).seller_id, before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def change_sentence(found: Iterable[Change]) -> str:
    """What changed, in one sentence; empty where nothing did."""
    found = list(found)
    if not found:
        return ""
    added = sum(change.before is None for change in found)
    dropped = sum(change.after is None for change in found)
    total = sum((change.difference_gbp for change in found), ZERO)
    return (
        f"{len(found)} lines differ from the version before ({added} new, {dropped} dropped): "
        f"{'+' if total >= 0 else '−'}£{abs(total):,.2f} in all."
    )
