"""`manage.py demo`: the whole story on one command, from NGED's competitions to a seller's statement."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from markets.problems import Refused
from piclo_nged.dso.nged import wire
from piclo_nged.dso.nged.rehearsal import CallFailed, FeedIncomplete
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.processes.supervisor import NotReady
from piclo_nged.story import people, screen
from piclo_nged.story.calling import MailLost
from piclo_nged.story.encore import invite_to_party, open_for_visitors
from piclo_nged.story.month import NothingContracted
from piclo_nged.story.play import Story, row
from piclo_nged.story.stage import stage

INTERRUPTED = 130  # as shells say it of Ctrl-C


class Command(BaseCommand):
    help = (
        "Plays the whole story in a database of its own: NGED's side over HTTP, the sellers' through the operations "
        "of their pages, emails over SMTP. Afterwards the site stays up until Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--season", type=Path, metavar="FILE", help="a Trade Results Summary; else a made-up season"
        )
        parser.add_argument("--once", action="store_true", help="end after the summary")
        parser.add_argument("--json", action="store_true", help="last line of output: the summary as one JSON object")

    def handle(self, *, season: Path | None, once: bool, **options: Any) -> None:
        file, told = _season(season)
        console = Console(stderr=True)
        played = False
        try:
            with stage() as (site, sink, processes):
                worker, approver = people.hire()
                with screen.progress_bars(console) as step:
                    summary = Story(told, file, site, step, sink).play(approver)
                played = True
                screen.show(console, summary)
                logins = people.logins(worker)
                if not once:
                    open_for_visitors()
                    invite_to_party(logins.seller)
                screen.welcome(console, site, summary, logins, sink.folder)
                if once:
                    console.print("All of this ends here: without --once the site stays up.")
                if options["json"]:
                    self.stdout.write(json.dumps(row(summary)))
                    self.stdout.flush()
                if not once:
                    console.print("The site stays up until Ctrl-C.")
                    processes.watch(console.print)
        except (CallFailed, FeedIncomplete, MailLost, NothingContracted, NotReady, Refused) as error:
            raise CommandError(error) from error
        except KeyboardInterrupt:
            console.print("Stopped." if played else "Stopped before the end of the story.")
            if not played:
                sys.exit(INTERRUPTED)


def _season(file: Path | None) -> tuple[bytes, wire.Season]:
    """The file's bytes, and what it tells. Raises CommandError with every fault of it."""
    try:
        content = file.read_bytes() if file else sample_season().encode()
        season = wire.read_summary(content).refuse_errors().season
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except wire.FileRefused as refusal:
        raise CommandError(f"{file} cannot be played, nothing was done.\n{refusal}") from refusal
    if not season.competitions:
        raise CommandError(f"{file} has a header and no rows, so there is nothing to play.")
    return content, season
