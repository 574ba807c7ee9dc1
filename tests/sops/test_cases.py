"""What people do with a case, and that one case is never in two hands."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from dispatch.models import Instruction, Notice, Trigger
from markets.models import Asset, JournalEntry, Mail, Market, Seller, User
from markets.operations import people
from markets.problems import Refused
from sops.models import Case, Step
from sops.operations import CaseNotYours, claim_case, conduct, drop_case, finish_case, hand_over_case

VERIFY = "verify-company"


@pytest.fixture
def case(steps: Any, signed: Callable[[int], list[Seller]]) -> Case:
    signed(1)
    conduct()
    return Case.objects.get()


def test_a_claimed_case_is_one_persons_until_it_is_handed_over(case, customer_success, approver):
    claim_case(case=case, by=customer_success)
    claim_case(case=case, by=customer_success)
    for refused in (claim_case, finish_case):
        with pytest.raises(CaseNotYours, match="in the hands of Casey"):
            refused(case=case, by=approver)
    with pytest.raises(CaseNotYours):
        drop_case(case=case, by=approver, reason="not mine")
    hand_over_case(case=case, to=approver, by=customer_success, reason="off duty")
    finish_case(case=case, by=approver, outcome="Found on the register.")
    case.refresh_from_db()
    assert (case.status, case.claimed_by, case.outcome) == ("done", approver, "Found on the register.")
    assert JournalEntry.objects.filter(verb="claim_case").count() == 1


def test_a_case_given_back_waits_for_anybody(case, customer_success, approver):
    claim_case(case=case, by=customer_success)
    hand_over_case(case=case, to=None, by=customer_success)
    assert claim_case(case=case, by=approver).claimed_by == approver


def test_done_runs_the_same_operation_as_the_machine(case, customer_success):
    finish_case(case=case, by=customer_success)
    assert Seller.objects.get().status == "verified"
    assert JournalEntry.objects.get(verb="verify_seller").user == customer_success


def test_done_only_closes_where_the_subject_was_done_in_another_place(case, customer_success, approver):
    people.verify_seller(seller=Seller.objects.get(), by=approver)
    finish_case(case=case, by=customer_success)
    assert JournalEntry.objects.filter(verb="verify_seller").count() == 1
    case.refresh_from_db()
    assert case.status == "done"


def test_where_the_operation_refuses_the_case_stays_open_and_nothing_is_changed(
    steps, market, seller, customer_success
):
    Asset.objects.create(seller=seller, ref="A", name="A", technology="Battery")  # of an independent network
    conduct()
    case = Case.objects.get(step__key="check-asset")
    with pytest.raises(Refused, match="licence area"):
        finish_case(case=case, by=customer_success)
    case.refresh_from_db()
    assert (case.status, case.claimed_by) == ("waiting", None)


def test_a_closed_case_stays_closed(case, customer_success):
    finish_case(case=case, by=customer_success)
    for again in (claim_case, finish_case):
        with pytest.raises(CaseNotYours, match="closed"):
            again(case=case, by=customer_success)
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Case.objects.update(status="waiting", closed_at=None)


def test_a_dropped_case_needs_a_reason_and_rests(case, customer_success):
    with pytest.raises(Refused, match="Say why"):
        drop_case(case=case, by=customer_success, reason="")
    drop_case(case=case, by=customer_success, reason="A test company of our own.")
    conduct()
    assert not Case.objects.open().exists()
    Case.objects.update(closed_at=timezone.now() - timedelta(days=2))
    conduct()
    assert Case.objects.open().count() == 1, "it is still due, so after its rest it comes back"


@pytest.fixture
def unanswered(steps: Any, market: Market, seller: Seller) -> Instruction:
    """An instruction that a seller was told of, did not answer in time, and that ends in an hour."""
    trigger = Trigger.objects.create(
        operator=market.operator, market=market, reference="TR-1", kind="start", raw=b"{}", received_at=timezone.now()
    )
    asked_at = timezone.now() - timedelta(minutes=11)
    instruction = Instruction.objects.create(
        trigger=trigger,
        market=market,
        seller=seller,
        kind="start",
        ends_at=timezone.now() + timedelta(hours=1),
        created_at=asked_at,
    )
    mail = Mail.objects.create(recipient="desk@voltwise.example", subject="START", text="-", message_id="<1@x>")
    Mail.objects.filter(pk=mail.pk).update(status="sent", sent_at=asked_at)
    Notice.objects.create(instruction=instruction, mail=mail, contact=seller.dispatch_contacts.get())
    return instruction


def test_an_unanswered_instruction_is_chased_again_after_a_call_that_changed_nothing(unanswered, customer_success):
    conduct()
    case = Case.objects.get(step__key="chase")
    assert "Voltwise Energy Ltd" in case.subject
    finish_case(case=case, by=customer_success, outcome="Nobody answered the telephone.")
    conduct()
    assert not Case.objects.open().filter(step__key="chase").exists(), "not every minute"
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(minutes=16))
    conduct()
    assert Case.objects.open().filter(step__key="chase").exists()
    Instruction.objects.update(answer="confirmed")
    conduct()
    assert not Case.objects.open().exists()


def at_once(do: Callable[[User], Any], *people_at_it: User) -> list[Any]:
    """Lets the people do it at the same moment, each on a connection of their own; results or errors."""
    ready = Barrier(len(people_at_it))

    def one(person: User) -> Any:
        ready.wait(timeout=10)
        try:
            return do(person)
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people_at_it)) as threads:
        return list(threads.map(one, people_at_it))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("do", [claim_case, finish_case])
def test_of_two_people_at_once_one_gets_the_case(case, customer_success, approver, do):
    results = at_once(lambda person: do(case=case, by=person), customer_success, approver)
    assert sorted(type(result).__name__ for result in results) == ["Case", "CaseNotYours"]
    case.refresh_from_db()
    assert [case.claimed_by] == [result.claimed_by for result in results if isinstance(result, Case)]


@pytest.mark.django_db(transaction=True)
def test_two_conductors_and_a_person_at_once_do_each_subject_once(steps, signed, customer_success):
    signed(30)
    conduct()
    cases = list(Case.objects.all())
    Step.objects.filter(key=VERIFY).update(mode="automated")

    def work(person: User | None) -> None:
        if person is None:
            conduct()
        else:
            for case in cases:
                with suppress(CaseNotYours):
                    finish_case(case=case, by=person)

    at_once(work, None, None, customer_success)
    verified = list(JournalEntry.objects.filter(verb="verify_seller").values_list("subject_id", flat=True))
    assert len(verified) == len(set(verified)) == 30
    assert set(Case.objects.values_list("status", flat=True)) == {"done"}
    assert Case.objects.count() == 30
