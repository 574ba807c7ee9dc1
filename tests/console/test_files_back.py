"""What the console exports comes back: the same columns in and out, checked in the same way, and nothing lost between."""

import csv
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from markets.models import Bid, Competition, Qualification
from piclo_nged.dso.nged.columns import QUALIFICATIONS, RESULTS
from tests.conftest import close, notice

from .test_files import file_of, rows_of, upload


def as_csv(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def digest_of(console: Client, market: Any, text: str, kind: str) -> str:
    """Of a file that was checked: with it the file is kept."""
    return str(upload(console, market, text, kind).context["digest"])


def test_bids_by_window_leave_and_come_back_as_results(
    console: Client, market: Any, bid: Bid, competition: Competition
) -> None:
    """Trade Results of a competition that was published in JSON, under a reference of its own."""
    close(market, competition)
    [row] = rows_of(console, "bid", "1")
    assert list(row) == [column.label for column in RESULTS]
    assert (row["Trade Window Name"], row["Tendered Capacity [kW]"]) == ("Evening", "500.0")
    row |= {"Trade Outcome": "Accepted", "Accepted Capacity [kW]": "50.5", "Awarded Sustain Price": "0"}
    row |= {"Awarded Availability Price": "110.0", "Awarded Utilisation Price": "260.0"}
    decided = upload(console, market, as_csv(row), "results")
    assert decided.context["outcome"].told["accepted"] == 1, decided.context["outcome"]


@pytest.mark.parametrize("file", ["0", "1"])
def test_what_leaves_comes_back_as_it_was(console: Client, market: Any, make_competition: Any, file: str) -> None:
    """Neither file says all that we hold: what it leaves out stays."""
    base = notice()
    window = replace(base.windows[0], last_day=base.first_day, weekdays=(base.first_day.isoweekday(),))
    named = f"{base.first_day}" if file == "1" else "Evening"
    window = replace(window, name=named, minimum_kw=Decimal(20))
    make_competition(
        opens_at=base.opens_at.replace(microsecond=0), closes_at=base.closes_at.replace(microsecond=0),
        last_day=base.first_day, windows=(window,), max_connection_kv=Decimal(33),
    )  # fmt: skip
    told = upload(console, market, file_of(console, "competition", file)).context["outcome"]
    assert (told.told, told.problems) == ({"created": 0, "revised": 0, "unchanged": 1}, [])


def test_a_capacity_corrected_in_the_file_is_a_revision_of_that_competition(
    console: Client, market: Any, competition: Competition
) -> None:
    [row] = rows_of(console, "competition")
    text = as_csv(row | {"Tendered Capacity [kW]": "600"})
    told = upload(console, market, text).context["outcome"]
    assert told.told["revised"] == 1
    upload(console, market, text, keep=upload(console, market, text).context["digest"])
    [revision] = competition.revisions.all()
    assert {change["what"] for change in revision.changes} == {"Needed at the peak", "Window Evening, needed"}


def test_decisions_on_assets_come_back_in_the_file_that_left(
    console: Client, market: Any, asset: Any, make_asset: Any, seller: Any
) -> None:
    two = make_asset(seller, "EV-2")
    Qualification.objects.filter(asset=two).update(status="offered")
    first, second = sorted(rows_of(console, "qualification"), key=lambda row: row["Asset Reference"])
    assert list(first) == [column.label for column in QUALIFICATIONS]
    assert (first["Decision"], second["Decision"]) == ("Qualified", "")
    untouched = upload(console, market, as_csv(first, second), "qualifications").context["outcome"]
    assert untouched.told == {"decisions changed": 0, "as they were": 1}
    wrong = upload(console, market, as_csv(first | {"Decision": "Perhaps"}), "qualifications").context["outcome"]
    assert [(row.line, row.column) for row in wrong.problems] == [(2, "Decision")]
    refused = second | {"Decision": "refused", "Reason": "Not fed by this substation."}
    text = as_csv(first, refused)
    upload(console, market, text, "qualifications", keep=digest_of(console, market, text, "qualifications"))
    decided = Qualification.objects.get(asset=two)
    assert (decided.status, decided.reason) == ("refused", "Not fed by this substation.")


def test_a_decision_on_an_asset_that_is_not_on_offer_is_told_by_its_line(
    console: Client, market: Any, asset: Any
) -> None:
    [row] = rows_of(console, "qualification")
    told = upload(console, market, as_csv(row, row | {"Asset Number": "999999"}), "qualifications")
    [problem] = told.context["outcome"].problems
    assert (problem.line, problem.reason) == (3, "This asset was not offered to this market.")
