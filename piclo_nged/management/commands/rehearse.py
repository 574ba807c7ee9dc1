"""The mock auction as a command: clear a results file of NGED again and say how often the rule agrees."""

import json
import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from piclo_nged.dso.nged.comparison import Rehearsal, Score, rehearse, rehearsed_file
from piclo_nged.dso.nged.wire import FileRefused, read_summary


class Command(BaseCommand):
    help = (
        "Clear the offers of NGED's Trade Results Summary with our rule and compare with what NGED decided. "
        "Needs no database. A malformed file is refused with every error's line, column and reason."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="Trade Results Summary of NGED, as CSV")
        parser.add_argument("--output", type=Path, help="write all rows with the rehearsed columns here")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        file, output = options["file"], options["output"]
        try:
            rehearsal = rehearse(read_summary(file.read_bytes()).refuse_errors())
        except FileRefused as refusal:
            raise CommandError(f"{file}: {refusal}") from None
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        try:
            if output:
                _write_whole(output, rehearsed_file(rehearsal))
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
        self._print_table(rehearsal)
        if options["json"]:
            self.stdout.write(json.dumps(figures(rehearsal)))

    def _print_table(self, rehearsal: Rehearsal) -> None:
        self.stdout.write(f"{'':12}{'offers':>8}{'same outcome':>20}{'same price':>20}")
        for name, score in [*rehearsal.by_product.items(), ("all", rehearsal.total)]:
            outcome, price = _share(score.outcome_matches, score), _share(score.price_matches, score)
            self.stdout.write(f"{name[:12]:12}{score.offers:>8}{outcome:>20}{price:>20}")


def figures(rehearsal: Rehearsal) -> dict[str, Any]:
    """What `--json` prints: counts in total and by product."""
    by_product = {product: _counts(score) for product, score in rehearsal.by_product.items()}
    rows = len(rehearsal.reading.table.records)
    return {"rows": rows, **_counts(rehearsal.total), "by_product": by_product}


def _counts(score: Score) -> dict[str, int]:
    return {
        "offers": score.offers,
        "outcome_matches": score.outcome_matches,
        "price_matches": score.price_matches,
    }


def _share(count: int, score: Score) -> str:
    return f"{count} ({count / score.offers:.1%})" if score.offers else "-"


def _write_whole(path: Path, text: str) -> None:
    """The whole file or nothing: a reader never sees half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
