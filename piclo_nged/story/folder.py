"""Where a play keeps its logs and mails: a folder that goes with it, at the latest when the next play begins.

Who was killed could not clean up. The kernel drops a lock however its holder ends, so a folder whose lock is free
belongs to nobody any more.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

PREFIX = "piclo-nged-"
LOCK = "play.lock"


@contextmanager
def own_folder() -> Iterator[Path]:
    """A new folder of our own; what killed plays have left goes first."""
    _sweep()
    with TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        with (folder / "new.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (folder / "new.lock").rename(folder / LOCK)  # under its name it is never seen free while we live
            yield folder


def _sweep() -> None:
    for left in Path(gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # no lock: not a play's folder, or not ready; lock held: its play still runs
            if left.lstat().st_uid != os.geteuid():
                continue
            with (left / LOCK).open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
