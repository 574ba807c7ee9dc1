"""What a cell of NGED's files means, and what is said of one that means nothing."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from piclo_nged.dso.nged.columns import Kind
from piclo_nged.dso.nged.products import Direction
from piclo_nged.dso.nged.wire.season import Outcome
from piclo_nged.dso.nged.wire.values import READERS
from piclo_nged.dso.nged.wire.writing import write_value

MEANT = [
    (Kind.KW, "1.370000004768372", Decimal("1.37")),
    (Kind.KW, " 0.39959999918937683 ", Decimal("0.3996")),
    (Kind.KW, "0", Decimal(0)),
    (Kind.MW, "0.564", Decimal(564)),
    (Kind.MW, "0.0003996", Decimal("0.3996")),
    (Kind.GBP_PER_MWH, "3005.0", Decimal(3005)),
    (Kind.DATE, "2024-11-04", date(2024, 11, 4)),
    (Kind.DATE, "04/11/2024", date(2024, 11, 4)),
    (Kind.DATE, "04/11/2024 00:00:00", date(2024, 11, 4)),
    (Kind.TIME, "16:30:00", time(16, 30)),
    (Kind.TIME, "16:30", time(16, 30)),
    (Kind.TIME, "24:00:00", time(0)),
    (Kind.INSTANT, "25/09/2025 12:00:00", datetime(2025, 9, 25, 11, tzinfo=UTC)),
    (Kind.INSTANT, "2025-12-25T12:00:00", datetime(2025, 12, 25, 12, tzinfo=UTC)),
    (Kind.INSTANT, "26/10/2025 01:30:00", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
    (Kind.WEEKDAYS, "Monday,Friday,Sunday", (1, 5, 7)),
    (Kind.WEEKDAYS, "Friday, Monday", (1, 5)),
    (Kind.NAMES, '"2024/2025"', ("2024/2025",)),
    (Kind.NAMES, '"Dec 2023 - Feb 2024 "', ("Dec 2023 - Feb 2024",)),
    (Kind.NAMES, '"April 2024","Evenings, May to June"', ("April 2024", "Evenings, May to June")),
    (Kind.NAMES, "April 2024", ("April 2024",)),
    (Kind.OUTCOME, "No response received", Outcome.NO_RESPONSE),
    (Kind.YES_NO, "Yes", True),
    (Kind.SERVICE, "Demand Turn Up (DTU) / Generation Turn Down (GTD)", Direction.TURN_UP),
]
MEANINGLESS = [
    (Kind.KW, "12 kW", "not a number"),
    (Kind.KW, "1,000", "not a number"),
    (Kind.KW, "NaN", "not a number"),
    (Kind.KW, "1e999999999", "too large"),
    (Kind.KW, "-0.5", "below zero"),
    (Kind.MW, "-1", "below zero"),
    (Kind.MW, "99999999", "too large"),
    (Kind.DATE, "04/11/2024 12:00:00", "not a date"),
    (Kind.COUNT, "1.5", "not a whole number"),
    (Kind.COUNT, "-1", "not a whole number"),
    (Kind.DATE, "11/04", "not a date"),
    (Kind.DATE, "2024-13-01", "no such day"),
    (Kind.DATE, "31/11/2024", "no such day"),
    (Kind.DATE, "2124-11-04", "not between 2000-01-01 and 2100-01-01"),
    (Kind.INSTANT, "31/12/9999 23:59:00", "not between"),
    (Kind.TIME, "4pm", "not a time"),
    (Kind.TIME, "25:00", "no such time"),
    (Kind.INSTANT, "25/09/2025", "not a date and time"),
    (Kind.INSTANT, "30/03/2025 01:30:00", "clocks go forward"),
    (Kind.WEEKDAYS, "Monday,Caturday", "unknown weekday 'Caturday'"),
    (Kind.WEEKDAYS, "", "unknown weekday"),
    (Kind.WEEKDAYS, "Monday,Friday,Monday", "Monday stands twice"),
    (Kind.NAMES, '"April 2024', "quotes"),
    (Kind.NAMES, "", "no window"),
    (Kind.OUTCOME, "Maybe", "unknown outcome"),
    (Kind.YES_NO, "y", "neither Yes nor No"),
    (Kind.SERVICE, "Voltage", "unknown service"),
    (Kind.TEXT, "a\x00b", "control character"),
]


@pytest.mark.parametrize(("kind", "text", "value"), MEANT)
def test_a_cell_means(kind: Kind, text: str, value: Any) -> None:
    assert READERS[kind](text) == value


@pytest.mark.parametrize(("kind", "text", "reason"), MEANINGLESS)
def test_a_cell_that_means_nothing_says_why(kind: Kind, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        READERS[kind](text)


@pytest.mark.parametrize(("kind", "text", "value"), MEANT)
def test_what_is_written_reads_the_same(kind: Kind, text: str, value: Any) -> None:
    assert READERS[kind](write_value(kind, value)) == value


def test_numbers_are_written_as_nged_writes_them() -> None:
    written = [write_value(Kind.KW, Decimal(text)) for text in ("135.0000", "22.4800", "0.3996", "0", "100")]
    assert written == ["135.0", "22.48", "0.3996", "0.0", "100.0"]
