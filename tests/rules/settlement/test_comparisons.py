"""Two versions of a run, and our settlement beside the operator's invoice."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.rules.changes import Outcome, change_sentence, changes
from settlement.rules.invoice import Amount, Cause, Tolerance, compare_invoice, total

PENNY = Tolerance(gbp=Decimal("0.01"), kwh=Decimal("0.001"))
START = datetime(2025, 1, 15, 17, tzinfo=UTC)


def outcome(kwh: str, gbp: str) -> Outcome:
    return Outcome(1, Decimal(kwh), Decimal(gbp))


def test_a_rerun_names_what_it_added_dropped_and_altered() -> None:
    before = {
        (1, 0, 5, START): outcome("91", "22.75"),
        (2, 7, 0, START): outcome("1", "0.50"),
        (3, 7, 0, START): outcome("1", "1"),
    }
    after = {
        (1, 0, 5, START): outcome("100", "25.00"),
        (3, 7, 0, START): outcome("1", "1"),
        (4, 7, 0, START): outcome("2", "3"),
    }
    found = changes(before, after)
    assert [(change.key[0], change.difference_gbp) for change in found] == [
        (1, Decimal("2.25")),
        (2, Decimal("-0.50")),
        (4, Decimal("3")),
    ]
    assert change_sentence(found) == "3 lines differ from the version before (1 new, 1 dropped): +£4.75 in all."
    assert change_sentence(changes(before, before)) == ""


def amount(*figures: str | None) -> Amount:
    return Amount(*(None if figure is None else Decimal(figure) for figure in figures))  # type: ignore[arg-type]


def told(ours: dict[str, Amount], theirs: dict[str, Amount], tolerance: Tolerance = PENNY) -> dict[str, str]:
    return {compared.contract: compared.explanation for compared in compare_invoice(ours, theirs, tolerance)}


AMOUNTS = st.dictionaries(
    st.sampled_from(["B-1", "B-2", "C-1", "C-2", "C-3"]),
    st.builds(
        Amount,
        st.decimals(min_value=-9999, max_value=9999, places=2),
        st.none() | st.decimals(min_value=-999, max_value=999, places=3),
    ),
)


@given(AMOUNTS, AMOUNTS, st.decimals(min_value=0, max_value=50, places=2))
def test_the_differences_add_up_to_that_of_both_sums(
    ours: dict[str, Amount], theirs: dict[str, Amount], tolerance: Decimal
) -> None:
    compared = compare_invoice(ours, theirs, Tolerance(tolerance, tolerance))
    assert sum(row.difference_gbp for row in compared) == sum(a.gbp for a in theirs.values()) - sum(
        a.gbp for a in ours.values()
    )
    unsaid = [row for row in compared if row.is_within_tolerance]
    assert all(abs(row.difference_gbp) <= tolerance for row in unsaid)


def test_both_sides_agree_within_the_tolerance() -> None:
    nothing = {"C-1": Amount(Decimal(0))}
    assert told({"C-1": Amount(Decimal("10.00"))}, {"C-1": Amount(Decimal("10.01"))}) == {"C-1": ""}
    assert told(nothing, {}) == told({}, nothing) == {"C-1": ""}


@pytest.mark.parametrize(
    ("theirs", "cause", "words"),
    [
        (("25", "100", "-10", "-110", "250"), Cause.READINGS, "metered: +10 kWh"),
        (("25", "100", "-20", "-120", "250"), Cause.BASELINE, "-9 kWh"),
        (("25", "100", "-20", None, None), Cause.BASELINE, "readings agree"),
        (("25", "100", None, "-111", None), Cause.READINGS, "the baseline agrees"),
        (("25", "100", "-20", "-111", None), Cause.OTHER, "although readings and baseline agree"),
        (("27.30", "91", None, None, "300"), Cause.PRICE, "£300.00/MWh, ours £250.00/MWh"),
        (("27.30", None, None, None, "300"), Cause.PRICE, "ours £250.00/MWh"),
        (("27.30", "91", None, None, "250"), Cause.OTHER, "delivery and price agree"),
        (("22.75", "91", "-19", "-110", "250"), None, ""),
    ],
)
def test_the_cause_is_what_the_figures_tell(theirs: tuple[str | None, ...], cause: Cause | None, words: str) -> None:
    ours = amount("22.75", "91", "-20", "-111", "250")
    [compared] = compare_invoice({"C-1": ours}, {"C-1": amount(*theirs)}, PENNY)
    assert compared.cause == cause
    assert words in compared.explanation


def test_a_line_that_states_no_energy_drops_none_of_the_others() -> None:
    both = total([Amount(Decimal("25.00"), Decimal(100)), Amount(Decimal("-1.00"))])
    assert (both.gbp, both.delivered_kwh) == (Decimal("24.00"), Decimal(100))
    why = told({"C-1": Amount(Decimal("22.75"), Decimal(91))}, {"C-1": both})["C-1"]
    assert "they count 9 kWh more" in why
    assert why.endswith("Lines of theirs that state no energy: 1.")


def test_each_difference_is_explained() -> None:
    ours = {
        "C-1": Amount(Decimal("22.75"), Decimal(91)),
        "C-2": Amount(Decimal("5.00"), Decimal(20)),
        "C-3": Amount(Decimal("7.00"), Decimal(20)),
        "C-5": Amount(Decimal("7.00"), Decimal(20)),
    }
    theirs = {
        "C-1": Amount(Decimal("25.00"), Decimal(100)),
        "C-2": Amount(Decimal("4.00"), Decimal(20)),
        "C-4": Amount(Decimal("1.00")),
        "C-5": Amount(Decimal("9.00")),
    }
    assert told(ours, theirs) == {
        "C-1": "Delivery differs: they count 9 kWh more, so readings or baseline differ; in money £2.25 more.",
        "C-2": "They pay £1.00 less: delivery agrees, so price or scaling differ.",
        "C-3": "The invoice lacks this contract; we find £7.00.",
        "C-4": "The invoice has this contract; our settlement has no event of it.",
        "C-5": "They pay £2.00 more: the energy is not stated on the invoice.",
    }
    wide = Tolerance(gbp=Decimal(10), kwh=Decimal(10))
    assert {contract for contract, why in told(ours, theirs, wide).items() if why} == {"C-3", "C-4"}
