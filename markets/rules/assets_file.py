"""A seller's assets as CSV: the columns that sellers know from Piclo's own export, read strictly, every fault at once.

Units stand in the header, so the header itself says how the file is read. Columns may come in any order, and those that
are not required may be left out. Nothing here looks anything up: what is known of a seller is for the operation.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ..problems import RowProblem
from .csv_text import rows_of, text_of
from .notices import AssetEntry
from .registering import INTERVALS
from .sheets import as_typed

MOST_ROWS = 10_000
FOUR_PLACES, SIX_PLACES = Decimal("0.0001"), Decimal("0.000001")
LARGEST_WHOLE = 2**31 - 1
VOLTAGES = {"lv": "low voltage", "hv": "high voltage", "ehv": "extra high voltage"}


@dataclass(frozen=True)
class AssetsFile:
    """The rows that can be read, and every fault of the others."""

    entries: tuple[AssetEntry, ...]
    faults: tuple[RowProblem, ...]


@dataclass(frozen=True)
class Column:
    """One column: its label in the header, our field, how a cell is read, and what to write in it."""

    label: str
    field: str
    read: Callable[[str], Any]
    says: str
    required: bool = False


def _text(longest: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"Too long: at most {longest} characters.")
        if any(ord(letter) < 32 for letter in cell):
            raise ValueError("It holds a control character or a line break: take it out.")
        return cell

    return read


def _one_of(known: Iterable[str]) -> Callable[[str], str]:
    words = list(known)

    def read(cell: str) -> str:
        word = cell.casefold()
        if word not in words:
            raise ValueError(f"Write one of: {', '.join(words)}.")
        return word

    return read


def _number(places: Decimal, example: str) -> Callable[[str], Decimal]:
    def read(cell: str) -> Decimal:
        try:
            number = Decimal(cell)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) >= 10**10:
            raise ValueError(f"Write a plain number such as {example}; the unit stands in the header.")
        return number.quantize(places)

    return read


def _whole(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit()) or int(cell[:11]) > LARGEST_WHOLE:
        raise ValueError("Write a whole number, such as 30.")
    return int(cell)


def _day(cell: str) -> date:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(cell, pattern).date()
        except ValueError:
            continue
    raise ValueError("Write the date as 2027-04-01 or 01/04/2027.")


def _meter(cell: str) -> str:
    if "e+" in cell.casefold():
        raise ValueError(
            "Your spreadsheet has rounded this number: format the column as text and enter the MPAN again."
        )
    return _text(30)(cell.removeprefix("'"))


def _zones(cell: str) -> tuple[str, ...]:
    return tuple(cell.replace(",", " ").replace(";", " ").split())


_KW, _DEGREES = _number(FOUR_PLACES, "12.5"), _number(SIX_PLACES, "52.9548")
_CATEGORY, _SCALE = ("demand", "generation", "storage"), ("domestic", "commercial", "industrial", "grid")
COLUMNS = (
    Column("ref", "ref", _text(60), "Your own reference of the asset, never used twice.", True),
    Column("name", "name", _text(200), "A name that people recognise.", True),
    Column("asset_type", "technology", _text(80), "The kind of asset, for example EV charge point or battery.", True),
    Column("asset_count", "device_count", _whole, "Number of devices; empty: 1."),
    Column("asset_category", "category", _one_of(_CATEGORY), f"{', '.join(_CATEGORY)}, or empty."),
    Column("asset_scale", "scale", _one_of(_SCALE), f"{', '.join(_SCALE)}, or empty."),
    Column("voltage_level", "voltage_level", _one_of(VOLTAGES), "lv (below 1 kV), hv or ehv (above 33 kV); empty: lv."),
    Column(
        "postcode",
        "postcode",
        _text(10),
        "Where it is connected, whole: it decides the zone. Needed, unless you name the zones.",
    ),
    Column("zones", "zones", _zones, "Zone codes with a space between, only where we do not find the postcode."),
    Column("latitude [degrees]", "latitude", _DEGREES, "For example 52.9548."),
    Column("longitude [degrees]", "longitude", _DEGREES, "For example -1.1581."),
    Column("import_meter_id", "import_meter_id", _meter, "Import MPAN, 13 digits. This or the next is needed."),
    Column("export_meter_id", "export_meter_id", _meter, "Export MPAN, 13 digits."),
    Column(
        "max_import_capacity [kW]",
        "max_import_capacity_kw",
        _KW,
        "The most it can take from the network. This or the next is needed.",
    ),
    Column("max_export_capacity [kW]", "max_export_capacity_kw", _KW, "The most it can send to the network."),
    Column(
        "active_import_capacity [kW]", "active_import_kw", _KW, "What it can offer of its import; empty: all of it."
    ),
    Column(
        "active_export_capacity [kW]", "active_export_kw", _KW, "What it can offer of its export; empty: all of it."
    ),
    Column("reactive_import_capacity [kVAr]", "reactive_import_kvar", _KW, ""),
    Column("reactive_export_capacity [kVAr]", "reactive_export_kvar", _KW, ""),
    Column("response_time [minutes]", "response_time_minutes", _whole, "From the instruction to full delivery."),
    Column("min_runtime [minutes]", "min_runtime_minutes", _whole, "The shortest run."),
    Column("max_runtime [minutes]", "max_runtime_minutes", _whole, "The longest run."),
    Column("recovery_time [minutes]", "recovery_time_minutes", _whole, "The rest before it can run again."),
    Column(
        "connection_status",
        "connection_status",
        _one_of(("operational", "planned")),
        "operational or planned; empty: operational.",
    ),
    Column("operational_date", "operational_date", _day, "The first day in operation; needed where it is planned."),
    Column("metering_point", "metering_point", _one_of(("boundary", "asset")), "boundary or asset; empty: boundary."),
    Column(
        "meter_interval [minutes]",
        "meter_interval_minutes",
        _whole,
        f"{' or '.join(map(str, INTERVALS))}: how often it is read; empty: 30.",
    ),
    Column("supplier", "supplier", _text(100), "Who sends the electricity bill."),
)
LABELS = {column.field: column.label for column in COLUMNS}
_BY_LABEL = {column.label.casefold(): column for column in COLUMNS}


def read_assets(content: bytes) -> AssetsFile:
    """Reads the whole file. Raises UnreadableFile for what is no such file at all; a bad header leaves no rows."""
    rows = rows_of(text_of(content), MOST_ROWS)
    columns, faults = _header([name.strip() for name in next(rows)[1]])
    if faults:
        return AssetsFile((), tuple(faults))
    entries: list[AssetEntry] = []
    for line, row in rows:
        entry, wrong = _entry(row, line, columns)
        entries += [entry] if entry else []
        faults += wrong
    if not entries and not faults:
        faults = [RowProblem(1, "", "", "The file has a header and no rows.")]
    return AssetsFile(tuple(entries), tuple(faults))


def cells(entry: AssetEntry) -> list[str]:
    """The entry as a row under all the columns, as `read_assets` reads it."""
    return [_cell(getattr(entry, column.field)) for column in COLUMNS]


def _cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple):
        return " ".join(value)
    return "" if value is None else str(value)


def _header(names: Sequence[str]) -> tuple[list[Column], list[RowProblem]]:
    known = [_BY_LABEL.get(name.casefold()) for name in names]
    faults = [
        RowProblem(1, name, name, _unknown(name)) for name, column in zip(names, known, strict=True) if column is None
    ]
    columns = [column for column in known if column]
    for column in COLUMNS:
        if columns.count(column) > 1:
            faults.append(RowProblem(1, column.label, column.label, "This column stands twice."))
        if column.required and column not in columns:
            faults.append(RowProblem(1, column.label, "", f"Add the column {column.label}. {column.says}"))
    return columns, faults


def _unknown(name: str) -> str:
    if not name:
        return "A column without a name: name it, or take it out."
    base = name.split("[")[0].strip().casefold()
    meant = next((column.label for column in COLUMNS if column.label.split("[")[0].strip() == base), "")
    return (
        f"Write this column as {meant}, and its numbers in this unit."
        if meant
        else "We do not know this column: take it out."
    )


def _entry(row: Sequence[str], line: int, columns: Sequence[Column]) -> tuple[AssetEntry | None, list[RowProblem]]:
    if len(row) != len(columns):
        reason = f"This row has {len(row)} values; the header has {len(columns)} columns."
        return None, [RowProblem(line, "", "", reason)]
    values: dict[str, Any] = {"ref": "", "name": "", "technology": ""}
    faults = []
    for cell, column in zip(map(as_typed, row), columns, strict=True):
        if cell:
            try:
                values[column.field] = column.read(cell)
            except ValueError as error:
                faults.append(RowProblem(line, column.label, cell, str(error)))
    return (None if faults else AssetEntry(**values, line=line)), faults
