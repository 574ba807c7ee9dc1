"""The programs that `up` and `demo` run, as commands for the supervisor."""

import sys

from piclo_nged.processes.children import PROJECT


def management(command: str, *arguments: str) -> list[str]:
    """A command of manage.py, with the Python that runs this."""
    return [sys.executable, str(PROJECT / "manage.py"), command, *arguments]


def web(host: str, port: int, workers: int = 1) -> list[str]:
    """The web server."""
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--respawn-failed-workers"]
    where = ["--host", host, "--port", str(port), "--workers", str(workers)]
    return [*server, *where, "piclo_nged.wsgi:application"]
