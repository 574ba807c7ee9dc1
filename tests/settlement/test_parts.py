"""A run is made seller by seller: killed and begun again it is the same run, and no two of one month are made at once."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django_q.models import OrmQ

from markets.models import Asset, Contract, Market, Product, Seller, Zone
from markets.problems import Refused
from settlement import jobs
from settlement.models import RunPart, SettlementRun
from settlement.operations import begin_run, check_run, lines, make_runs, progress, start_run

from .test_rerun import lines as lines_of
from .world import JANUARY, at, instruct, make_contract, meter

SELLERS = 3


@pytest.fixture
def called_sellers(
    market: Market, products: dict[str, Product], zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> list[Seller]:
    """Each with an asset that was read and a contract that was called; and one seller is a part of its own."""
    monkeypatch.setattr("settlement.operations.making.ASSETS_AT_ONCE", 1)
    sellers = [Seller.objects.create(name=f"Seller {n}") for n in range(SELLERS)]
    for seller in sellers:
        asset = Asset.objects.create(seller=seller, ref="EV", name="Depot", technology="EV charge point")
        contract = make_contract(
            market=market,
            product=products["Dynamic"],
            zone=zone,
            seller=seller,
            assets=[asset],
            utilisation_gbp_per_mwh="250",
        )
        instruct(market, contract, at(15, 17), at(15, 19))
        meter(asset, date(2024, 12, 9), date(2025, 1, 31), lambda day: 50 + day.day, {at(15, 17): 9.0})
    return sellers


def test_a_run_that_jobs_make_is_the_run_that_is_made_at_once(market: Market, called_sellers: list[Seller]) -> None:
    at_once = start_run(market=market, month=JANUARY, by="tests")
    run = begin_run(market=market, month=JANUARY, by="tests", reason="By jobs")
    assert {task.task["func"] for task in OrmQ.objects.all()} == {"settlement.jobs.make_runs"}
    assert (progress(run), run.lines.count()) == ("0 of 3 sellers, 0 lines", 0)
    assert jobs.make_runs() == SELLERS
    run.refresh_from_db()
    assert not run.is_being_made
    assert progress(run) == f"3 of 3 sellers, {at_once.lines.count()} lines"
    assert lines_of(run) == lines_of(at_once)
    assert jobs.make_runs() == 0


def test_no_two_runs_of_one_month_are_made_at_once(market: Market, called_sellers: list[Seller]) -> None:
    run = begin_run(market=market, month=JANUARY, by="tests")
    with pytest.raises(Refused, match="is being made at this moment: 0 of 3 sellers"):
        begin_run(market=market, month=JANUARY, by="tests", reason="Impatient")
    with pytest.raises(IntegrityError, match="one_run_of_a_month_at_a_time"), transaction.atomic():
        SettlementRun.objects.create(market=market, terms=run.terms, month=JANUARY, version=2, is_being_made=True)
    make_runs()
    assert begin_run(market=market, month=JANUARY, by="tests", reason="Patient").version == 2


def test_a_run_that_is_being_made_is_not_checked(market: Market, called_sellers: list[Seller]) -> None:
    run = begin_run(market=market, month=JANUARY, by="tests")
    make_runs(seconds=0)
    with pytest.raises(Refused, match="still being made: 0 of 3 sellers"):
        check_run(run=run, by="tests")
    make_runs()
    assert check_run(run=run, by="tests").status == "checked"


def test_a_seller_that_cannot_be_made_holds_up_nobody_else(
    market: Market, called_sellers: list[Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("settlement.operations.making.ASSETS_AT_ONCE", 100)
    healthy = lines.compute

    def compute(book: Any, part: Any, *more: Any) -> Any:
        if any(contract.seller_id == called_sellers[1].pk for contract, _ in part):
            raise ArithmeticError("A meter ran backwards")
        return healthy(book, part, *more)

    monkeypatch.setattr(lines, "compute", compute)
    run = begin_run(market=market, month=JANUARY, by="tests")
    assert make_runs() == SELLERS - 1
    failed = run.parts.get(status=RunPart.Status.WAITING)
    assert (failed.seller, failed.problem) == (called_sellers[1], "ArithmeticError: A meter ran backwards")
    assert SettlementRun.objects.get(pk=run.pk).is_being_made
    monkeypatch.setattr(lines, "compute", healthy)
    assert make_runs() == 1
    assert not SettlementRun.objects.get(pk=run.pk).is_being_made
    assert not run.parts.exclude(problem="").exists()


def test_a_month_in_which_nothing_was_asked_is_made_at_once(market: Market, january_contract: Contract) -> None:
    run = begin_run(market=market, month=date(2024, 12, 1), by="tests")
    make_runs()
    assert not SettlementRun.objects.get(pk=run.pk).is_being_made


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_where_it_was(
    market: Market, called_sellers: list[Seller], tmp_path: Path
) -> None:
    """Two processes make parts; both are killed with SIGKILL in the middle of one, and a third goes on."""
    run = begin_run(market=market, month=JANUARY, by="tests")
    slow = (
        "import django, time; django.setup()\n"
        "from settlement.operations import making\n"
        "write = making.write_lines\n"
        "def slowly(**more):\n"
        "    written = write(**more)\n"
        "    time.sleep(1.5)\n"
        "    return written\n"
        "making.ASSETS_AT_ONCE, making.write_lines = 1, slowly\n"
        "making.make_runs()\n"
    )
    base = {name: connection.settings_dict[name] for name in ("USER", "HOST", "PORT", "NAME")}
    host = str(base["HOST"]).replace("/", "%2F")
    address = f"postgresql://{base['USER']}@{host}{f':{base["PORT"]}' if base['PORT'] else ''}/{base['NAME']}"
    environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "piclo_nged.settings"}
    makers = [subprocess.Popen([sys.executable, "-c", slow], env=environment) for _ in range(2)]
    try:
        deadline = time.monotonic() + 60
        while run.parts.filter(status="done").count() < 1 and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        for maker in makers:
            os.kill(maker.pid, signal.SIGKILL)
            maker.wait()
    done = run.parts.filter(status="done").count()
    assert 1 <= done < SELLERS
    assert run.lines.count() == done
    make_runs()
    again = start_run(market=market, month=JANUARY, by="tests", reason="To compare")
    assert sorted(lines_of(run), key=lambda line: line["seller_id"]) == lines_of(again)
