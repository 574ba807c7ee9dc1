"""The programs that `up` and `demo` run, as commands for the supervisor."""

import os
import sys

from piclo_nged.processes.children import PROJECT

# Of each web worker. The server's own default is 512, each with a connection to the database; more than this
# only wait for one another.
THREADS = 2 * (os.cpu_count() or 1) + 1


def management(command: str, *arguments: str) -> list[str]:
    """A command of manage.py, with the Python that runs this."""
    return [sys.executable, str(PROJECT / "manage.py"), command, *arguments]


def web(host: str, port: int, workers: int = 1) -> list[str]:
    """The web server."""
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--respawn-failed-workers"]
    threads = ["--blocking-threads", str(THREADS)]
    where = ["--host", host, "--port", str(port), "--workers", str(workers)]
    return [*server, *threads, *where, "piclo_nged.wsgi:application"]
