"""What a person sees of the story while it is played, and at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .people import PASSWORD, Logins
from .play import Step, Summary

COUNTED = {
    "competitions": "Competitions published",
    "sellers": "Sellers",
    "assets": "Assets qualified",
    "bids": "Bids placed and acknowledged",
    "contracts": "Contracts",
    "triggers": "Triggers",
    "emails_delivered": "Emails delivered over SMTP",
    "readings": "Half-hourly readings",
    "statements": "Statements issued",
    "cases_open": "Cases open for customer success",
}


@contextmanager
def progress_bars(screen: Console) -> Iterator[Step]:
    """One bar per step of the story."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen) as bars:

        @contextmanager
        def step(title: str, size: int) -> Iterator[Callable[[int], None]]:
            task = bars.add_task(title, total=size)
            yield lambda done: bars.advance(task, done)
            bars.update(task, completed=bars.tasks[task].total)

        yield step


def show(screen: Console, summary: Summary) -> None:
    """The summary as two tables: what happened, and what became of every row of the file."""
    happened = Table(title="The story in figures", title_justify="left")
    happened.add_column("What")
    happened.add_column("How many", justify="right")
    for name, title in COUNTED.items():
        happened.add_row(title, f"{getattr(summary, name):,}")
    happened.add_row("Differences to NGED's list of contracts", f"{summary.differences:,}")
    happened.add_row("Month settled", f"{summary.settled:%B %Y}")
    happened.add_row("Seconds", f"{summary.seconds:,}")
    screen.print(happened)
    rows = Table(title=f"All {summary.rows.total():,} rows of the season's file", title_justify="left")
    rows.add_column("Became")
    rows.add_column("Rows", justify="right")
    for fate, count in summary.rows.most_common():
        rows.add_row(fate, f"{count:,}")
    screen.print(rows)


def welcome(screen: Console, site: str, summary: Summary, logins: Logins, mail: Path) -> None:
    """Where to look, and as whom. Plain lines, so that a token can be copied whole."""
    lines = (
        ("Sellers' pages", f"{site}/", f"{logins.member.email}, password {PASSWORD}"),
        ("Console of customer success", f"{site}/console/", f"{logins.customer_success.email}, password {PASSWORD}"),
        ("NGED's API", f"{site}/api/docs/", f"token {summary.token}"),
        ("Sellers' API", f"{site}/api/docs/", f"token {logins.seller_token}"),
        ("Emails received", str(mail), "a file each"),
    )
    for title, address, key in lines:
        screen.print(f"[bold]{title}[/bold]  {address}\n    {key}", soft_wrap=True, highlight=False)
