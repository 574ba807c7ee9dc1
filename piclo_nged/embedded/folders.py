"""Where an embedded server keeps its files, and who may read them.

<state folder>/                 one per person
    postgres-18.6.3/            a copy of the binaries, for root only (binaries.py)
    <hash of the clone's path>/ one server that keeps its data
    throwaway-xxxxxxxx/         one server of one test run
        users, keeper           the two locks (server.py, keeper.py)
        server.log
        pg/                     private to the server's user: its socket, and its data in 18/
"""

import hashlib
import os
import pwd
from pathlib import Path
from urllib.parse import quote

from piclo_nged.embedded import NoServer

PROJECT = Path(__file__).resolve().parents[2]
SOCKET_PATH_BYTES = 107  # what fits into sockaddr_un with its closing zero
LONGEST_SOCKET = "throwaway-xxxxxxxx/pg/.s.PGSQL.5432"


class NoStateFolder(NoServer):
    """No place for the server's files: nothing is writable, or somebody else made the folder."""


def server_user() -> tuple[int, int] | None:
    """(uid, gid) that the server runs as, or None for our own: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return nobody.pw_uid, nobody.pw_gid


def state_folder() -> Path:
    """The first place that can be written and leaves room for a socket's path. Creates nothing."""
    for folder in _candidates():
        short_enough = len(os.fsencode(folder / LONGEST_SOCKET)) <= SOCKET_PATH_BYTES
        if short_enough and _can_be_made(folder):
            return folder
    tried = ", ".join(map(str, _candidates()))
    raise NoStateFolder(f"The embedded PostgreSQL has no folder to write to (tried {tried}): set DATABASE_URL.")


def clone_folder() -> Path:
    """The folder of the server that belongs to this clone of the project."""
    return state_folder() / hashlib.sha256(os.fsencode(PROJECT)).hexdigest()[:12]


def make_folder(folder: Path) -> Path:
    """Makes `folder`, readable by nobody else (as root: passable, since the server in it is `nobody`)."""
    folder.mkdir(parents=True, exist_ok=True)
    if {folder.lstat().st_uid, folder.stat().st_uid} != {os.geteuid()}:
        raise NoStateFolder(f"{folder} belongs to another user: remove it, or set DATABASE_URL.")
    folder.chmod(0o711 if server_user() else 0o700)
    return folder


def socket_folder(server_folder: Path) -> Path:
    return server_folder / "pg"


def url(server_folder: Path, database: str) -> str:
    """The address of a database as DATABASE_URL wants it. Without its port, PGPORT would decide."""
    return f"postgresql://postgres@{quote(str(socket_folder(server_folder)), safe='')}:5432/{database}"


def _candidates() -> list[Path]:
    uid = os.geteuid()
    shared = Path(f"/var/tmp/piclo-nged-{uid}")
    if uid == 0:
        return [Path("/var/lib/piclo-nged"), shared]
    state_home = os.environ.get("XDG_STATE_HOME", "")
    home = os.environ.get("HOME") or _home_on_record(uid)
    state = Path(state_home) if state_home.startswith("/") else Path(home) / ".local/state"
    return [state / "piclo-nged", shared]


def _home_on_record(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_dir
    except KeyError:  # a container may run under a number without a name
        return "/nonexistent"


def _can_be_made(folder: Path) -> bool:
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
