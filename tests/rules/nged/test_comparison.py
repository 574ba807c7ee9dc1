"""A results file cleared again and held against NGED's decisions."""

import csv
import os
from pathlib import Path

import pytest

from piclo_nged.dso.nged.comparison import Score, rehearse, rehearsed_file
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.dso.nged.wire import read_summary

from .conftest import FileOf

ADDED = [
    "Rehearsed Outcome",
    "Rehearsed Accepted Capacity [kW]",
    "Rehearsed Price",
    "Rehearsed Availability Price",
]
DEAR = {"company": "B", "offered_utilisation": "9000.0", "outcome": "Rejected", "accepted_kw": "0.0"}
NO_AWARD = {"awarded_availability": "0.0", "awarded_utilisation": "0.0"}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def rehearsed(text: str) -> list[list[str]]:
    rows = rows_of(rehearsed_file(rehearse(read_summary(text).refuse_errors())))
    return [[row[column] for column in ADDED] for row in rows]


def test_agreement_is_counted_by_offer_not_by_row(summary_of: FileOf) -> None:
    second_technology = {"technology": "Household demand"}
    score = rehearse(read_summary(summary_of({}, second_technology, DEAR | NO_AWARD))).total
    assert score == Score(offers=2, outcome_matches=2, price_matches=2)


def test_another_outcome_and_another_price_are_counted_apart(summary_of: FileOf) -> None:
    paid_less = {"company": "C", "awarded_utilisation": "5291.99"}
    rehearsal = rehearse(read_summary(summary_of(DEAR | {"outcome": "Accepted"}, paid_less)))
    assert rehearsal.total == Score(offers=2, outcome_matches=1, price_matches=0)
    assert rehearsal.by_product == {"Dynamic": rehearsal.total}


def test_noise_of_floats_is_no_other_price(summary_of: FileOf) -> None:
    assert rehearse(read_summary(summary_of({"awarded_utilisation": "5292.0000000476"}))).total.price_matches == 1


def test_rows_come_back_as_they_came_with_four_columns_more(summary_of: FileOf, nobody: dict[str, str]) -> None:
    text = summary_of(nobody | {"name": "Silent"}, DEAR, {})
    given = rows_of(text)
    returned = rows_of(rehearsed_file(rehearse(read_summary(text))))
    assert [{name: row[name] for name in given[0]} for row in returned] == given
    assert [list(row)[30:] for row in returned] == [ADDED] * 3


def test_what_the_rehearsed_columns_say(summary_of: FileOf, nobody: dict[str, str]) -> None:
    sustain = {
        "product": "Sustain",
        "ceiling_availability": "0.0",
        "ceiling_utilisation": "0.0",
        "ceiling_sustain": "22.5",
        "offered_availability": "0.0",
        "offered_utilisation": "0.0",
        "offered_sustain": "20.0",
    }
    assert rehearsed(summary_of({}, DEAR, nobody | {"name": "Silent"}, sustain)) == [
        ["Accepted", "1.45", "5292.0", "88.2"],
        ["Rejected", "0.0", "0.0", "0.0"],
        ["No response received", "0.0", "0.0", "0.0"],
        ["Accepted", "1.45", "22.5", "0.0"],
    ]


def test_what_nged_decided_can_not_reach_the_rule() -> None:
    decided = rows_of(sample_season())
    for row in decided:
        if row["Company Name"] != "0":
            row["Trade Outcome"] = "Rejected"
            row |= {name: "0.0" for name in row if name.startswith(("Accepted", "Awarded"))}
    blank = ",".join(decided[0]) + "\r\n"
    blank += "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row.values()) + "\r\n" for row in decided)
    assert rehearsed(blank) == rehearsed(sample_season())
    assert ["Accepted"] in [row[:1] for row in rehearsed(blank)]


def test_competitions_of_one_name_are_one_auction(summary_of: FileOf) -> None:
    """Two offers whose windows have other hulls still meet in the half-hours that they share."""
    enough = {"offered_kw": "135.0", "offered_utilisation": "1000.0", "windows": '"December 2026"'}
    nested = {"company": "B", "windows": '"December 2026"', "last_day": "2026-12-31"}
    assert [row[0] for row in rehearsed(summary_of(enough, nested))] == ["Accepted", "Rejected"]
    assert [row[0] for row in rehearsed(summary_of(enough, nested | {"name": "Another"}))] == ["Accepted"] * 2


@pytest.mark.skipif(
    not os.environ.get("NGED_RESULTS_FILE"), reason="NGED_RESULTS_FILE does not name NGED's Trade Results Summary"
)
def test_the_rule_explains_what_nged_decided() -> None:
    rehearsal = rehearse(read_summary(Path(os.environ["NGED_RESULTS_FILE"]).read_bytes()).refuse_errors())
    triggered = [rehearsal.by_product[product] for product in ("Secure", "Dynamic")]
    for matches in ("outcome_matches", "price_matches"):
        assert getattr(rehearsal.total, matches) >= 0.985 * rehearsal.total.offers
        assert sum(getattr(score, matches) for score in triggered) >= 0.94 * sum(score.offers for score in triggered)
