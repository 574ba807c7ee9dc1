"""A rerun: the same input gives the same lines; other input a further version that says what changed."""

from datetime import date
from typing import Any

import pytest

from dispatch.models import Instruction
from markets.models import Asset, Mail, Market, User
from markets.problems import Refused
from settlement.models import SettlementRun, Statement
from settlement.operations import approve_run, changes_of, check_run, issue_run, start_run

from .world import JANUARY, at, meter


def lines(run: SettlementRun) -> list[dict[str, Any]]:
    rows = [vars(line) for line in run.lines.order_by("pk")]
    return [{name: value for name, value in row.items() if name not in ("_state", "id", "run_id")} for row in rows]


def issue(run: SettlementRun, approver: User) -> list[Statement]:
    approve_run(run=check_run(run=run, by="tests"), by=approver, reason="Tests")
    return issue_run(run=run, by="tests")


def test_the_same_input_gives_the_same_lines(market: Market, january: Instruction) -> None:
    first = start_run(market=market, month=JANUARY, by="tests")
    second = start_run(market=market, month=JANUARY, by="tests", reason="To see whether it is the same")
    assert (first.version, second.version) == (1, 2)
    assert len(lines(first)) == 24
    assert lines(first) == lines(second)
    assert changes_of(second) == []


def test_a_rerun_needs_a_reason(market: Market, january: Instruction) -> None:
    start_run(market=market, month=JANUARY, by="tests")
    with pytest.raises(Refused, match="Say in a few words why"):
        start_run(market=market, month=JANUARY, by="tests")


def test_an_older_version_can_go_no_further(market: Market, january: Instruction, approver: User) -> None:
    first = start_run(market=market, month=JANUARY, by="tests")
    check_run(run=first, by="tests")
    second = start_run(market=market, month=JANUARY, by="tests", reason="Corrected readings")
    with pytest.raises(Refused, match="version 2 has taken its place"):
        approve_run(run=first, by=approver)
    assert list(SettlementRun.objects.newest()) == [second]


def test_corrected_readings_make_a_version_that_says_what_changed(
    market: Market, january: Instruction, asset: Asset, approver: User
) -> None:
    """All of 15 January at nothing from 17:00 on: 100 kWh instead of 91, and all of the day's availability."""
    [first] = issue(start_run(market=market, month=JANUARY, by="tests"), approver)
    corrected = {at(15, 17): 0.0, at(15, 17, 30): 0.0, at(15, 18): 0.0, at(15, 18, 30): 0.0}
    meter(asset, date(2025, 1, 15), date(2025, 1, 15), lambda day: 62, corrected)
    rerun = start_run(market=market, month=JANUARY, by="tests", reason="Meter 3 was read twice")
    changed = changes_of(rerun)
    assert [str(change.difference_gbp) for change in changed] == ["0.80", "2.25"]
    [second] = issue(rerun, approver)
    assert (str(first.total_gbp), str(second.total_gbp)) == ("481.95", "485.00")
    first.refresh_from_db()
    assert str(first.total_gbp) == "481.95"
    mail = Mail.objects.filter(subject__startswith=f"Statement {second.reference}").get()
    assert "This is version 2. It was made because: Meter 3 was read twice" in mail.text
    assert "2 lines differ from the version before (0 new, 0 dropped): +£3.05 in all." in mail.text


def test_the_order_in_which_readings_arrive_does_not_matter(
    market: Market, instruction: Instruction, asset: Asset
) -> None:
    for day in reversed(range(9, 32)):
        meter(asset, date(2025, 1, day), date(2025, 1, day), lambda day: 50 + day.day)
    for day in (31, 30, 27, *range(8, 25)):
        meter(asset, date(2024, 12, day), date(2024, 12, day), lambda day: 50 + day.day)
    backwards = start_run(market=market, month=JANUARY, by="tests")
    meter(asset, date(2024, 12, 8), date(2025, 1, 31), lambda day: 7)
    meter(asset, date(2025, 1, 9), date(2025, 1, 31), lambda day: 50 + day.day)
    meter(asset, date(2024, 12, 8), date(2024, 12, 31), lambda day: 50 + day.day)
    forwards = start_run(market=market, month=JANUARY, by="tests", reason="In order")
    assert [row["metered_kwh"] for row in lines(backwards)] == [row["metered_kwh"] for row in lines(forwards)]
