"""What a benchmark says: a ratio, whether every limit holds, and always numbers."""

import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from piclo_nged.bench.measured import Measured, percentile


@pytest.mark.parametrize(
    ("ours", "also_ok", "ok"), [(2.0, True, True), (2.5, True, True), (2.6, True, False), (2.0, False, False)]
)
def test_it_holds_when_the_ratio_and_the_other_limits_do(ours, also_ok, ok):
    row = json.loads(json.dumps(Measured("x", ours, 1.0, 2.5, "s", also_ok=also_ok).row()))
    assert (row["ratio"], row["ok"]) == (ours, ok)
    assert {"name", "ours", "reference", "ratio", "limit", "unit", "ok"} == set(row)
    assert all(isinstance(row[key], float) for key in ("ours", "reference", "ratio", "limit"))


@given(values=st.lists(st.floats(0, 1e6), min_size=1), share=st.floats(0, 1))
def test_a_percentile_is_one_of_the_values_with_that_share_at_or_below(values, share):
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)


def test_an_unknown_benchmark_is_named_beside_the_known():
    with pytest.raises(CommandError, match=r"No benchmark is called nope\. There are: story, dispatch-idle"):
        call_command("bench", "nope")
