"""A PostgreSQL of the campaign's own, safe against crashes as for real, that may be killed, restarted or run out of disk."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from piclo_nged.embedded import folders
from piclo_nged.embedded.binaries import programs
from piclo_nged.processes.children import die_with_parent

DATABASE = "faults"
READY_SECONDS = 60
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "150",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "checkpoint_timeout": "30s",
}


class OwnPostgres:
    """A context. `disk`: a folder for the data, where it is not to lie beside the socket."""

    def __init__(self, disk: Path | None = None):
        state = folders.make_folder(folders.state_folder())
        self._programs = programs(state)
        self.folder = folders.make_folder(Path(tempfile.mkdtemp(prefix="faults-", dir=state)))
        disk = disk or self.folder / "disk"
        disk.mkdir(mode=0o700, exist_ok=True)
        self.data = disk / "data"
        self._socket = self.folder / "socket"
        self._socket.mkdir(mode=0o700)
        user = folders.server_user()
        self._as_user: dict[str, Any] = {"user": user[0], "group": user[1], "extra_groups": []} if user else {}
        if user:
            for folder in (self._socket, disk):
                shutil.chown(folder, *user)
        self._log = (self.folder / "server.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._run("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale")
        self.start()
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._log.close()
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://postgres@{str(self._socket).replace('/', '%2F')}:5432/{database}"

    def start(self) -> None:
        """Returns when it takes connections: after a crash the log is replayed first."""
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [self._programs / "postgres", "-D", self.data, "-k", self._socket, *settings]
        self._process = subprocess.Popen(command, **self._how())
        deadline = time.monotonic() + READY_SECONDS
        while True:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return
            assert self._process.poll() is None, f"PostgreSQL does not start:\n{self.last_words()}"
            assert time.monotonic() < deadline, f"PostgreSQL is not ready:\n{self.last_words()}"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the server and every process of it, at once: as a loss of power, but for the disk's own memory."""
        assert self._process is not None
        pids = [self._process.pid, *_children(self._process.pid)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            time.sleep(0.01)

    def kill_a_backend(self, pid: int) -> None:
        """SIGKILL to one connection's process: the server then ends all others and recovers by itself."""
        assert self._process is not None
        if pid in _children(self._process.pid):
            os.kill(pid, signal.SIGKILL)

    def restart(self) -> None:
        """As an operator does it: every connection is ended, what is open is undone, and it starts again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait()
        self.start()

    def is_up(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def last_words(self) -> str:
        return "\n".join((self.folder / "server.log").read_text(errors="replace").splitlines()[-15:])

    def _run(self, program: str, *arguments: object) -> None:
        command = [self._programs / program, *map(str, arguments)]
        assert subprocess.run(command, **self._how()).returncode == 0, self.last_words()

    def _how(self) -> dict[str, Any]:
        parent = os.getpid()
        return {
            "stdin": subprocess.DEVNULL,
            "stdout": self._log,
            "stderr": self._log,
            "env": {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
            "cwd": "/",
            "umask": 0o077,
            "preexec_fn": lambda: die_with_parent(parent, signal.SIGKILL),
            **self._as_user,
        }


def _children(pid: int) -> list[int]:
    pids: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            pids += [int(child) for child in task.read_text().split()]
    return pids
