"""`manage.py up`: the whole service for real use, in one terminal or one container."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from piclo_nged.processes.readiness import LOCAL, USUAL_PORT, PortTaken, free_port, usual_port
from piclo_nged.processes.site import address, start_site
from piclo_nged.processes.supervisor import NotReady, Supervisor


class Command(BaseCommand):
    help = (
        "Runs the web server, the job cluster, the instruction worker and the caller against DATABASE_URL (without it, "
        "the embedded PostgreSQL), and starts again what ends. Migrates first. Ctrl-C stops all of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=LOCAL, help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, help=f"port to listen on (default: {USUAL_PORT}, or a free one)")
        parser.add_argument("--web-workers", type=int, default=1, help="processes of the web server")

    def handle(self, *, host: str, port: int | None, web_workers: int, **options: Any) -> None:
        try:
            port = usual_port(host) if port is None else free_port(host, port)
            call_command("prepare")
            with Supervisor() as processes:
                site = os.environ.get("SITE_URL") or address(host, port)
                start_site(processes, host, port, environment={"SITE_URL": site}, web_workers=web_workers)
                self.stdout.write(f"Running: {site} (listening on {host} port {port}). Ctrl-C stops.")
                self.stdout.flush()
                processes.watch(self.stderr.write)
        except (NotReady, PortTaken) as error:
            raise CommandError(error) from error
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")
