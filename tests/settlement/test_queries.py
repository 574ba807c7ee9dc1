"""A seller asks about a line, customer success answers; while it waits, no run of the month is approved without a reason."""

from typing import Any

import pytest

from dispatch.models import Instruction
from markets.models import Mail, Market, User
from markets.problems import Refused
from settlement.models import LineQuery, Statement
from settlement.operations import (
    answer_query,
    approve_run,
    check_run,
    issue_run,
    open_points,
    raise_query,
    start_run,
)

from .world import JANUARY


@pytest.fixture
def statement(market: Market, january: Instruction, approver: User) -> Statement:
    run = check_run(run=start_run(market=market, month=JANUARY, by="tests"), by="tests")
    [statement] = issue_run(run=approve_run(run=run, by=approver, reason="Tests"), by="tests")
    return statement


def ask(statement: Statement, by: User, **more: Any) -> LineQuery:
    line = statement.run.lines.exclude(instruction=None).get()
    return raise_query(**{"statement": statement, "line": line, "text": "We stopped at 18:30.", "by": by} | more)


def test_an_open_query_holds_the_rerun_up_until_it_is_answered(
    statement: Statement, member: User, approver: User
) -> None:
    query = ask(statement, member, file=b"17:00,30", file_name="C:\\depot\\meter.csv".replace("\\", "/"))
    assert (query.file_name, bytes(query.file or b"")) == ("meter.csv", b"17:00,30")
    rerun = check_run(run=start_run(market=statement.run.market, month=JANUARY, by="tests", reason="Q"), by="tests")
    assert f"1 query of sellers about the month waits for an answer ({query})." in open_points(rerun)
    with pytest.raises(Refused, match=str(query)):
        approve_run(run=rerun, by=approver)
    answer_query(query=query, outcome="stands", answer="The meter read 30 kW until 18:30.", by=approver)
    assert not [point for point in open_points(rerun) if "query" in point]
    mail = Mail.objects.get(subject=f"Query {query}: the line stands")
    assert mail.recipient == member.email
    assert "The meter read 30 kW until 18:30." in mail.text
    with pytest.raises(Refused, match="was answered already"):
        answer_query(query=query, outcome="corrected", answer="Well then.", by=approver)


def test_a_line_has_one_query_at_a_time_and_may_be_asked_about_again(
    statement: Statement, member: User, approver: User
) -> None:
    first = ask(statement, member)
    with pytest.raises(Refused, match=f"{first} about this line waits"):
        ask(statement, member)
    answer_query(query=first, outcome="stands", answer="It is right.", by=approver)
    assert ask(statement, member).pk != first.pk


def test_a_statement_that_was_replaced_is_not_queried(statement: Statement, member: User, approver: User) -> None:
    rerun = check_run(run=start_run(market=statement.run.market, month=JANUARY, by="tests", reason="Q"), by="tests")
    [later] = issue_run(run=approve_run(run=rerun, by=approver, reason="Tests"), by="tests")
    with pytest.raises(Refused, match=f"Statement {later} has replaced this one"):
        ask(statement, member)


@pytest.mark.parametrize(
    ("sent", "column"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"file": b"MZ", "file_name": "meter.exe"}, "file"),
        ({"file": b"", "file_name": "meter.csv"}, "file"),
        ({"file": b"x" * 5_000_001, "file_name": "meter.csv"}, "file"),
    ],
)
def test_what_cannot_be_kept_is_told_beside_its_field(
    statement: Statement, member: User, sent: dict[str, Any], column: str
) -> None:
    with pytest.raises(Refused) as refused:
        ask(statement, member, **sent)
    assert [row.column for row in refused.value.rows] == [column]
    assert not LineQuery.objects.exists()


def test_an_answer_has_words(statement: Statement, member: User, approver: User) -> None:
    with pytest.raises(Refused, match="Answer in words"):
        answer_query(query=ask(statement, member), outcome="stands", answer=" ", by=approver)
