"""`manage.py bench`: what this service costs, measured here and now against bare programs."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from piclo_nged.bench import (
    bids_feed,
    bids_in,
    dispatch_burst,
    dispatch_idle,
    dispatch_sustained,
    feed_race,
    readings_in,
    results_in,
    settlement_run,
    story,
)
from piclo_nged.bench.measured import Measured

BENCHMARKS: dict[str, Callable[[], list[Measured]]] = {
    "story": story.measure,
    "dispatch-idle": dispatch_idle.measure,
    "dispatch-burst": dispatch_burst.measure,
    "dispatch-sustained": dispatch_sustained.measure,
    "bids-in": bids_in.measure,
    "bids-feed": bids_feed.measure,
    "feed-race": feed_race.measure,
    "results-in": results_in.measure,
    "readings-in": readings_in.measure,
    "settlement-run": settlement_run.measure,
}


class Command(BaseCommand):
    help = f"Measures ours against a reference in the same run. Names: {', '.join(BENCHMARKS)}. Without a name: all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME")
        parser.add_argument("--json", action="store_true", help="last line of output: a JSON list, an object each")

    def handle(self, *, names: list[str], **options: Any) -> None:
        unknown = [name for name in names if name not in BENCHMARKS]
        if unknown:
            raise CommandError(f"No benchmark is called {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
        measured = [row for name in names or BENCHMARKS for row in BENCHMARKS[name]()]
        Console(stderr=True).print(_table(measured))
        if options["json"]:
            self.stdout.write(json.dumps([row.row() for row in measured]))


def _table(measured: list[Measured]) -> Table:
    table = Table(title="Ours against the reference of the same run (lower is better)", title_justify="left")
    for heading in ("Benchmark", "Ours", "Reference", "Ratio", "Limit", "Holds", "Remark"):
        table.add_column(heading)
    for row in measured:
        figures = (
            f"{row.ours:.4g} {row.unit}",
            f"{row.reference:.4g} {row.unit}",
            f"{row.ratio:.2f}",
            f"{row.limit:g}",
        )
        table.add_row(row.name, *figures, "yes" if row.ok else "NO", row.remark)
    return table
