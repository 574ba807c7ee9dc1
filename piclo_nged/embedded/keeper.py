"""The keeper: starts `postgres` as its child, and stops it when the last user of the server is gone.

It runs apart from whoever started it (server.py), in a session of its own, so that Ctrl-C stops the command
first and the server after it. Killed itself, it takes the server with it. Standard library only: it is up
in 20 ms.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from piclo_nged.embedded import NoServer
from piclo_nged.processes.children import die_with_parent

READY = "ready"
MAJOR = "18"
START_SECONDS = 120  # after a crash the server first replays its log
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
ALWAYS = {
    "listen_addresses": "",  # the Unix socket only
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
THROWAWAY = {  # nothing of it is wanted after a crash
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Tests roll back: it would find tables with pages and no rows, and thousands of rows inside a test then be planned as one.
    "autovacuum": "off",
}


class CannotServe(NoServer):
    """The server did not come up. The text says why and where its log is."""


class Keeper:
    """One server in one folder. `order` is from server.py: folder, programs, user, throwaway, database."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.folder = Path(order["folder"])
        self.programs = Path(order["programs"])
        self.throwaway: bool = order["throwaway"]
        self.database: str = order["database"]
        self.data = self.folder / "pg" / MAJOR
        self.log = (self.folder / "server.log").open("wb")
        self.as_user: dict[str, Any] = {}
        if order["user"]:
            uid, gid = order["user"]
            self.as_user = {"user": uid, "group": gid, "extra_groups": []}
        # Fast stop lets the server write all down; what is thrown away need not.
        self.stop_signal = signal.SIGQUIT if self.throwaway else signal.SIGINT

    def serve(self) -> "subprocess.Popen[bytes]":
        """The running server, ready for connections."""
        if not self.data.exists():
            self._lay_down()
        self._clear_stale_lock()
        settings = ALWAYS | (THROWAWAY if self.throwaway else {})
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        postgres = subprocess.Popen(
            [self.programs / "postgres", "-D", self.data, "-k", self.data.parent, *arguments],
            stdin=subprocess.DEVNULL,
            **self._how(self.stop_signal),
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready(postgres.pid):
            if postgres.poll() is not None or time.monotonic() > deadline:
                raise CannotServe(self._with_log("PostgreSQL did not start"))
            time.sleep(0.005)
        return postgres

    def stop_when_unused(self, postgres: "subprocess.Popen[bytes]") -> None:
        """Asks the server to end once no user holds the shared lock, and ends this process with it.

        Newcomers wait for our exclusive lock until then.
        """
        unused = threading.Event()
        users = (self.folder / "users").open()

        def watch() -> None:
            fcntl.flock(users, fcntl.LOCK_EX)
            unused.set()
            postgres.send_signal(self.stop_signal)

        threading.Thread(target=watch, daemon=True).start()
        postgres.wait()
        if unused.is_set() and self.throwaway:
            shutil.rmtree(self.data.parent, ignore_errors=True)
            shutil.rmtree(self.folder, ignore_errors=True)  # the locks last: who waits for the end looks at them
        os._exit(0)

    def _lay_down(self) -> None:
        """A new cluster with our database in it, under another name until it is complete."""
        new = self.data.with_name("new")
        shutil.rmtree(new, ignore_errors=True)
        locale = ["--no-locale", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = ["--no-sync"] if self.throwaway else []
        access = ["-U", "postgres", "--auth=trust"]  # the folder of the socket is private
        self._run("initdb", "-D", str(new), "--no-instructions", *access, *locale, *sync)
        create = f"CREATE DATABASE {self.database}\n".encode()
        self._run("postgres", "--single", "-D", str(new), "postgres", typed=create)
        new.rename(self.data)

    def _run(self, program: str, *arguments: str, typed: bytes = b"") -> None:
        how = self._how(signal.SIGKILL)
        if subprocess.run([self.programs / program, *arguments], input=typed, check=False, **how).returncode:
            raise CannotServe(self._with_log(f"{program} failed"))

    def _how(self, signal_number: int) -> dict[str, Any]:
        return {
            "stdout": self.log,
            "stderr": self.log,
            "env": ENVIRONMENT,
            "cwd": "/",
            "umask": 0o077,
            "preexec_fn": _before_exec(os.getpid(), signal_number),  # called after the change of user, as it must
            **self.as_user,
        }

    def _clear_stale_lock(self) -> None:
        """PostgreSQL will not start where postmaster.pid names a living process, even a stranger with that
        number.

        We alone hold the keeper's lock, so once no server works in the folder, the file is stale.
        """
        lock = self.data / "postmaster.pid"
        if sys.platform != "linux" or not lock.exists():
            return
        deadline = time.monotonic() + 15  # a server whose keeper was killed is about to go
        while pids := _servers_in(self.data):
            if time.monotonic() > deadline:
                raise CannotServe(f"Process {pids[0]} still serves {self.data}: stop it first.")
            time.sleep(0.02)
        lock.unlink(missing_ok=True)

    def _is_ready(self, pid: int) -> bool:
        return server_status(self.folder) == (pid, READY)

    def _with_log(self, what: str) -> str:
        path = self.folder / "server.log"
        last = path.read_text(errors="replace").strip().splitlines()[-5:]
        return "\n".join([f"{what}. The end of its log ({path}):", *last])


def server_status(folder: Path) -> tuple[int, str] | None:
    """(pid, status) as the server wrote them into postmaster.pid; the status is `ready` once it takes
    connections."""
    try:
        lines = (folder / "pg" / MAJOR / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip()
    except (OSError, ValueError, IndexError):
        return None


def _before_exec(parent: int, signal_number: int) -> Callable[[], None]:
    return lambda: die_with_parent(parent, signal_number)


def _servers_in(data: Path) -> list[int]:
    """Pids of every `postgres` process whose working folder is `data`."""
    home = data.stat()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            where = (process / "cwd").stat()
            is_here = (where.st_dev, where.st_ino) == (home.st_dev, home.st_ino)
            if is_here and (process / "comm").read_text().strip() == "postgres":
                found.append(int(process.name))
        except OSError:  # it ended meanwhile, or is another person's
            continue
    return found


def main() -> None:
    """Tells the starter `ready` or what went wrong, on standard output, and then nothing more."""
    if os.fork():
        os._exit(0)  # the starter does not want a child to wait for
    try:
        keeper = Keeper(json.loads(sys.argv[1]))
        postgres = keeper.serve()
    except (CannotServe, OSError, subprocess.SubprocessError) as error:
        print(error, flush=True)
        os._exit(1)
    print(READY, flush=True)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(keeper.log.fileno(), stream.fileno())
    keeper.stop_when_unused(postgres)
