"""What crosses the border of the markets app: plain values that interfaces build and operations take.

Interfaces (the operator's dialect, forms, files) translate into these; `line` is the row they came from, for errors.
Capacities are kW, prices stand in their units, days are inclusive, local times are London's, instants are aware.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from ..problems import RowProblem

ZERO = Decimal(0)


@dataclass(frozen=True)
class WindowNotice:
    """A service window. `local_end` at or before `local_start` means the next day; `minimum_kw` 0 takes any offer."""

    name: str
    first_day: date
    last_day: date
    weekdays: tuple[int, ...]
    local_start: time
    local_end: time
    required_kw: Decimal
    minimum_kw: Decimal = ZERO


@dataclass(frozen=True)
class CompetitionNotice:
    """A competition as the operator publishes it.

    `direction` is turn_down or turn_up, empty: the product's. Assets connected above `max_connection_kv` can't take part.
    """

    reference: str
    name: str
    product: str
    zone_code: str
    opens_at: datetime
    closes_at: datetime
    first_day: date
    last_day: date
    required_kw: Decimal
    windows: tuple[WindowNotice, ...]
    zone_name: str = ""
    licence_area: str = ""
    zone_level: str = "hv"
    direction: str = ""
    availability_ceiling_gbp_per_mw_h: Decimal = ZERO
    utilisation_ceiling_gbp_per_mwh: Decimal = ZERO
    sustain_ceiling_gbp_per_kw: Decimal = ZERO
    max_connection_kv: Decimal | None = None
    line: int = 0


@dataclass(frozen=True)
class Offer:
    """A bid as a seller states it: one capacity and one set of prices for the named windows of a competition."""

    competition: str
    windows: tuple[str, ...]
    capacity_kw: Decimal
    availability_gbp_per_mw_h: Decimal = ZERO
    utilisation_gbp_per_mwh: Decimal = ZERO
    sustain_gbp_per_kw: Decimal = ZERO
    max_runtime_minutes: int | None = None
    assets: tuple[str, ...] = ()
    seller_ref: str = ""
    line: int = 0


@dataclass(frozen=True)
class BidResult:
    """The operator's decision on one bid."""

    bid: str
    accepted: bool
    accepted_kw: Decimal = ZERO
    availability_gbp_per_mw_h: Decimal = ZERO
    utilisation_gbp_per_mwh: Decimal = ZERO
    sustain_gbp_per_kw: Decimal = ZERO
    reason: str = ""
    line: int = 0


@dataclass(frozen=True)
class UnknownOffer:
    """A decision on an offer that is no bid here: what was `offered` by whom and what was `told` of it, in words.

    `problem` names the row of the operator's file, and why no bid can be meant.
    """

    offered: str
    told: str
    problem: RowProblem


@dataclass(frozen=True)
class NoResponse:
    """The operator says that nobody bid in a window."""

    competition: str
    window: str
    line: int = 0


@dataclass(frozen=True)
class QualificationDecision:
    """The operator's decision on an asset. `status` is qualified or refused."""

    asset_id: int
    status: str
    reason: str = ""
    line: int = 0


@dataclass(frozen=True)
class ListedContract:
    """A contract as the operator lists it, for reconciliation."""

    bid: str
    accepted_kw: Decimal
    availability_gbp_per_mw_h: Decimal = ZERO
    utilisation_gbp_per_mwh: Decimal = ZERO
    sustain_gbp_per_kw: Decimal = ZERO
    line: int = 0


@dataclass(frozen=True)
class AssetEntry:
    """An asset as a seller registers it; `zones` are codes of the operator's zones, where the postcode does not say.

    None and empty: not said. `active_*` is what of the connection it can offer; without it, all of it.
    """

    ref: str
    name: str
    technology: str
    category: str = ""
    scale: str = ""
    device_count: int = 1
    voltage_level: str = "lv"
    connection_status: str = "operational"
    operational_date: date | None = None
    postcode: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    import_meter_id: str = ""
    export_meter_id: str = ""
    zones: tuple[str, ...] = field(default=())
    max_import_capacity_kw: Decimal = ZERO
    max_export_capacity_kw: Decimal = ZERO
    active_import_kw: Decimal | None = None
    active_export_kw: Decimal | None = None
    reactive_import_kvar: Decimal | None = None
    reactive_export_kvar: Decimal | None = None
    response_time_minutes: int | None = None
    min_runtime_minutes: int | None = None
    max_runtime_minutes: int | None = None
    recovery_time_minutes: int | None = None
    metering_point: str = "boundary"
    meter_interval_minutes: int = 30
    supplier: str = ""
    line: int = 0


@dataclass(frozen=True)
class ZoneNotice:
    """A zone as the operator's table of postcodes names it. `level` is hv or lv."""

    code: str
    name: str
    licence_area: str
    level: str


@dataclass(frozen=True)
class PostcodeNotice:
    """Where a postcode lies. `code` is written as tables hold it: NG11AA."""

    code: str
    hv_zone: ZoneNotice | None
    lv_zone: ZoneNotice | None
    primary_substation: str = ""
    primary_substation_number: str = ""
    grid_supply_point: str = ""
