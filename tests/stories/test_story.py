"""The README's story, executed: its command, as a newcomer types it, from competition to statement."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
KEYS = (
    *("competitions", "sellers", "assets", "bids", "contracts", "triggers", "emails_delivered", "readings"),
    *("statements", "cases_open", "seconds"),
)


def story_commands() -> list[list[str]]:
    """The commands in the README's blocks that are marked as the story."""
    blocks = re.findall(r"```sh story\n(.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_readmes_story_from_competition_to_statement():
    [command] = story_commands()
    assert command[0] == "python3"
    outcome = run(*command[1:])
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    told = json.loads(outcome.stdout.splitlines()[-1])
    assert all(told[key] for key in KEYS), told
    assert told["competitions"] >= 50
    assert told["contracts"] < told["bids"]
    assert told["emails_delivered"] > told["triggers"] > 1
    assert told["readings"] % 48 == 0
    assert told["statements"] <= told["sellers"]
    assert any(reason.startswith("skipped: offered 0 kW") for reason in told["rows"])


@pytest.mark.slow
def test_a_real_season_is_played_and_every_row_accounted_for():
    file = os.environ.get("NGED_RESULTS_FILE")
    if not file:
        pytest.skip("NGED_RESULTS_FILE names no results file")
    outcome = run("manage.py", "demo", "--once", "--json", "--season", file)
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    told = json.loads(outcome.stdout.splitlines()[-1])
    assert sum(told["rows"].values()) == len(Path(file).read_text().splitlines()) - 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("Offered Capacity [kW]", "Offered Capacity [MW]"), ["Offered Capacity [MW]"]),
        (lambda text: text.replace("CMZ Code", "CMZ Kode", 1), ["CMZ Kode"]),
        (lambda text: text.replace("2026-10-05", "2026-13-05", 1), ["line", "Trade Open Date", "2026-13-05"]),
    ],
)
def test_a_malformed_season_is_refused_with_line_column_and_reason(tmp_path, change, words):
    from piclo_nged.dso.nged.sample import sample_season

    file = tmp_path / "season.csv"
    file.write_text(change(sample_season()))
    outcome = run("manage.py", "demo", "--once", "--season", str(file))
    assert outcome.returncode == 1
    assert all(word.lower() in outcome.stderr.lower() for word in words), outcome.stderr


@pytest.mark.parametrize("command", ["demo", "bench"])
def test_demo_and_bench_refuse_for_real(command, monkeypatch):
    monkeypatch.setenv("DEBUG", "0")
    monkeypatch.setenv("SECRET_KEY", "for this test")
    outcome = run("manage.py", command)
    assert outcome.returncode != 0
    assert "DEBUG=0" in outcome.stderr
