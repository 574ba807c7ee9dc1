"""Every column has its field, so that a renamed label changes one file."""

from dataclasses import fields

import pytest

from piclo_nged.dso.nged.columns import RESULTS, RESULTS_SUMMARY, SHORT_TERM_PARAMETERS, Column
from piclo_nged.dso.nged.wire import ParameterRow, ResultRow, SummaryRow

FILES = [
    (RESULTS_SUMMARY, SummaryRow, 30),
    (RESULTS, ResultRow, 30),
    (SHORT_TERM_PARAMETERS, ParameterRow, 17),
]


@pytest.mark.parametrize(("columns", "row_type", "count"), FILES)
def test_columns_and_fields_of_a_file_are_the_same(columns: tuple[Column, ...], row_type: type, count: int) -> None:
    assert sorted(column.field for column in columns) == sorted(field.name for field in fields(row_type))
    assert len({column.label for column in columns}) == count
