"""A small results file to change one cell of: what every test of NGED's files starts from."""

from collections.abc import Callable

import pytest

from piclo_nged.dso.nged.columns import RESULTS, RESULTS_SUMMARY, SHORT_TERM_PARAMETERS, Column
from piclo_nged.dso.nged.wire import write_cells

type FileOf = Callable[..., str]

AUCTION = {
    "zone": "CMZ_T9A_EM_0001",
    "product": "Dynamic",
    "name": "Winter 2026/27 - Dynamic - Corvenstow",
    "weekdays": "Monday,Tuesday,Friday",
    "start_time": "16:30:00",
    "end_time": "19:30:00",
    "required_kw": "135.0",
    "ceiling_availability": "88.2",
    "ceiling_utilisation": "5292.0",
    "ceiling_sustain": "0.0",
    "opens_on": "2026-10-05",
    "closes_on": "2026-10-30",
    "company": "Lanternfield Energy Ltd",
    "offered_kw": "1.450000047683716",
    "offered_availability": "80.0",
    "offered_utilisation": "5000.0",
    "offered_sustain": "0.0",
    "outcome": "Accepted",
    "accepted_kw": "1.450000047683716",
    "awarded_availability": "88.2",
    "awarded_utilisation": "5292.0",
    "awarded_sustain": "0.0",
    "technology": "EV charge point",
    "assets": "1",
    "installed_kw": "1.4500000476837158",
    "for_restore": "No",
    "restore_price": "1150",
}
NOBODY = {
    "company": "0",
    "offered_kw": "0.0",
    "offered_availability": "0.0",
    "offered_utilisation": "0.0",
    "outcome": "No response received",
    "accepted_kw": "0.0",
    "awarded_availability": "0.0",
    "awarded_utilisation": "0.0",
    "technology": "",
    "assets": "0",
    "installed_kw": "0.0",
}
SUMMARY = AUCTION | {
    "windows": '"December 2026","January 2027"',
    "first_day": "2026-12-01",
    "last_day": "2027-01-31",
}
RESULT = AUCTION | {"window": "December 2026", "first_day": "2026-12-01", "last_day": "2026-12-31"}
PARAMETER = {
    "zone": "CMZ_T9A_EM_0001",
    "zone_name": "Corvenstow",
    "name": "W/C 05/10/2026 - Scheduled Utilisation - Corvenstow",
    "voltage_kv": "11",
    "opens_at": "24/09/2026 12:00:00",
    "closes_at": "29/09/2026 23:59:00",
    "licence_area": "East Midlands",
    "product": "SU_HV",
    "programme": "SU",
    "direction": "Demand Turn Down (DTD) / Generation Turn Up (GTU)",
    "ceiling_availability": "0",
    "ceiling_utilisation": "7.02",
    "delivery_date": "05/10/2026",
    "start_time": "07:00:00",
    "end_time": "07:30:00",
    "minimum_kw": "0",
    "required_kw": "0.564",
}


def _file_of(columns: tuple[Column, ...], base: dict[str, str]) -> FileOf:
    def file_of(*changes: dict[str, str]) -> str:
        header = [column.label for column in columns]
        rows = [[(base | change)[column.field] for column in columns] for change in changes]
        return write_cells(header, rows)

    return file_of


@pytest.fixture
def nobody() -> dict[str, str]:
    """The cells in which a row without response differs from an offer."""
    return NOBODY


@pytest.fixture
def summary_of() -> FileOf:
    """A Trade Results Summary: one row per argument, which names the cells that differ from the usual row."""
    return _file_of(RESULTS_SUMMARY, SUMMARY)


@pytest.fixture
def results_of() -> FileOf:
    """Trade Results, likewise."""
    return _file_of(RESULTS, RESULT)


@pytest.fixture
def parameters_of() -> FileOf:
    """Short Term Trade Parameters, likewise."""
    return _file_of(SHORT_TERM_PARAMETERS, PARAMETER)
