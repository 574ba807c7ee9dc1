"""`up` for real: pages are served, what crashes comes back, and Ctrl-C leaves nothing."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from piclo_nged.databases import own_database
from tests.setup.conftest import PROJECT, eventually, is_alive


@pytest.fixture
def up() -> Iterator["subprocess.Popen[str]"]:
    """The service as README runs it for real, in a database of its own on the tests' server."""
    for_real = {"DEBUG": "0", "SECRET_KEY": "x" * 50, "SITE_URL": "https://flex.example.com"}
    with own_database("piclo_up") as url:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=PROJECT,
            env={**os.environ, **for_real, "DATABASE_URL": url},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        yield process
        process.kill()
        process.wait()


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found |= {child} | descendants(child)
    return found


JOBS = "\0jobs"


def running(what: str, pids: set[int]) -> list[int]:
    """Those of `pids` whose command line has `what` in it, oldest first."""
    return sorted(pid for pid in pids if is_alive(pid) and what in Path(f"/proc/{pid}/cmdline").read_text())


def test_up_serves_restarts_and_leaves_nothing(up: "subprocess.Popen[str]") -> None:
    assert up.stdout is not None
    line = up.stdout.readline()
    found = re.match(r"Running: https://flex\.example\.com \(listening on 127\.0\.0\.1 port (\d+)\)", line)
    assert found, line
    health = f"http://127.0.0.1:{found.group(1)}/health/"
    with urlopen(Request(health, headers={"Host": "flex.example.com"})) as response:
        assert response.status == 200

    eventually(lambda: len(running(JOBS, descendants(up.pid))) > 3)  # the leash, the cluster, its workers
    worker = running("instructions", descendants(up.pid))[-1]
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: not is_alive(worker))
    eventually(lambda: len(running("instructions", descendants(up.pid))) == 2)
    cluster = running(JOBS, descendants(up.pid))
    os.kill(cluster[-1], signal.SIGKILL)  # the others may wait for ever for what it held
    eventually(lambda: not any(is_alive(pid) for pid in cluster))
    eventually(lambda: len(running(JOBS, descendants(up.pid))) > 3)

    started = descendants(up.pid)
    up.send_signal(signal.SIGINT)
    assert up.wait(timeout=30) == 0
    assert [pid for pid in started if is_alive(pid)] == []


@pytest.mark.slow
def test_up_killed_leaves_nothing(up: "subprocess.Popen[str]") -> None:
    assert up.stdout is not None
    assert up.stdout.readline()
    eventually(lambda: len(running(JOBS, descendants(up.pid))) > 3)
    started = descendants(up.pid)
    up.kill()
    eventually(lambda: not any(is_alive(pid) for pid in started), seconds=5)
