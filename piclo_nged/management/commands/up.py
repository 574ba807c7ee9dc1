"""`manage.py up`: the whole service for real use, in one terminal or one container."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from piclo_nged.processes import commands
from piclo_nged.processes.readiness import LOCAL, PortTaken, answers, free_port
from piclo_nged.processes.supervisor import NotReady, Supervisor

PORT = 8000


class Command(BaseCommand):
    help = (
        "Runs the web server, the job cluster and the instruction worker against DATABASE_URL (without it, "
        "the embedded PostgreSQL), and starts again what ends. Migrates first. Ctrl-C stops all of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=LOCAL, help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, help=f"port to listen on (default: {PORT}, or a free one)")
        parser.add_argument("--web-workers", type=int, default=1, help="processes of the web server")

    def handle(self, *, host: str, port: int | None, web_workers: int, **options: Any) -> None:
        try:
            port = _port(host, port)
            call_command("migrate", interactive=False, verbosity=0)
            with Supervisor() as processes:
                self._start(processes, host, port, web_workers)
                processes.watch(self.stderr.write)
        except (NotReady, PortTaken) as error:
            raise CommandError(error) from error
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")

    def _start(self, processes: Supervisor, host: str, port: int, web_workers: int) -> None:
        reached_at = LOCAL if host in ("0.0.0.0", "::") else host
        site = f"http://[{reached_at}]:{port}" if ":" in reached_at else f"http://{reached_at}:{port}"
        environment = {"SITE_URL": os.environ.get("SITE_URL", site)}
        web = commands.web(host, port, web_workers)
        processes.start("web", web, environment=environment, ready=answers(f"{site}/health/"))
        processes.start("jobs", commands.management("qcluster"), environment=environment)
        processes.start("instructions", commands.management("instructions"), environment=environment)
        self.stdout.write(
            f"Running: {environment['SITE_URL']} (listening on {host} port {port}). Ctrl-C stops."
        )


def _port(host: str, wanted: int | None) -> int:
    if wanted is not None:
        return free_port(host, wanted)
    try:
        return free_port(host, PORT)
    except PortTaken:
        return free_port(host)
