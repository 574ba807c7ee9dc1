"""What a benchmark gives: two figures of one run and the limit on their ratio. Lower is better."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measured:
    """`ours` and `reference` are in `unit`; `also_ok` carries further limits, such as a tail or memory."""

    name: str
    ours: float
    reference: float
    limit: float
    unit: str
    also_ok: bool = True
    remark: str = ""

    @property
    def ratio(self) -> float:
        """Ours over the reference."""
        return self.ours / self.reference

    @property
    def ok(self) -> bool:
        """Whether every limit holds."""
        return self.ratio <= self.limit and self.also_ok

    def row(self) -> dict[str, Any]:
        """One object of `bench --json`."""
        return {
            "name": self.name,
            "ours": round(self.ours, 6),
            "reference": round(self.reference, 6),
            "ratio": round(self.ratio, 3),
            "limit": self.limit,
            "unit": self.unit,
            "ok": self.ok,
        }


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
