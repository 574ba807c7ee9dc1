"""Queries: a seller asks about a line of its statement, customer success answers. A correction is a further version."""

from pathlib import PurePath

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from markets.models import User
from markets.operations import mail
from markets.operations.journal import record
from markets.problems import Refused, RowProblem

from .. import emails
from ..models import LineQuery, SettlementLine, SettlementRun, Statement

MOST_LETTERS = 2000
MOST_BYTES = 5_000_000
FILES = {
    ".csv": "text/csv",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What may be sent along, and as what it is handed out again."""


@transaction.atomic
def raise_query(
    *, statement: Statement, line: SettlementLine, text: str, by: User, file: bytes | None = None, file_name: str = ""
) -> LineQuery:
    """A member of the seller asks about a line of its latest statement of the month.

    Raises Refused, with the field as column, for what can't be kept, for a statement that a later version has replaced,
    and where a query of the line waits already.
    """
    text = text.strip()
    if problems := [*_text_problems(text), *_file_problems(file, file_name)]:
        raise Refused("The query was not sent.", problems)
    SettlementLine.objects.select_for_update(no_key=True).get(pk=line.pk, run=statement.run, seller=statement.seller)
    same = {"seller": statement.seller, "run__market": statement.run.market, "run__month": statement.run.month}
    if later := Statement.objects.filter(**same, run__version__gt=statement.run.version).last():
        raise Refused(f"Statement {later} has replaced this one. Look there first; its lines can be queried.")
    if waiting := LineQuery.objects.filter(line=line, answered_at=None).first():
        raise Refused(f"{waiting} about this line waits for its answer already.")
    query = LineQuery.objects.create(
        seller=statement.seller,
        statement=statement,
        line=line,
        text=text,
        file=file,
        file_name=PurePath(file_name).name if file else "",
        raised_by=by,
    )
    query.refresh_from_db(fields=["reference", "raised_at"])
    record(by=by, verb="raise_query", subject=query, statement=statement.reference, file=query.file_name)
    return query


@transaction.atomic
def answer_query(*, query: LineQuery, outcome: str, answer: str, by: User) -> LineQuery:
    """Customer success answers; whoever asked has it by mail. It changes no figure: a rerun of the month does.

    Raises Refused without words, and where it is answered already.
    """
    query = (
        LineQuery.objects.select_for_update(of=("self",))
        .select_related("statement__run__market", "raised_by")
        .get(pk=query.pk)
    )
    if query.answered_at is not None:
        raise Refused(f"{query} was answered already, by {query.answered_by}.")
    if not answer.strip():
        raise Refused("Answer in words: the seller reads them beside the line.")
    query.outcome, query.answer = LineQuery.Outcome(outcome), answer.strip()[:MOST_LETTERS]
    query.answered_by, query.answered_at = by, timezone.now()
    query.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    mail.queue([emails.query_answered(query)])
    record(by=by, verb="answer_query", subject=query, outcome=outcome)
    return query


def open_queries(run: SettlementRun) -> QuerySet[LineQuery]:
    """Those of the run's month that nobody has answered, of whatever version."""
    of_month = {"statement__run__market": run.market_id, "statement__run__month": run.month}
    return LineQuery.objects.filter(answered_at=None, **of_month).order_by("pk")


def _text_problems(text: str) -> list[RowProblem]:
    if not text:
        return [RowProblem(0, "text", "", "Say what is wrong with the line, and what you would expect.")]
    if len(text) > MOST_LETTERS:
        return [
            RowProblem(0, "text", "", f"Say it in at most {MOST_LETTERS:,} characters; the rest may go into a file.")
        ]
    return []


def _file_problems(file: bytes | None, name: str) -> list[RowProblem]:
    if file is None:
        return []
    if PurePath(name).suffix.lower() not in FILES:
        return [RowProblem(0, "file", name[:100], f"Send one of these: {', '.join(FILES)}.")]
    if len(file) > MOST_BYTES:
        return [RowProblem(0, "file", name[:100], f"Send at most {MOST_BYTES // 1_000_000} MB.")]
    if not file:
        return [RowProblem(0, "file", name[:100], "This file is empty.")]
    return []
