"""`manage.py calls`: calls sellers' programs within moments of an instruction, until it is told to stop."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from markets.worker import AT_ONCE, Caller


class Command(BaseCommand):
    help = "Runs the caller: makes the calls of sellers' webhooks as soon as they are ready. Run as many copies as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at-once", type=int, default=AT_ONCE, help="calls under way (default: %(default)s)")

    def handle(self, *args: Any, at_once: int, **options: Any) -> None:
        caller = Caller(at_once=at_once)
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda *_: caller.stop())
        caller.run()
