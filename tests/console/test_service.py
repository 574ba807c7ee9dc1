"""Matches are decided and months settled at the console, by the same operations and with the same two people."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dispatch.models import Instruction, Match, Trigger
from markets.models import Contract, JournalEntry, Mail, User
from markets.operations.clock import move_clock
from settlement.models import SettlementRun, Statement
from settlement.operations import InvoiceEntry, make_runs, record_invoice


@pytest.fixture
def press(client: Client) -> Callable[..., list[str]]:
    """Presses a button as somebody, and returns what the console says."""

    def press(by: User, noun: str, button: str, pk: int | None = None, **answers: str) -> list[str]:
        client.force_login(by)
        url = reverse(f"admin:{noun}_{button}", args=[] if pk is None else [pk])
        page = client.post(url, {"_form_submitted": "True", **answers}, follow=True)
        return [str(message) for message in page.context.get("messages", [])]

    return press


@pytest.fixture
def match(market: Any, seller: Any, contract: Contract) -> Match:
    """An instruction that names nothing but its seller: no rule can match it."""
    trigger = Trigger.objects.create(
        operator=market.operator,
        market=market,
        reference="TR-1",
        kind="start",
        raw=b"{}",
        content_sha256="",
        received_at=timezone.now(),
    )
    instruction = Instruction.objects.create(
        trigger=trigger, market=market, seller=seller, kind="start", starts_at=timezone.now(), capacity_kw=20
    )
    return Match.objects.create(instruction=instruction)


class TestMatch:
    def test_it_is_decided_among_what_may_fit_and_undone(
        self, press: Any, colleague: User, client: Client, match: Match, contract: Contract
    ) -> None:
        client.force_login(colleague)
        page = client.get(reverse("admin:dispatch_match_change", args=[match.pk]))
        [column] = page.context["beside"].columns
        assert column.name == contract.reference, "the contract of the same seller is not offered"
        chosen = client.get(f"{page.request['PATH_INFO']}?{column.choose}").context["beside"].choice
        reason = {"contract": str(chosen.contract.pk), "reason": "NGED named it by phone."}
        said = press(colleague, "dispatch_match", "decide", match.pk, **reason)
        assert said == [f"{match.instruction} belongs to {contract}."]
        match.refresh_from_db()
        assert (match.status, match.contract, match.decided_by) == ("matched", contract, colleague)
        press(colleague, "dispatch_match", "undo", match.pk, reason="It was another one.")
        match.refresh_from_db()
        assert (match.status, match.contract) == ("open", None)
        assert JournalEntry.objects.get(verb="undo_match").reason == "It was another one."

    def test_any_other_contract_is_put_beside_by_its_reference(
        self, client: Client, colleague: User, match: Match, contract: Contract
    ) -> None:
        client.force_login(colleague)
        page = reverse("admin:dispatch_match_change", args=[match.pk])
        named = client.get(page, {"other": contract.bid.reference.lower()}).context["beside"]
        assert named.choice.contract == contract
        unknown = client.get(page, {"other": "C-999999"})
        assert "is known as 'C-999999'" in unknown.context["beside"].problem

    @pytest.mark.parametrize("answers", [{}, {"contract": "999999"}, {"contract": "{contract.pk}", "reason": ""}])
    def test_without_one_contract_and_a_reason_nothing_is_decided(
        self, press: Any, colleague: User, match: Match, contract: Contract, answers: dict[str, str]
    ) -> None:
        answers = {name: value.format(contract=contract) for name, value in answers.items()}
        assert press(colleague, "dispatch_match", "decide", match.pk, **{"reason": "x", **answers})
        match.refresh_from_db()
        assert match.status == "open"


class TestRun:
    @pytest.fixture
    def month(self, market: Any, contract: Contract) -> datetime:
        """The first month of delivery, just over in market time."""
        first = contract.bid.competition.first_day
        after = datetime.combine(first + timedelta(days=40), datetime.min.time(), timezone.get_current_timezone())
        move_clock(market=market, to=after, by="tests")
        return after

    def test_it_is_started_checked_approved_by_another_and_issued(
        self, press: Any, colleague: User, approver: User, market: Any, contract: Contract, month: datetime
    ) -> None:
        run_of = {"market": market.pk, "month": f"{contract.bid.competition.first_day:%d/%m/%Y}"}
        press(colleague, "settlement_settlementrun", "start", **run_of)
        make_runs()
        run = SettlementRun.objects.get()
        press(colleague, "settlement_settlementrun", "check_figures", run.pk)
        [refused] = press(colleague, "settlement_settlementrun", "approve", run.pk, reason="All is well.")
        assert "second person" in refused
        press(approver, "settlement_settlementrun", "approve", run.pk, reason="Readings will not come.")
        run.refresh_from_db()
        assert (run.status, run.approved_by) == ("approved", approver)
        before = Mail.objects.count()
        press(approver, "settlement_settlementrun", "issue", run.pk)
        run.refresh_from_db()
        assert run.status == "issued"
        statement = Statement.objects.get(run=run)
        assert statement.seller == contract.seller
        assert Mail.objects.count() > before

    def test_the_run_says_where_the_operators_invoice_differs(
        self, press: Any, client: Client, colleague: User, market: Any, contract: Contract, month: datetime
    ) -> None:
        first = contract.bid.competition.first_day
        press(colleague, "settlement_settlementrun", "start", market=market.pk, month=f"{first:%d/%m/%Y}")
        page = reverse("admin:settlement_settlementrun_change", args=[SettlementRun.objects.get().pk])
        assert "0 of 1 sellers, 0 lines." in client.get(page).content.decode()
        make_runs()
        run = SettlementRun.objects.get()
        assert f"1 of 1 sellers, {run.lines.count():,} lines." in client.get(page).content.decode()
        assert "No invoice of this month has come yet." in client.get(page).content.decode()
        line = InvoiceEntry("INV-1", first, contract.reference, Decimal("1000000.00"))
        record_invoice(market=market, lines=[line], by="tests")
        assert f"{contract.reference}, other: They pay £" in client.get(page).content.decode()

    def test_a_rerun_without_a_reason_is_refused(
        self, press: Any, colleague: User, market: Any, contract: Contract, month: datetime
    ) -> None:
        run_of = {"market": market.pk, "month": f"{contract.bid.competition.first_day:%d/%m/%Y}"}
        press(colleague, "settlement_settlementrun", "start", **run_of)
        make_runs()
        [refused] = press(colleague, "settlement_settlementrun", "start", **run_of)
        assert "why the month is run again" in refused
        assert SettlementRun.objects.count() == 1
