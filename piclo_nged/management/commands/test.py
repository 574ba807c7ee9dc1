"""`manage.py test`: the second of the two commands. It proves what `demo` shows."""

import os
import sys

from django.core.management.base import BaseCommand

from piclo_nged.processes.children import PROJECT

WHOLE_SUITE = ["-n", "auto", "--dist", "worksteal"]
"""On every core. What is asked for by name runs in this one process, so that a debugger works."""


class Command(BaseCommand):
    help = "Runs the tests. Everything after `test` goes to pytest: `manage.py test tests/rules -k clearing`."
    requires_system_checks = []

    def run_from_argv(self, argv: list[str]) -> None:
        """In place of Django's own parser, which would refuse pytest's options.

        manage.py has seen to the database: a throwaway server, or the one of DATABASE_URL.
        """
        import pytest

        os.chdir(PROJECT)
        sys.exit(pytest.main(argv[2:] or WHOLE_SUITE))
