"""What the console exports comes back: the same columns in and out, checked in the same way, and nothing lost between."""

import csv
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import Bid, Competition, Contract, Discrepancy, JournalEntry, Qualification
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


def test_results_that_can_t_be_true_become_a_case_by_hand_too_but_not_by_a_check(
    console: Client, market: Any, contract: Contract
) -> None:
    [row] = rows_of(console, "contract")
    text = as_csv(
        row | {"Trade Outcome": "Rejected", "Accepted Capacity [kW]": "0"}, row | {"Offered Capacity [kW]": "7"}
    )
    entries = JournalEntry.objects.count()
    checked = upload(console, market, text, "results")
    assert [(p.line, p.column) for p in checked.context["outcome"].problems] == [(3, "Company Name"), (2, "bid")]
    assert "Keep what is to be settled" in checked.content.decode()
    assert not Discrepancy.objects.exists()
    kept = upload(console, market, text, "results", keep=checked.context["digest"])
    assert kept.url == reverse("admin:markets_discrepancy_changelist")
    assert set(Discrepancy.objects.values_list("kind", flat=True)) == {"contradiction", "unknown_bid"}
    assert [entry.verb for entry in JournalEntry.objects.order_by("pk")[entries:]] == ["keep_discrepancies"]
    assert Contract.objects.get().accepted_kw == contract.accepted_kw
    again = upload(console, market, text, "results").content.decode()
    assert "Keep what is to be settled" not in again, "it waits already"


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
