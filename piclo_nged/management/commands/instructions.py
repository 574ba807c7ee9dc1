"""`manage.py instructions`: sends the emails of instructions, within moments of the trigger, until it is told to stop."""

import gc
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dispatch.worker import SENDERS, Worker


class Command(BaseCommand):
    help = "Runs the instruction worker: sends instruction emails as soon as they are ready. Run as many copies as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--senders", type=int, default=SENDERS, help="kept connections to the mail server (default: %(default)s)"
        )

    def handle(self, *args: Any, senders: int, **options: Any) -> None:
        worker = Worker(senders=senders)
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda *_: worker.stop())
        gc.freeze()  # what stays for ever is looked through by no collection of garbage while a seller waits
        worker.run()
