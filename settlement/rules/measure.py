"""What the assets of a contract did in an event, one by one and together: what a line is made of and unfolds to."""

from collections.abc import Sequence
from dataclasses import dataclass

from .baseline import Baseline, Baselines
from .delivery import Delivery, delivered
from .energy import Piece, pieces, span_wmin
from .events import ContractTerms, Event
from .nominated import WeekBaselines


@dataclass(frozen=True)
class AssetMeter:
    """An asset, with its readings and what its baselines are drawn from."""

    ref: str
    baselines: Baselines | WeekBaselines


@dataclass(frozen=True)
class AssetInEvent:
    """One asset: watt-minutes per settlement interval, + export, None where any of them was not read; then it has no
    baseline either. Without a baseline, too, it counts for nothing."""

    ref: str
    metered_wmin: tuple[int, ...] | None
    baseline: Baseline | None


@dataclass(frozen=True)
class Measured:
    """An event cut at the settlement intervals, its assets, and what they delivered together."""

    cut: tuple[Piece, ...]
    assets: tuple[AssetInEvent, ...]
    delivery: Delivery

    @property
    def read(self) -> int:
        """How many assets count."""
        return sum(asset.baseline is not None for asset in self.assets)


def measure(event: Event, contract: ContractTerms, meters: Sequence[AssetMeter], interval_minutes: int) -> Measured:
    """Meters the event and compares it with the baselines, interval by interval, summed over the assets that count."""
    cut = pieces(event.starts_at, event.ends_at, interval_minutes)
    metered_wmin, baseline_w = [0] * len(cut), [0] * len(cut)
    assets = []
    for meter in meters:
        energy = span_wmin(meter.baselines.meter, cut)
        baseline = None
        if energy is not None:
            baseline = meter.baselines.of(event.starts_at, event.ends_at)
            if baseline is not None:
                metered_wmin = [a + b for a, b in zip(metered_wmin, energy, strict=True)]
                baseline_w = [a + b for a, b in zip(baseline_w, baseline.watts, strict=True)]
        assets.append(AssetInEvent(meter.ref, None if energy is None else tuple(energy), baseline))
    done = delivered(
        metered_wmin=metered_wmin,
        baseline_w=baseline_w,
        minutes=[piece.minutes for piece in cut],
        instructed_kw=event.instructed_kw,
        turn_up=contract.turn_up,
    )
    return Measured(cut, tuple(assets), done)
