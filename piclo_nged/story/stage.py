"""The stage of a play: the service running as for real, and a mail server that keeps what it gets."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command

from piclo_nged.processes.readiness import LOCAL, usual_port
from piclo_nged.processes.site import address, start_site
from piclo_nged.processes.supervisor import Supervisor

from .folder import own_folder
from .sink import Sink


@contextmanager
def stage() -> Iterator[tuple[str, Sink, Supervisor]]:
    """Gives the site's address, the mail server, and the running processes; all of it ends with the context.

    The processes run as for real (DEBUG off), their mail goes to the sink. Raises NotReady.
    """
    call_command("prepare")
    with (
        own_folder() as folder,
        Supervisor(folder) as processes,
        Sink(folder / "mail") as sink,
    ):
        port = usual_port()
        site = address(LOCAL, port)
        environment = {
            "DEBUG": "0",
            "SECRET_KEY": settings.SECRET_KEY,  # the same as ours: jobs and links are signed with it
            "SITE_URL": site,
            "MAIL_OPTIONS": json.dumps({"host": LOCAL, "port": sink.port, "timeout": 5}),
        }
        start_site(processes, LOCAL, port, environment=environment)
        yield site, sink, processes
