"""What reading a file gives: the season it tells, the file as it came, and every fault."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from piclo_nged.dso.nged.columns import Column, label_of
from piclo_nged.dso.nged.wire.errors import FileRefused, RowError
from piclo_nged.dso.nged.wire.season import Competition, Fate, RowAccount, Season
from piclo_nged.dso.nged.wire.table import Table

type Auction = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading[Row]:
    """A file read. A competition with a faulty row is left out of the season whole; the others are in it.

    A row with too many or too few cells may belong to any of them: then none is in it.
    """

    season: Season
    table: Table[Row]
    errors: tuple[RowError, ...]

    def refuse_errors(self) -> "Reading[Row]":
        """This reading; raises FileRefused with all errors where there are any."""
        if self.errors:
            raise FileRefused(self.errors)
        return self


def reading_of[Row](
    season: Season, table: Table[Row], faults: Iterable[RowError], columns: tuple[Column, ...]
) -> Reading[Row]:
    """All that was found: sound competitions, and the faults in the order of the file."""
    errors = tuple(sorted([*table.errors, *faults], key=lambda error: error.line))
    if errors and season.competitions:
        season = _sound(season, _faulty(table, errors, columns))
    return Reading(season, table, errors)


def _faulty(table: Table[Any], errors: Iterable[RowError], columns: tuple[Column, ...]) -> dict[Auction | None, int]:
    """What the rows in error would have been part of, with the first such line; None where that cannot be told."""
    places = [table.header.index(label_of(columns, field)) for field in ("zone", "product", "name")]
    lines = {error.line for error in errors}
    faulty: dict[Auction | None, int] = {}
    for record in table.records:
        if record.line in lines:
            whole = len(record.cells) == len(table.header)
            faulty.setdefault(tuple(record.cells[place].strip() for place in places) if whole else None, record.line)
    return faulty


def _sound(season: Season, faulty: dict[Auction | None, int]) -> Season:
    left_out = {
        competition.reference: faulty[key]
        for competition in season.competitions
        for key in (_auction(competition), None)
        if key in faulty
    }
    return Season(
        tuple(item for item in season.competitions if item.reference not in left_out),
        tuple(_left_out(account, left_out) for account in season.accounts),
    )


def _auction(competition: Competition) -> Auction:
    return competition.zone, competition.product, competition.name


def _left_out(account: RowAccount, left_out: dict[str, int]) -> RowAccount:
    line = left_out.get(account.competition)
    if line is None:
        return account
    return replace(
        account, fate=Fate.SKIPPED, reason=f"line {line} is in error and is, or may be, of the same competition"
    )
