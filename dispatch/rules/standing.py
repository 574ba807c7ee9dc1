"""The assets behind a contract, and whether each of them still stands when the contract is called. Pure.

Where a trigger names no asset, a contract is called as a whole: all assets of its bid are meant. One that was retired, or
that the operator is asked about again, is told; where none is left to deliver, the instruction is for a person.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from markets.rules.words import moment

QUALIFIED = "qualified"
NUMBER = re.compile("[1-9][0-9]{0,17}")
MOST_ASSETS = 4


@dataclass(frozen=True, slots=True)
class BidAsset:
    """An asset of a contract's bid. `asset_id` is the number by which the operator knows it, beside `ref`. `retired_at` in market time; `qualification`: its state in the market, "" without."""

    asset_id: int
    ref: str
    name: str
    qualification: str
    retired_at: datetime | None = None

    def is_called(self, named: str) -> bool:
        """Whether the operator means this one."""
        return named.casefold() in (self.ref.casefold(), str(self.asset_id))


def asset_number(named: str) -> int | None:
    """Our number of an asset, where the operator's name for it may be one."""
    return int(named) if NUMBER.fullmatch(named) else None


def asset_fact(
    contract: str, assets: Sequence[BidAsset], at: datetime | None, *, named: str
) -> tuple[tuple[str, bool | None, str], tuple[str, ...]]:
    """What to show of them, whether they can deliver (None: no asset is known), what to say if not; and remarks.

    `at`: when the call takes effect; None: now, so whatever is retired is. `named`: the one that is called; empty: all.
    """
    called = [asset for asset in assets if asset.is_called(named)] if named else assets
    if named and not called:
        ours = _shown(assets, {}) or "none that is known"
        return (ours, False, f"The trigger calls asset {named}; behind contract {contract} stands {ours}."), ()
    return _standing(contract, called, at)


def _standing(
    contract: str, assets: Sequence[BidAsset], at: datetime | None
) -> tuple[tuple[str, bool | None, str], tuple[str, ...]]:
    if not assets:
        return ("none is known", None, ""), ()
    troubles = {asset.ref: trouble for asset in assets if (trouble := _trouble(asset, at))}
    told = tuple(f"Asset {ref} of contract {contract} {trouble}." for ref, trouble in troubles.items())
    if len(troubles) == len(assets):
        sentence = (
            f"The trigger calls the assets of contract {contract}; none can deliver. {' '.join(told[:MOST_ASSETS])}"
        )
        return (_shown(assets, troubles), False, sentence), ()
    return (_shown(assets, troubles), True, ""), told


def _trouble(asset: BidAsset, at: datetime | None) -> str:
    if asset.retired_at is not None and (at is None or asset.retired_at <= at):
        return f"was retired on {moment(asset.retired_at)}"
    if asset.qualification != QUALIFIED:
        return {
            "offered": "waits for the operator's decision, after it changed or was offered anew",
            "refused": "was refused by the operator",
        }.get(asset.qualification, "was never offered to this market")
    return ""


def _shown(assets: Sequence[BidAsset], troubles: dict[str, str]) -> str:
    def each() -> Iterator[str]:
        for asset in sorted(assets, key=lambda asset: (asset.ref not in troubles, asset.ref))[:MOST_ASSETS]:
            yield f"{asset.ref} {asset.name}" + (f": {troubles[asset.ref]}" if asset.ref in troubles else "")

    more = len(assets) - MOST_ASSETS
    return "; ".join(each()) + (f"; and {more} more" if more > 0 else "")
