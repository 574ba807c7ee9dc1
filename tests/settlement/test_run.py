"""A run from draft to issued: who may do what, and what the database itself refuses."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dispatch.models import Instruction, Match
from markets.models import Asset, Contract, JournalEntry, Mail, Market, User
from markets.problems import Refused
from settlement.models import SettlementRun, Statement, Terms
from settlement.operations import approve_run, check_run, issue_run, open_points, start_run

from .world import JANUARY, at, instruct, meter


@pytest.fixture
def run(market: Market, january: Instruction, customer_success: User) -> SettlementRun:
    return start_run(market=market, month=JANUARY, by=customer_success)


@pytest.fixture
def issued(run: SettlementRun, approver: User) -> SettlementRun:
    approve_run(run=check_run(run=run, by="tests"), by=approver)
    issue_run(run=run, by="tests")
    run.refresh_from_db()
    return run


def refused_by_the_database(statement: str, *values: object) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(refusal.value)


def test_a_run_goes_from_draft_to_issued(issued: SettlementRun, january: Instruction, approver: User) -> None:
    assert issued.status == "issued"
    assert issued.approved_by == approver
    statement = Statement.objects.get(run=issued)
    assert statement.seller == january.seller
    assert str(statement.total_gbp) == "481.95"
    verbs = JournalEntry.objects.filter(subject_type="settlement.settlementrun").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["start_run", "check_run", "approve_run", "issue_run"]


def test_the_seller_hears_of_the_statement_by_ordinary_mail(issued: SettlementRun, member: User) -> None:
    mail = Mail.objects.get(subject__startswith="Statement S-")
    assert (mail.recipient, mail.lane, mail.status) == (member.email, "ordinary", "ready")
    assert "£481.95" in mail.subject
    assert issued.statements.get().reference in mail.text
    assert "version" not in mail.text


def test_the_month_must_be_over_in_market_time(market: Market) -> None:
    this_month = market.now().date().replace(day=1)
    with pytest.raises(Refused, match="is not over"):
        start_run(market=market, month=this_month, by="tests")
    assert not SettlementRun.objects.exists()


def test_a_run_locks_the_matches_of_its_month(run: SettlementRun, january: Instruction) -> None:
    assert Match.objects.get(instruction=january).locked_at is not None
    assert "Cannot update" in refused_by_the_database("UPDATE dispatch_match SET status = 'open', contract_id = NULL")


def test_a_market_gets_its_first_terms_and_keeps_them(run: SettlementRun, market: Market) -> None:
    terms = Terms.objects.get(market=market)
    assert run.terms == terms
    assert (str(terms.grace), terms.interval_minutes) == ("0.0500", 30)
    again = start_run(market=market, month=JANUARY, by="tests", reason="Once more")
    assert again.terms == terms


@pytest.mark.parametrize("status", ["approved", "issued"])
def test_the_database_refuses_an_illegal_move(run: SettlementRun, status: str) -> None:
    assert "Invalid transition" in refused_by_the_database("UPDATE settlement_settlementrun SET status = %s", status)


def test_the_database_refuses_a_run_born_approved(market: Market, run: SettlementRun) -> None:
    with pytest.raises(DatabaseError, match="Cannot insert"), transaction.atomic():
        SettlementRun.objects.create(market=market, terms=run.terms, month=date(2024, 12, 1), status="checked")


def test_the_database_refuses_approval_by_the_one_who_started_it(run: SettlementRun, customer_success: User) -> None:
    check_run(run=run, by="tests")
    approve = "UPDATE settlement_settlementrun SET status = 'approved', approved_by_id = %s"
    assert "second_person" in refused_by_the_database(approve, customer_success.pk)
    assert "by_a_person" in refused_by_the_database(approve, None)


def test_a_run_that_a_job_started_still_needs_two_people(
    market: Market, january: Instruction, customer_success: User, approver: User
) -> None:
    run = check_run(run=start_run(market=market, month=JANUARY, by="monthly job"), by=customer_success)
    with pytest.raises(Refused, match="second person"):
        approve_run(run=run, by=customer_success)
    approve = "UPDATE settlement_settlementrun SET status = 'approved', approved_by_id = %s"
    assert "second_person" in refused_by_the_database(approve, customer_success.pk)
    assert approve_run(run=run, by=approver).status == "approved"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settlement_statement SET total_gbp = 1",
        "DELETE FROM settlement_statement",
        "UPDATE settlement_settlementline SET utilisation_gbp = 1",
        "DELETE FROM settlement_settlementline",
        "INSERT INTO settlement_settlementline SELECT * FROM settlement_settlementline",
        "UPDATE settlement_terms SET grace = 1",
    ],
)
def test_what_was_issued_stands(issued: SettlementRun, statement: str) -> None:
    refused_by_the_database(statement)
    assert str(Statement.objects.get(run=issued).total_gbp) == "481.95"


def test_a_statement_needs_an_approved_run(run: SettlementRun, january: Instruction) -> None:
    with pytest.raises(DatabaseError, match="added only while their run is approved"), transaction.atomic():
        Statement.objects.create(run=run, seller=january.seller, total_gbp=1)


def test_two_drafts_of_one_version_cannot_be(run: SettlementRun, market: Market) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementRun.objects.create(market=market, terms=run.terms, month=JANUARY)


def test_steps_are_taken_in_order(run: SettlementRun, approver: User) -> None:
    with pytest.raises(Refused, match="only a checked run is approved"):
        approve_run(run=run, by=approver)
    with pytest.raises(Refused, match="only an approved run is issued"):
        issue_run(run=run, by=approver)
    check_run(run=run, by="tests")
    with pytest.raises(Refused, match="only a draft is checked"):
        check_run(run=run, by="tests")


def test_a_check_sees_what_came_after_the_run_was_started(
    run: SettlementRun, market: Market, january_contract: Contract
) -> None:
    instruct(market, january_contract, at(16, 17), at(16, 18), capacity_kw=Decimal(50))
    with pytest.raises(Refused, match="24 lines; the month has 25 events"):
        check_run(run=run, by="tests")


def test_an_unmatched_instruction_holds_the_approval_up(run: SettlementRun, market: Market, approver: User) -> None:
    stray = instruct(market, None, at(20, 17), at(20, 18))
    instruct(market, None, at(20, 17), at(20, 18), kind="test")
    instruct(market, None, at(20, 17, month=2), at(20, 18, month=2))
    check_run(run=run, by="tests")
    with pytest.raises(Refused, match=f"1 instruction of the month \\({stray.reference}\\)"):
        approve_run(run=run, by=approver)
    approved = approve_run(run=run, by=approver, reason="NGED withdrew it by phone")
    assert approved.override_reason == "NGED withdrew it by phone"
    entry = JournalEntry.objects.get(verb="approve_run")
    assert entry.reason == "NGED withdrew it by phone"
    assert stray.reference in entry.details["open_points"][0]


def test_missing_readings_count_as_nothing_and_hold_the_approval_up(
    market: Market, january_contract: Contract, asset: Asset, approver: User
) -> None:
    meter(asset, date(2024, 12, 9), date(2025, 1, 14), lambda day: 60)
    called = instruct(market, january_contract, at(15, 17), at(15, 19), capacity_kw=Decimal(50))
    run = start_run(market=market, month=JANUARY, by="tests")
    line = run.lines.get(instruction=called)
    assert (line.delivered_kwh, line.metered_kwh, line.baseline_kwh) == (0, None, None)
    assert line.assets_without_readings == 1
    assert "EV-1: readings are missing in this event" in line.explanation
    check_run(run=run, by="tests")
    with pytest.raises(Refused, match="Readings are missing in 1 line of 1 seller"):
        approve_run(run=run, by=approver)


def test_too_short_a_history_holds_the_approval_up(market: Market, january_contract: Contract, asset: Asset) -> None:
    meter(asset, date(2025, 1, 10), date(2025, 1, 31), lambda day: 60)
    called = instruct(market, january_contract, at(15, 17), at(15, 19))
    run = start_run(market=market, month=JANUARY, by="tests")
    assert "fewer than 5 like days have readings" in run.lines.get(instruction=called).explanation
    assert any("Readings are missing" in point for point in open_points(run))


def test_readings_that_come_later_are_for_a_rerun(run: SettlementRun, asset: Asset, approver: User) -> None:
    before = list(run.lines.values_list("delivered_kwh", flat=True))
    meter(asset, date(2025, 1, 15), date(2025, 1, 15), lambda day: 1)
    assert list(run.lines.values_list("delivered_kwh", flat=True)) == before
    assert any("1 day of readings came after" in point for point in open_points(run))


def test_an_instruction_without_an_end_is_told(market: Market, january_contract: Contract, approver: User) -> None:
    endless = instruct(market, january_contract, at(15, 22))
    run = start_run(market=market, month=JANUARY, by="tests")
    assert open_points(run) == [
        f"Instruction {endless.reference} has neither an end nor a stop, so it cannot be settled."
    ]


def test_the_number_of_queries_does_not_grow_with_contracts(
    market: Market, dynamic: Callable[..., Contract], january: Instruction, sustain: Callable[..., Contract]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            start_run(market=market, month=JANUARY, by="tests", reason="Counting")
        return len(captured)

    queries()  # the first one also makes the terms
    before = queries()
    for _ in range(5):
        instruct(market, dynamic(), at(16, 17), at(16, 18))
        sustain()
    assert queries() == before
