"""The assets behind a contract, and whether each of them still stands when the contract is called. Pure.

A contract is called as a whole, so all assets of its bid are meant. One that was retired, or that the operator is asked
about again, is told; where none is left to deliver, the instruction is for a person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from markets.rules.words import moment

QUALIFIED = "qualified"
MOST_ASSETS = 4


@dataclass(frozen=True, slots=True)
class BidAsset:
    """An asset of a contract's bid. `retired_at` in market time; `qualification`: its state in the market, "" without."""

    ref: str
    name: str
    qualification: str
    retired_at: datetime | None = None


def asset_fact(
    contract: str, assets: Sequence[BidAsset], at: datetime | None
) -> tuple[tuple[str, bool | None, str], tuple[str, ...]]:
    """What to show of them, whether they can deliver (None: no asset is known), what to say if not; and remarks.

    `at`: when the call takes effect; None: now, so whatever is retired is.
    """
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
