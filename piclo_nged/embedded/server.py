"""Using an embedded server: `start()` for the clone's own, which keeps its data; `throwaway()` for one test
run.

Whoever comes first starts a keeper; everybody holds a shared lock on `users` as long as they need the
server. The kernel drops that lock however we end. See the package's docstring for the whole idea.
"""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from piclo_nged.embedded import folders
from piclo_nged.embedded.binaries import locked_folder, programs
from piclo_nged.embedded.keeper import READY, START_SECONDS, CannotServe, server_status
from piclo_nged.processes.children import small_python

DATABASE = "piclo_nged"


class Server:
    """One use of an embedded server. It runs at least until `stop()`, or until this process ends."""

    def __init__(self, folder: Path, users: int) -> None:
        self.folder = folder
        self._users = users

    def url(self, database: str = DATABASE) -> str:
        return folders.url(self.folder, database)

    def stop(self) -> None:
        """Ends our use. Returns when the server is gone, or at once where others still use it."""
        os.close(self._users)
        keeper = self.folder / "keeper"
        while self.folder.exists() and not (keeper.exists() and _is_free(keeper)) and not _is_shared(self.folder):
            time.sleep(0.005)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start() -> Server:
    """The server of this clone, started where it does not run yet. Its data stay.

    Raises NoServer.
    """
    folders.make_folder(folders.state_folder())
    folder = folders.make_folder(folders.clone_folder())
    return _use(folder, _hold(folder / "users"), throwaway=False)


def throwaway() -> Server:
    """A new, fast server without safety against crashes; its files go when it stops.

    What runs killed earlier have left is removed first. Raises NoServer.
    """
    state = folders.make_folder(folders.state_folder())
    with locked_folder(state):
        for leftover in state.glob("throwaway-*"):
            if _is_free(leftover / "users"):
                shutil.rmtree(leftover, ignore_errors=True)
        folder = folders.make_folder(Path(tempfile.mkdtemp(prefix="throwaway-", dir=state)))
        users = _hold(folder / "users")
    return _use(folder, users, throwaway=True)


def _hold(users: Path) -> int:
    """A descriptor with our shared lock; nothing but `stop()` or our end closes it.

    It waits while a keeper is stopping the server.
    """
    descriptor = os.open(users, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _use(folder: Path, users: int, *, throwaway: bool) -> Server:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with open(folder / "keeper", "a", opener=_private) as lock:
            if _try_lock(lock):
                _start_keeper(folder, lock, throwaway=throwaway)
                return Server(folder, users)
        if _answers(folder):
            return Server(folder, users)
        time.sleep(0.01)
    raise CannotServe(f"The embedded PostgreSQL did not get ready; its log is {folder / 'server.log'}.")


def _start_keeper(folder: Path, lock: IO[str], *, throwaway: bool) -> None:
    """Returns when the server takes connections. The keeper inherits `lock` and holds it while it lives."""
    user = folders.server_user()
    private = folders.socket_folder(folder)
    private.mkdir(mode=0o700, exist_ok=True)
    if user:
        shutil.chown(private, *user)
    order = {
        "folder": str(folder),
        "programs": str(programs(folder.parent)),
        "user": user,
        "throwaway": throwaway,
        "database": DATABASE,
    }
    with subprocess.Popen(
        small_python("piclo_nged.embedded.keeper", json.dumps(order)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=[lock.fileno()],
        start_new_session=True,
        cwd="/",
        text=True,
    ) as keeper:
        assert keeper.stdout is not None
        said = keeper.stdout.read().strip()
    if said != READY:
        raise CannotServe(said or "The embedded PostgreSQL's keeper ended without a word.")


def _answers(folder: Path) -> bool:
    status = server_status(folder)
    if status is None or status[1] != READY:
        return False
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(folders.socket_folder(folder) / ".s.PGSQL.5432")) == 0


def _private(path: str, flags: int) -> int:
    """Opens a file that others may not, or any person on the machine could hold its lock."""
    return os.open(path, flags, 0o600)


def _try_lock(file: IO[str], how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(path: Path) -> bool:
    """True where nobody holds a lock on the file at `path` (or there is none)."""
    try:
        with path.open() as file:
            return _try_lock(file)
    except FileNotFoundError:
        return True


def _is_shared(folder: Path) -> bool:
    """True where other users hold the server: our shared lock is granted, an exclusive one is not."""
    try:
        with (folder / "users").open() as users:
            return _try_lock(users, fcntl.LOCK_SH) and not _try_lock(users)
    except FileNotFoundError:
        return False
