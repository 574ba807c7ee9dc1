"""The rows of NGED's files, typed: one field per column, under the names of `columns.py`."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from piclo_nged.dso.nged.products import Direction
from piclo_nged.dso.nged.wire.season import Outcome, Prices


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionRow:
    """What the two results files share. Prices per season are those of Sustain."""

    zone: str
    product: str
    name: str
    first_day: date
    last_day: date
    weekdays: tuple[int, ...]
    start_time: time
    end_time: time
    required_kw: Decimal
    ceiling_availability: Decimal
    ceiling_utilisation: Decimal
    ceiling_sustain: Decimal
    opens_on: date
    closes_on: date
    company: str
    offered_kw: Decimal
    offered_availability: Decimal
    offered_utilisation: Decimal
    offered_sustain: Decimal
    outcome: Outcome
    accepted_kw: Decimal
    awarded_availability: Decimal
    awarded_utilisation: Decimal
    awarded_sustain: Decimal
    technology: str
    assets: int
    installed_kw: Decimal
    for_restore: bool
    restore_price: Decimal

    @property
    def ceiling(self) -> Prices:
        """The dearest prices that NGED pays."""
        return Prices(self.ceiling_availability, self.ceiling_utilisation, self.ceiling_sustain)

    @property
    def offered(self) -> Prices:
        """The prices that the company asked."""
        return Prices(self.offered_availability, self.offered_utilisation, self.offered_sustain)

    @property
    def awarded(self) -> Prices:
        """The prices that NGED gave."""
        return Prices(self.awarded_availability, self.awarded_utilisation, self.awarded_sustain)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow(AuctionRow):
    """Trade Results Summary: windows by name; days, times and requirement are their hull and peak."""

    windows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow(AuctionRow):
    """Trade Results: one window of an offer."""

    window: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationRow:
    """An asset on offer, and what is decided about it: qualified, refused, or nothing yet."""

    asset: int
    company: str
    ref: str
    name: str
    technology: str
    postcode: str
    import_mpan: str
    export_mpan: str
    zones: str
    import_kw: Decimal
    export_kw: Decimal
    decision: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterRow:
    """Short Term Trade Parameters: one half-hour of a requirement (in kW here, in MW in the file)."""

    zone: str
    zone_name: str
    name: str
    voltage_kv: Decimal | None
    opens_at: datetime
    closes_at: datetime
    licence_area: str
    product: str
    programme: str
    direction: Direction
    ceiling_availability: Decimal
    ceiling_utilisation: Decimal
    delivery_date: date
    start_time: time
    end_time: time
    minimum_kw: Decimal
    required_kw: Decimal

    @property
    def ceiling(self) -> Prices:
        """The dearest prices that NGED pays."""
        return Prices(self.ceiling_availability, self.ceiling_utilisation)
