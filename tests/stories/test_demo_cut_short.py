"""Demos that do not reach their end: one sentence says why, and the exit code says that it is so."""

import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command

from markets.models import Market
from piclo_nged.dso.nged.rehearsal import CallFailed, NgedSide
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.story.folder import own_folder
from piclo_nged.story.month import NothingContracted, busiest_month


def test_a_file_without_rows_is_refused_before_anything_starts(tmp_path):
    file = tmp_path / "header.csv"
    file.write_text(sample_season().splitlines()[0] + "\n")
    with pytest.raises(CommandError, match=r"header\.csv has a header and no rows"):
        call_command("demo", "--once", season=file)


def test_ctrl_c_before_the_end_is_no_success(monkeypatch: pytest.MonkeyPatch):
    @contextmanager
    def interrupted():
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr("piclo_nged.management.commands.demo.stage", interrupted)
    with pytest.raises(SystemExit) as ended:
        call_command("demo", "--once")
    assert ended.value.code == 130


KILLED = """
import os
from piclo_nged.story.folder import own_folder
with own_folder() as folder:
    print(folder, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_the_next_demo_removes_what_a_killed_one_left_and_nothing_else(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "piclo-nged-of-somebody").mkdir()
    with own_folder() as running:
        killed = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
        left = Path(killed.stdout.strip())
        assert left.parent == tmp_path
        assert left.is_dir()
        with own_folder() as later:
            assert {folder.name for folder in tmp_path.iterdir()} == {
                *(running.name, later.name),
                "piclo-nged-of-somebody",
            }
    assert [folder.name for folder in tmp_path.iterdir()] == ["piclo-nged-of-somebody"]


def test_a_season_that_nobody_won_ends_with_a_sentence(market: Market):
    with pytest.raises(NothingContracted, match="nothing can be dispatched or settled"):
        busiest_month(market, date(2026, 12, 1))


def test_a_call_that_is_refused_is_told_fault_by_fault():
    faults = [
        {"line": line, "column": "Flexibility Product", "value": "x", "reason": "Unknown product."}
        for line in range(2, 32)
    ]
    problem = {
        "title": "Nothing of it was kept",
        "status": 422,
        "detail": "30 things need correcting.",
        "errors": faults,
    }
    headers = {"Content-Type": "application/problem+json"}
    nged = NgedSide(site="http://nged.example", token="", market="m")
    nged.http = httpx.Client(
        base_url="http://nged.example",
        transport=httpx.MockTransport(lambda _: httpx.Response(422, json=problem, headers=headers)),
    )
    with pytest.raises(CallFailed) as failure:
        nged.publish(b"")
    lines = str(failure.value).splitlines()
    assert lines[0] == "POST /competitions/import is answered 422: 30 things need correcting."
    assert lines[1] == "Line 2, Flexibility Product: Unknown product."
    assert lines[-1] == "... and 10 more"
