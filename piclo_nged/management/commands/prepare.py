"""`manage.py prepare`: brings a database up to date, for deployments that run the parts of `up` apart."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from piclo_nged.preparation import prepare


class Command(BaseCommand):
    help = (
        "Migrates, and puts in what every database needs: the operator and its products, the steps, the help centre, "
        "the schedule of jobs. `up` does this by itself. Safe to run at every release."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        prepare()
