"""The last chapter as its people live it: readings sent, a month approved against an objection, a line queried, corrected."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dispatch.models import Instruction
from markets.models import Asset, Market, User
from settlement.models import LineQuery, SettlementRun
from settlement.operations import check_run, issue_run, start_run
from tests.settlement.conftest import (  # noqa: F401 - the same fixtures
    EVENT,
    LOADS_KW,
    dynamic,
    instruction,
    january_contract,
)
from tests.settlement.world import JANUARY, at, instruct

from .conftest import DESKTOP, PHONE, Visit


def file_of(first: date, last: date, event: dict[Any, float]) -> str:
    """Readings of the depot, as its meter writes them."""

    def rows() -> Iterator[str]:
        day = first
        while day <= last:
            for place in range(48):
                start = at(day.day, place // 2, place % 2 * 30, day.month, day.year)
                yield f"EV-1,{start:%Y-%m-%dT%H:%MZ},{-event.get(start, LOADS_KW.get(day, 60))}"
            day += timedelta(days=1)

    return "\n".join(["asset,start_utc,kw", *rows()])


def send(here: Visit, folder: Path, content: str, told: str) -> None:
    folder.joinpath("meter.csv").write_text(content)
    here.section("Readings")
    here.page.get_by_role("link", name="Send readings").click()
    here.page.get_by_label("CSV file").set_input_files(folder / "meter.csv")
    here.page.get_by_role("button", name="Read the file").click()
    expect(here.page.get_by_role("heading", name="We read it like this")).to_be_visible()
    here.page.get_by_role("button", name="Store it like this").click()
    expect(here.page.get_by_text(told)).to_be_visible()


def approve(console: Visit, run: SettlementRun, objection: str, reason: str) -> None:
    console.go(reverse("admin:settlement_settlementrun_change", args=[run.pk]))
    expect(console.page.get_by_text(objection)).to_be_visible()
    console.page.get_by_role("link", name="Approve run").click()
    console.page.get_by_label("Reason").fill(reason)
    console.page.get_by_role("button", name="Approve run").click()
    expect(console.page.get_by_text("is approved.")).to_be_visible()


@pytest.mark.parametrize("window", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")])
def test_readings_statement_query_and_correction(
    visit: Callable[..., Visit],
    window: dict[str, int],
    tmp_path: Path,
    market: Market,
    member: User,
    approver: User,
    asset: Asset,
    instruction: Instruction,  # noqa: F811
) -> None:
    seller, console = visit(window), visit(DESKTOP)
    seller.sign_in(member)
    send(seller, tmp_path, file_of(date(2024, 12, 31), date(2025, 1, 31), EVENT), "Stored: 32 new")

    console.go("/console/")
    console.page.get_by_label("Email").fill(approver.email)
    console.page.get_by_label("Password").fill("a-long-password")
    console.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(console.page.get_by_role("search")).to_be_visible()
    instruct(market, None, at(20, 17), at(20, 19))  # nobody knows whose it is
    run = check_run(run=start_run(market=market, month=JANUARY, by="tests"), by="tests")
    approve(
        console, run, "Not matched to a contract: 1 instruction", "The call of the 20th was not ours: NGED says so."
    )
    [first] = issue_run(run=SettlementRun.objects.get(pk=run.pk), by="tests")

    seller.section("Statements")
    seller.page.get_by_role("link", name="January 2025").click()
    expect(seller.page.get_by_text("£481.95").first).to_be_visible()
    seller.page.get_by_text("Why this pays £22.75").click()
    seller.page.get_by_role("link", name="From the readings to this pay").filter(visible=True).click()
    expect(seller.page.get_by_role("img", name="Baseline, metered and asked power")).to_be_visible()
    seller.check()
    seller.page.get_by_role("link", name="Query this line").click()
    seller.page.get_by_label("What is wrong with this line?").fill("Meter 3 was read twice: we drew nothing.")
    seller.page.get_by_role("button", name="Send the query").click()
    expect(seller.page.get_by_text("Customer success has it")).to_be_visible()

    query = LineQuery.objects.get()
    nothing = dict.fromkeys(EVENT, 0.0)
    send(seller, tmp_path, file_of(date(2025, 1, 15), date(2025, 1, 15), nothing), "Stored: 0 new, 1 corrected")
    rerun = check_run(run=start_run(market=market, month=JANUARY, by="tests", reason=f"Query {query}"), by="tests")
    console.go(reverse("admin:settlement_settlementrun_change", args=[rerun.pk]))
    expect(console.page.get_by_text("1 query of sellers about the month waits for an answer")).to_be_visible()
    console.go(reverse("admin:settlement_linequery_change", args=[query.pk]))
    console.page.get_by_role("link", name="Answer the query").click()
    console.page.get_by_label("Outcome").select_option("corrected")
    console.page.get_by_role("textbox", name="Answer").fill("You are right: the corrected day is in.")
    console.page.get_by_role("button", name="Answer the query").click()
    expect(console.page.get_by_text(f"{query} is answered.")).to_be_visible()
    approve(console, rerun, "Not matched to a contract: 1 instruction", "As before: the call of the 20th was not ours.")
    issue_run(run=SettlementRun.objects.get(pk=rerun.pk), by="tests")

    seller.go(reverse("settlement:statement", args=[first.reference]))
    expect(seller.page.get_by_text("You are right: the corrected day is in.")).to_be_visible()
    seller.page.get_by_role("main").get_by_role("link", name="statement S-").click()
    expect(seller.page.get_by_text(f"Why there is a version 2: Query {query}")).to_be_visible()
    expect(seller.page.get_by_text("£485.00").first).to_be_visible()
    seller.check()
    console.check()
