"""The supervisor leaves nothing behind: not after Ctrl-C, not after SIGTERM, not after kill -9."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from piclo_nged.processes.readiness import LOCAL, PortTaken, answers, free_port, listens
from piclo_nged.processes.supervisor import NotReady, Supervisor
from tests.setup.conftest import PROJECT, Running, eventually, is_alive

# A program like the job cluster: a worker forked from it, deaf to SIGTERM. Both write their pid into a folder.
CLUSTER = """
import os, signal, sys, time
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(os.path.join(sys.argv[1], str(os.getpid())), "w").close()
time.sleep(300)
"""
SUPERVISE = """
import sys
from piclo_nged.processes.supervisor import Supervisor
cluster, folder = sys.argv[1:]
with Supervisor() as processes:
    for name in ("one", "two"):
        processes.start(name, [sys.executable, "-c", cluster, folder])
    print("started", flush=True)
    processes.watch(lambda text: print(text, file=sys.stderr))
"""
Run = Callable[..., Running]


@pytest.fixture
def supervisor(run: Run, tmp_path: Path) -> Running:
    """Two clusters under supervision: four processes."""
    running = run(SUPERVISE, PROJECT, CLUSTER, str(tmp_path))
    eventually(lambda: len(pids(tmp_path)) == 4)
    return running


def pids(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if is_alive(int(path.name))]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_asked_to_stop_it_ends_all_it_started(
    supervisor: Running, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    assert supervisor.end(number) == code
    assert pids(tmp_path) == []


def test_killed_it_takes_all_along(supervisor: Running, tmp_path: Path) -> None:
    supervisor.end(signal.SIGKILL)
    eventually(lambda: pids(tmp_path) == [], seconds=3)


def test_a_program_that_was_killed_is_started_again_without_its_orphans(supervisor: Running, tmp_path: Path) -> None:
    before = pids(tmp_path)
    children = {pid: _parent(pid) for pid in before}
    main = next(pid for pid, parent in children.items() if parent not in before)
    [worker] = [pid for pid, parent in children.items() if parent == main]
    os.kill(main, signal.SIGKILL)
    eventually(lambda: not is_alive(worker))
    eventually(lambda: len(pids(tmp_path)) == 4 and main not in pids(tmp_path))


def test_a_leash_that_was_killed_leaves_nothing_either(supervisor: Running, tmp_path: Path) -> None:
    before = set(pids(tmp_path))
    main = next(pid for pid in before if _parent(pid) not in before)
    [worker] = [pid for pid in before if _parent(pid) == main]
    os.kill(_parent(main), signal.SIGKILL)
    eventually(lambda: not is_alive(main) and not is_alive(worker))
    eventually(lambda: len(pids(tmp_path)) == 4)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.fixture
def quiet_signals() -> Callable[[], None]:
    """A supervisor inside the tests' own process must give the signals back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("quiet_signals")
def test_a_program_that_ends_at_once_is_named_with_its_last_words(tmp_path: Path) -> None:
    broken = [sys.executable, "-c", "raise SystemExit('no configuration')"]
    with (
        Supervisor(tmp_path) as processes,
        pytest.raises(NotReady, match=r"(?s)web ended with code 1.*no configuration"),
    ):
        processes.start("web", broken, ready=lambda: False)


@pytest.mark.usefixtures("quiet_signals")
def test_a_program_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with (
        Supervisor(tmp_path) as processes,
        pytest.raises(NotReady, match=r"(?s)sink ended with code 127.*nowhere"),
    ):
        processes.start("sink", ["/nowhere/sink"], ready=lambda: False)


@pytest.mark.usefixtures("quiet_signals")
def test_start_returns_once_the_program_answers(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "health").mkdir()
    server = [sys.executable, "-m", "http.server", str(port), "--bind", LOCAL, "--directory", str(tmp_path)]
    with Supervisor(tmp_path) as processes:
        processes.start("web", server, ready=answers(f"http://{LOCAL}:{port}/health/"))
        assert listens(port)()
        assert not answers(f"http://{LOCAL}:{port}/missing/")()
        processes.check()
    assert not listens(port)()
    assert '"GET /health/' in (tmp_path / "web.log").read_text()


@pytest.mark.usefixtures("quiet_signals")
def test_a_program_deaf_to_sigterm_is_ended_by_force_after_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("piclo_nged.processes.supervisor.PATIENCE_SECONDS", 0.5)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)"
    started_at = time.monotonic()
    with Supervisor(tmp_path) as processes:
        log = tmp_path / "deaf.log"
        processes.start("deaf", [sys.executable, "-c", deaf], ready=lambda: "deaf" in log.read_text())
        leash = processes.children[0].leash
    assert time.monotonic() - started_at < 8
    assert leash.poll() is not None


def test_a_port_that_is_taken_is_said_so() -> None:
    with socket.create_server((LOCAL, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} on {LOCAL}"):
            free_port(LOCAL, port)
    assert free_port(LOCAL, port) == port


def test_two_commands_that_start_at_once_do_not_choose_one_port(run: Run) -> None:
    script = (
        "import sys, time; from piclo_nged.processes.readiness import PortTaken, free_port\n"
        "try: print(free_port(wanted=int(sys.argv[1])), flush=True)\n"
        "except PortTaken: print('taken', flush=True)\n"
        "time.sleep(60)"
    )
    port = str(free_port())
    first = run(script, PROJECT, port)
    assert (first.line, run(script, PROJECT, port).line) == (port, "taken")
    first.end()
    assert run(script, PROJECT, port).line == port


def test_test_passes_arguments_and_exit_code_on() -> None:
    command = [
        sys.executable,
        "manage.py",
        "test",
        "tests/setup/test_processes.py",
        "-q",
        "-k",
        "no_such_test",
    ]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "deselected" in ended.stdout
