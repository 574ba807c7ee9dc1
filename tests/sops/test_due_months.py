"""Where a month begins and ends to be due for settlement, and that by hand and by machine it is settled alike."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from dispatch.models import Instruction, Match, Trigger
from markets.models import (
    BidLine,
    Product,
    ServiceWindow,
    TestParty,
    User,
)
from settlement.models import ReadingDay, SettlementRun, Statement
from settlement.operations import make_runs
from sops.models import Case, Step
from sops.operations import conduct, finish_case, set_mode

from .worlds import due, finish, move


def test_one_day_of_readings_is_enough_not_to_be_chased_and_another_months_is_not(world):
    contract = world.called(world.market)
    [asset] = contract.bid.assets.all()
    ReadingDay.objects.create(asset=asset, day=world.last_month - timedelta(days=1), watts=[0] * 48, source="upload")
    assert due("chase-readings") == [contract.seller]
    ReadingDay.objects.create(asset=asset, day=world.last_month, watts=[0] * 48, source="upload")
    assert due("chase-readings") == []


def test_nobody_is_chased_for_readings_that_settlement_does_not_look_at(world):
    """Kept available and never called; called but called off; or settled already."""
    kept_available = world.contract(world.market)
    assert due("chase-readings") == []
    Product.objects.update(call="scheduled")
    window = ServiceWindow.objects.create(
        competition=kept_available.bid.competition,
        name="Evening",
        first_day=world.last_month,
        last_day=world.last_month + timedelta(days=20),
        weekdays=[1, 2, 3, 4, 5],
        local_start="16:00",
        local_end="20:00",
        required_kw=100,
    )
    BidLine.objects.create(bid=kept_available.bid, window=window, capacity_kw=10)
    assert due("chase-readings") == [kept_available.seller]
    Product.objects.update(call="triggered")
    called = world.called(world.market)
    assert due("chase-readings") == [called.seller]
    told = called.matches.get().instruction
    trigger = Trigger.objects.create(
        operator=world.operator,
        market=world.market,
        reference=told.trigger.reference,
        revision=told.trigger.revision + 1,
        kind="cancel",
        raw=b"{}",
        received_at=world.now,
    )
    off = Instruction.objects.create(trigger=trigger, market=world.market, seller=called.seller, kind="cancel")
    Match.objects.create(instruction=off, contract=called)
    assert due("chase-readings") == []
    again = world.called(world.market)
    assert due("chase-readings") == [again.seller]
    run = SettlementRun.objects.create(market=world.market, terms=world.terms, month=world.last_month)
    for status in ({"status": "checked"}, {"status": "approved", "approved_by": world.approver}, {"status": "issued"}):
        SettlementRun.objects.filter(pk=run.pk).update(**status)
    assert due("chase-readings") == []


@pytest.mark.parametrize("status", ["bidding", "cleared", "closed"])
def test_a_test_party_is_never_settled_nor_its_sellers_chased_however_long_its_clock_runs_on(world, status):
    world.called(world.market)
    party = TestParty.objects.create(market=world.market, name="Rehearsal", source=b"", source_name="-")
    for step in ("cleared", "closed")[: ("bidding", "cleared", "closed").index(status)]:
        TestParty.objects.filter(pk=party.pk).update(status=step)
    assert (due("run"), due("chase-readings")) == ([], [])


def test_a_month_is_run_from_the_15th_on_and_once(world):
    world.contract(world.market)
    fifteenth = world.today.replace(day=15, hour=0, minute=0, second=0, microsecond=0)
    move(world.market, fifteenth - timedelta(minutes=1))
    assert due("run") == []
    move(world.market, fifteenth + timedelta(minutes=1))
    [market] = due("run")
    assert market.month == world.last_month
    SettlementRun.objects.create(market=market, terms=world.terms, month=market.month)
    assert due("run") == []


def test_a_run_whose_place_a_later_version_took_is_not_worked_on(world):
    run = world.run("checked")
    SettlementRun.objects.create(market=run.market, terms=run.terms, month=run.month, version=2)
    assert due("approve") == []


def settled_by_hand(first: User, second: User) -> None:
    for key, person in (("run", first), ("check-run", first), ("approve", second), ("issue", first)):
        finish(key, person)
        make_runs()  # the job of every minute


def settled_by_machine(first: User, second: User) -> None:
    for key in ("run", "check-run", "issue"):
        set_mode(step=Step.objects.get(key=key), mode="automated", reason="tests", by="tests")
    conduct()
    assert not Case.objects.filter(step__key="check-run").exists()  # it is being made, seller by seller
    make_runs()
    conduct()
    finish_case(case=Case.objects.get(step__key="approve"), by=first)
    conduct()


class Undone(Exception):
    """Takes back what was settled, so that the same month can be settled in another way."""


def test_a_month_settled_by_hand_and_by_machine_has_the_same_statements(
    market, contract, competition, steps, customer_success, approver
):
    [asset] = contract.bid.assets.all()
    days = (competition.last_day - competition.first_day).days + 1
    ReadingDay.objects.bulk_create(
        ReadingDay(asset=asset, day=date.fromordinal(day), watts=[20_000] * 48, source="upload")
        for day in range(competition.first_day.toordinal() - 40, competition.first_day.toordinal() + days)
    )
    after = competition.last_day + timedelta(days=16)
    move(market, timezone.now().replace(year=after.year, month=after.month, day=16))
    statements = []
    for settled in (settled_by_hand, settled_by_machine):
        with suppress(Undone), transaction.atomic():
            settled(customer_success, approver)
            assert not Case.objects.open().filter(step__key__in=("run", "check-run", "approve", "issue")).exists()
            statements.append(list(Statement.objects.values_list("seller", "total_gbp")))
            raise Undone
    by_hand, by_machine = statements
    assert by_hand == by_machine
    assert by_hand[0][1] > 0
