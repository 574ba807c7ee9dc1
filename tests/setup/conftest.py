"""What the tests of the set-up share: copies of the project that they may damage, and patience."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from piclo_nged.embedded import folders

PROJECT = Path(__file__).resolve().parents[2]
BASE: str = sys._base_executable  # type: ignore[attr-defined]
"""The Python that our environment was made from: one without our packages."""


def eventually(is_true: Callable[[], object], seconds: float = 10) -> None:
    """Fails unless `is_true()` within `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """True while the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ordinary_user() -> dict[str, Any]:
    """For subprocess: as root, another user; otherwise ourselves."""
    if os.geteuid() != 0:
        return {}
    uid, gid = folders.server_user() or (65534, 65534)
    return {"user": uid, "group": gid, "extra_groups": []}


def python_for_everybody(oldest: tuple[int, int]) -> str:
    """A Python that the ordinary user can run: ours may lie in /root."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        probe = [candidate, "-c", f"import sys; sys.exit(sys.version_info < {oldest})"]
        with suppress(OSError):
            if subprocess.run(probe, capture_output=True, **ordinary_user()).returncode == 0:
                return candidate
    pytest.skip("no Python that an ordinary user can run")


def program(path: Path, text: str) -> Path:
    """An executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


class Running:
    """A Python script running in a process of its own; `line` is the first line it printed."""

    def __init__(self, script: str, folder: Path, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder), **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline().strip()
        assert self.line, "the script ended without a word"

    def end(self, number: int = signal.SIGKILL) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def run() -> Iterator[Callable[..., Running]]:
    """Starts scripts, and ends at last what still runs."""
    started: list[Running] = []

    def start(script: str, folder: Path, *arguments: str, **environment: str) -> Running:
        started.append(Running(script, folder, *arguments, **environment))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end()


@pytest.fixture
def make_clone(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A copy of the code in another folder, and so with an embedded server of its own."""
    clones: list[Path] = []

    def make(name: str = "clone") -> Path:
        clones.append(tmp_path / name)
        for part in ("embedded", "processes"):
            shutil.copytree(PROJECT / "piclo_nged" / part, tmp_path / name / "piclo_nged" / part)
        (tmp_path / name / "piclo_nged" / "__init__.py").touch()
        return clones[-1]

    yield make
    ask = "from piclo_nged.embedded.folders import clone_folder; print(clone_folder())"
    for clone in clones:
        server = subprocess.run([sys.executable, "-c", ask], cwd=clone, capture_output=True, text=True, check=True)
        folder = Path(server.stdout.strip())
        eventually(lambda folder=folder: not (folder / "pg" / ".s.PGSQL.5432").exists())
        shutil.rmtree(folder, ignore_errors=True)
