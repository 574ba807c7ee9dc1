"""NGED's labels and column order: the one file where the column names of its auctions stand.

Test parties rename and reorder columns, so nothing else in the project spells one. `field` is our name for
the column, the same in every file; `kind` says how a cell is read and written (see `wire.values`).
Sources: the header of Trade Results Summary, and NGED's data dictionary for the other two files.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a cell holds. The value of a quantity is its unit, as error messages name it."""

    TEXT = "text"
    KW = "kW"
    MW = "MW"  # read into kW, so that no MW travels further than this edge
    KV = "kV"
    GBP_PER_MW_H = "GBP/MW/h"
    GBP_PER_MWH = "GBP/MWh"
    GBP_PER_KW = "GBP/kW"
    COUNT = "whole number"
    DATE = "date"
    INSTANT = "local date and time"
    TIME = "time"
    WEEKDAYS = "weekdays"
    NAMES = "quoted names"
    OUTCOME = "outcome"
    DECISION = "decision"
    YES_NO = "Yes or No"
    SERVICE = "required service"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one file."""

    field: str
    label: str
    kind: Kind = Kind.TEXT


_ZONE = Column("zone", "CMZ Code")
_PRODUCT = Column("product", "Flexibility Product")
_NAME = Column("name", "Trade Opportunity Name")

_AUCTION = (
    Column("ceiling_availability", "Tendered Ceiling Availability Price", Kind.GBP_PER_MW_H),
    Column("ceiling_utilisation", "Tendered Ceiling Utilisation Price", Kind.GBP_PER_MWH),
    Column("ceiling_sustain", "Tendered Sustain Ceiling Price", Kind.GBP_PER_KW),
    Column("opens_on", "Trade Open Date", Kind.DATE),
    Column("closes_on", "Trade Close Date", Kind.DATE),
    Column("company", "Company Name"),
    Column("offered_kw", "Offered Capacity [kW]", Kind.KW),
    Column("offered_availability", "Offered Availability Price", Kind.GBP_PER_MW_H),
    Column("offered_utilisation", "Offered Utilisation Price", Kind.GBP_PER_MWH),
    Column("offered_sustain", "Offered Sustain Price", Kind.GBP_PER_KW),
    Column("outcome", "Trade Outcome", Kind.OUTCOME),
    Column("accepted_kw", "Accepted Capacity [kW]", Kind.KW),
    Column("awarded_availability", "Awarded Availability Price", Kind.GBP_PER_MW_H),
    Column("awarded_utilisation", "Awarded Utilisation Price", Kind.GBP_PER_MWH),
    Column("awarded_sustain", "Awarded Sustain Price", Kind.GBP_PER_KW),
    Column("technology", "Technology Type"),
    Column("assets", "Number of Assets", Kind.COUNT),
    Column("installed_kw", "Total Asset Installed Capacity", Kind.KW),
    Column("for_restore", "Available for Restore", Kind.YES_NO),
    Column("restore_price", "Restore Price", Kind.GBP_PER_MWH),
)

# One row per offer and technology; its windows are summed up to their hull and their peak.
RESULTS_SUMMARY = (
    _ZONE,
    _PRODUCT,
    _NAME,
    Column("windows", "Trade Windows", Kind.NAMES),
    Column("first_day", "Trade Opportunity Delivery Start Date", Kind.DATE),
    Column("last_day", "Trade Opportunity Delivery End Date", Kind.DATE),
    Column("weekdays", "Service Days Across All Windows", Kind.WEEKDAYS),
    Column("start_time", "Earliest Start Time", Kind.TIME),
    Column("end_time", "Latest End Time", Kind.TIME),
    Column("required_kw", "Peak Tendered Capacity", Kind.KW),
    *_AUCTION,
)

# One row per offer, window and technology.
RESULTS = (
    _ZONE,
    _PRODUCT,
    _NAME,
    Column("window", "Trade Window Name"),
    Column("first_day", "Delivery Start Date", Kind.DATE),
    Column("last_day", "Delivery End Date", Kind.DATE),
    Column("weekdays", "Service Days", Kind.WEEKDAYS),
    Column("start_time", "Delivery Start Time", Kind.TIME),
    Column("end_time", "Delivery End Time", Kind.TIME),
    Column("required_kw", "Tendered Capacity [kW]", Kind.KW),
    *_AUCTION,
)

# Trade Results without its offers: what is asked for, a row per window. Our export of competitions, to be sent back.
WINDOWS = RESULTS[: [column.field for column in RESULTS].index("company")]

# One row per half-hour of a requirement. Capacities in MW, instants in London time.
SHORT_TERM_PARAMETERS = (
    _ZONE,
    Column("zone_name", "CMZ Name"),
    _NAME,
    Column("voltage_kv", "Maximum Connection Voltage", Kind.KV),
    Column("opens_at", "Trade Opening Date", Kind.INSTANT),
    Column("closes_at", "Trade Closing Date", Kind.INSTANT),
    Column("licence_area", "Licence Area"),
    _PRODUCT,
    Column("programme", "Flexibility Programme"),
    Column("direction", "Required Service", Kind.SERVICE),
    Column("ceiling_availability", "Availability Ceiling Price", Kind.GBP_PER_MW_H),
    Column("ceiling_utilisation", "Utilisation Ceiling Price", Kind.GBP_PER_MWH),
    Column("delivery_date", "Delivery Date", Kind.DATE),
    Column("start_time", "Delivery Start Time", Kind.TIME),
    Column("end_time", "Delivery End Time", Kind.TIME),
    Column("minimum_kw", "Minimum Trade Required Capacity", Kind.MW),
    Column("required_kw", "Maximum Trade Required Capacity", Kind.MW),
)

# WHERE All Postcodes: one row per postcode.
POSTCODES = (
    Column("postcode", "Postcode"),
    Column("hv_zone", "HV CMZ Code"),
    Column("hv_name", "HV Zone Name"),
    Column("lv_zone", "LV CMZ Code"),
    Column("lv_name", "LV Zone Name"),
    Column("primary_substation", "Primary Substation Name"),
    Column("primary_substation_number", "Primary Substation Number"),
    Column("grid_supply_point", "GSP Name"),
)

# Assets on offer, to be decided on. NGED has no file for it, so the labels are ours (A); an empty decision is none.
QUALIFICATIONS = (
    Column("asset", "Asset Number", Kind.COUNT),
    Column("company", "Company Name"),
    Column("ref", "Asset Reference"),
    Column("name", "Asset Name"),
    Column("technology", "Technology Type"),
    Column("postcode", "Postcode"),
    Column("import_mpan", "Import MPAN"),
    Column("export_mpan", "Export MPAN"),
    Column("zones", "CMZ Codes"),
    Column("import_kw", "Maximum Import Capacity [kW]", Kind.KW),
    Column("export_kw", "Maximum Export Capacity [kW]", Kind.KW),
    Column("decision", "Decision", Kind.DECISION),
    Column("reason", "Reason"),
)

# What a rehearsal adds to the rows of Trade Results Summary. `price` is GBP/kW for a price per season,
# else the utilisation price.
REHEARSED = (
    Column("outcome", "Rehearsed Outcome", Kind.OUTCOME),
    Column("accepted_kw", "Rehearsed Accepted Capacity [kW]", Kind.KW),
    Column("price", "Rehearsed Price", Kind.GBP_PER_MWH),
    Column("availability_price", "Rehearsed Availability Price", Kind.GBP_PER_MW_H),
)


def label_of(columns: tuple[Column, ...], field: str) -> str:
    """NGED's label of our `field` in one file. Raises KeyError for a field the file has not."""
    return {column.field: column.label for column in columns}[field]
