"""Charts as plain figures for inline SVG: pure functions, no script, no styles in the page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from ..rules.demand import Asked, Requirement, Row, Slot, requirements
from ..rules.words import number

# Of the drawing: margins, the width of a half-hour, the height of a day, and of its highest bar.
LEFT, RIGHT, TOP, CELL, ROW, BAR = 72, 16, 20, 12, 34, 28
DAYS = 56  # the column of the days, which stays in sight where the rest is pushed sideways
LOWEST_BAR = 4
TALL = 13
DIGIT = 6  # the width of one, so that figures wider than their bar are left to the table


@dataclass(frozen=True)
class Block:
    """A run of half-hours with the same requirement, `day` and `when` in words."""

    day: str
    when: str
    required_kw: Decimal
    x: int
    y: int
    width: int
    height: int
    has_room: bool

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def is_tall(self) -> bool:
        """The figure stands inside the bar; else above it."""
        return self.height > TALL

    @property
    def words_y(self) -> int:
        return self.y + self.height // 2 + 4 if self.is_tall else self.y - 3


@dataclass(frozen=True)
class Missing:
    """Half-hours that a day has not, because of the clock change."""

    x: int
    y: int
    width: int
    height: int = BAR


@dataclass(frozen=True)
class Chart:
    """The drawing of a requirement: its size, the labels of its days and hours, and the blocks."""

    of: Requirement
    blocks: tuple[Block, ...]
    missing: tuple[Missing, ...]
    days: tuple[tuple[int, str], ...]
    hours: tuple[tuple[int, str], ...]
    width: int
    height: int
    left: int = LEFT
    days_width: int = DAYS
    top: int = TOP

    @property
    def right(self) -> int:
        return self.width - RIGHT

    @property
    def days_share(self) -> str:
        """How much of the width the days take, for a column that keeps its place."""
        return f"{100 * DAYS / self.width:.4f}%"

    @property
    def hours_width(self) -> int:
        return self.width - DAYS

    @property
    def hours_share(self) -> str:
        return f"{100 * self.hours_width / self.width:.4f}%"


def charts_of(windows: Iterable[Asked]) -> tuple[Chart, ...]:
    """One chart per stretch of the season; bars of all of them are to the scale of the highest."""
    wanted = requirements(windows)
    peak = max((r.peak_kw for r in wanted), default=Decimal(0))
    return tuple(_chart(requirement, peak) for requirement in wanted)


def _chart(requirement: Requirement, peak: Decimal) -> Chart:
    blocks, missing, days = [], [], []
    for i, (day, row) in enumerate(zip(requirement.days, requirement.rows, strict=True)):
        floor = TOP + ROW * (i + 1) - 2
        days.append((floor, day))
        for at, length, required_kw in _runs(row):
            x, width = LEFT + CELL * at, CELL * length
            if required_kw is None:
                missing.append(Missing(x, floor - BAR, width))
            elif required_kw:
                height = max(LOWEST_BAR, int(BAR * required_kw / peak))
                has_room = width > DIGIT * len(number(required_kw)) + 4
                when = f"{requirement.slots[at].words}–{_end(requirement.slots, row, at + length)}"
                blocks.append(Block(day, when, required_kw, x, floor - height, width, height, has_room))
    hours = tuple(
        (LEFT + CELL * i, slot.words)
        for i, slot in enumerate(requirement.slots)
        if not slot.again and slot.starts.hour % 3 == 0 and not slot.starts.minute
    )
    end = LEFT + CELL * len(requirement.slots)
    return Chart(
        requirement,
        tuple(blocks),
        tuple(missing),
        tuple(days),
        (*hours, (end, "24:00")),
        width=end + RIGHT,
        height=TOP + ROW * len(requirement.days) + 4,
    )


def _runs(row: Row) -> Iterator[tuple[int, int, Decimal | None]]:
    """Where each run of equal half-hours begins, how many there are, and what is required."""
    at = 0
    for required_kw, run in groupby(row):
        length = len(list(run))
        yield at, length, required_kw
        at += length


def _end(slots: tuple[Slot, ...], row: Row, at: int) -> str:
    """What the clock shows when a run ends. Only a day that has an hour twice ends anything in the second one."""
    return next((s.words for s, kw in zip(slots[at:], row[at:], strict=True) if kw is not None or not s.again), "24:00")
