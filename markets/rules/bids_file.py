"""A seller's CSV of bids: one row per bid, read strictly, every fault of every row at once.

Numbers are written 1234.5; several windows or assets of one bid stand in one cell, with | between them. Labels and
their order stand here alone. A column that is not known is refused: a misspelt one would change a bid unseen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..problems import RowProblem
from .csv_text import UnreadableFile, rows_of, text_of
from .notices import ZERO, Offer
from .numbers import NUMBER, why_no_number
from .sheets import as_typed, csv_lines

LABELS = {
    "competition": "Competition Ref",
    "name": "Competition Name",
    "closes": "Bidding closes [London time]",
    "windows": "Service Window Name",
    "capacity_kw": "Offered capacity [kW]",
    "availability_gbp_per_mw_h": "Availability price [GBP/MW/h]",
    "utilisation_gbp_per_mwh": "Utilisation price [GBP/MWh]",
    "sustain_gbp_per_kw": "Sustain price [GBP/kW]",
    "max_runtime_minutes": "Maximum run time [minutes]",
    "assets": "Assets",
    "seller_ref": "Your reference",
}
NEEDED = ("competition", "windows", "capacity_kw", "assets")
NUMBERS = tuple(field for field in LABELS if "gbp" in field or field == "capacity_kw")
TYPED = (*NUMBERS, "max_runtime_minutes", "seller_ref")  # a row without any of these is one that nobody filled in
MOST_ROWS = 30_000
BETWEEN = "|"
_FIELDS = {label.casefold(): field for field, label in LABELS.items()}
_WHOLE = re.compile(r"\d{1,10}")


@dataclass(frozen=True)
class BidsFile:
    """What a file says: its offers with their lines, all faults of the other rows, and how many rows were left empty."""

    offers: tuple[Offer, ...]
    problems: tuple[RowProblem, ...]
    empty_rows: int = 0


def read_bids_file(content: bytes) -> BidsFile:
    """Raises UnreadableFile for what is no such file at all; what is wrong with single rows is told in `problems`."""
    rows = rows_of(text_of(content), MOST_ROWS)
    fields = _header(next(rows)[1])
    offers: list[Offer] = []
    problems: list[RowProblem] = []
    empty_rows = 0
    for line, cells in rows:
        if len(cells) != len(fields):
            problems.append(_ragged(line, cells, fields))
            continue
        row = dict(zip(fields, cells, strict=True))
        if not any(row.get(field, "").strip() for field in TYPED):
            empty_rows += 1
            continue
        faults = len(problems)
        offer = _offer(line, row, problems)
        if len(problems) == faults:
            offers.append(offer)
    return BidsFile(tuple(offers), tuple(problems), empty_rows)


def write_bids_file(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The lines of a file that can be read again, from cells by field; a field left out is for the seller to fill in."""
    return csv_lines(LABELS.values(), ([row.get(field, "") for field in LABELS] for row in rows))


def _header(cells: list[str]) -> list[str]:
    labels = [" ".join(cell.split()) for cell in cells]
    known = [_FIELDS.get(label.casefold(), "") for label in labels]
    missing = [LABELS[field] for field in NEEDED if field not in known]
    if missing:
        raise UnreadableFile(
            f"The first line must name the columns; missing: {', '.join(missing)}. Start from the template."
        )
    if unknown := [label for label, field in zip(labels, known, strict=True) if not field]:
        named = ", ".join(f"'{label}'" for label in unknown[:5])
        raise UnreadableFile(f"Unknown column: {named}. Take it out, or spell it as the template does.")
    if len(set(known)) < len(known):
        raise UnreadableFile("A column stands twice in the first line. Leave one of them out.")
    return known


def _ragged(line: int, cells: list[str], fields: list[str]) -> RowProblem:
    reason = (
        f"This row has {len(cells)} cells, the first line has {len(fields)}. "
        "Write 12.5, not 12,5, and put text that holds a comma in quotation marks."
    )
    return RowProblem(line, "row", ",".join(cells)[:100], reason)


def _offer(line: int, row: dict[str, str], problems: list[RowProblem]) -> Offer:
    """The offer of a row; what is wrong with it is added to `problems`."""
    numbers = {field: _number(line, field, row.get(field, ""), problems) for field in NUMBERS}
    return Offer(
        competition=as_typed(row["competition"]),
        windows=_names(row["windows"]),
        max_runtime_minutes=_minutes(line, row.get("max_runtime_minutes", ""), problems),
        assets=_names(row["assets"]),
        seller_ref=as_typed(row.get("seller_ref", "")),
        line=line,
        **numbers,
    )


def _names(cell: str) -> tuple[str, ...]:
    if BETWEEN not in cell:
        name = as_typed(cell)
        return (name,) if name else ()
    return tuple(name for part in as_typed(cell).split(BETWEEN) if (name := part.strip()))


def _number(line: int, field: str, cell: str, problems: list[RowProblem]) -> Decimal:
    if NUMBER.fullmatch(cell):
        return Decimal(cell)
    cell = cell.strip()
    if not cell and field not in NEEDED:
        return ZERO
    if not NUMBER.fullmatch(cell):
        problems.append(RowProblem(line, LABELS[field], cell, why_no_number(cell)))
        return ZERO
    return Decimal(cell)


def _minutes(line: int, cell: str, problems: list[RowProblem]) -> int | None:
    cell = cell.strip()
    if not cell:
        return None
    if not _WHOLE.fullmatch(cell):
        reason = "Write whole minutes, for example 120, or leave it empty where there is no limit."
        problems.append(RowProblem(line, LABELS["max_runtime_minutes"], cell, reason))
        return None
    return int(cell)
