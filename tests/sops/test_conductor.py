"""Due subjects become automated runs or cases, by mode, once each, in whatever order things happen."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from markets.models import JournalEntry, Seller
from markets.operations import people
from markets.problems import Refused
from sops import operations
from sops import steps as blueprint
from sops.models import Case, Step, Tally
from sops.operations import ConductorFailed, ModeNotAllowed, claim_case, conduct, finish_case, set_mode

from .conftest import sign

VERIFY = "verify-company"


def automate(step: Step, mode: str = "automated") -> Step:
    return set_mode(step=step, mode=mode, reason="tests", by="tests")


@pytest.fixture
def operation(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts another operation in the place of `verify_seller`."""

    def put(do: Any, **more: Any) -> None:
        changed = {d.key: replace(d, do=do, **more) if d.key == VERIFY else d for d in blueprint.STEPS}
        monkeypatch.setattr(operations.conductor, "STEPS", tuple(changed.values()))
        monkeypatch.setattr(blueprint, "_BY_KEY", changed)

    return put


def test_a_manual_step_opens_one_case_per_due_subject_however_often_it_is_conducted(steps, signed):
    signed(3)
    first, second = conduct(), conduct()
    cases = Case.objects.filter(step__key=VERIFY)
    assert sorted(case.subject for case in cases) == ["Seller 0", "Seller 1", "Seller 2"]
    assert [outcome.opened for outcome in first if outcome.key == VERIFY] == [3]
    assert sum(outcome.opened for outcome in second) == 0


def test_a_case_says_when_its_subject_fell_due_and_by_when_it_must_be_done(steps, signed):
    [seller] = signed(1)
    conduct()
    case = Case.objects.get(step__key=VERIFY)
    assert case.fell_due_at == seller.agreements.get().signed_at
    assert case.due_at == case.fell_due_at + timedelta(days=2)


def test_a_waiting_case_is_closed_when_its_subject_is_done_in_another_place(steps, signed):
    [seller] = signed(1)
    conduct()
    people.verify_seller(seller=seller, by="tests")
    conduct()
    case = Case.objects.get(step__key=VERIFY)
    assert (case.status, case.claimed_by) == ("dropped", None)
    assert "No longer needed" in case.outcome


def test_a_claimed_case_counts_as_done_by_its_person_when_its_subject_is_done_in_another_place(
    steps, signed, customer_success
):
    [seller] = signed(1)
    conduct()
    claim_case(case=Case.objects.get(), by=customer_success)
    people.verify_seller(seller=seller, by=customer_success)
    conduct()
    assert (Case.objects.get().status, Case.objects.get().claimed_by) == ("done", customer_success)


def test_an_automated_step_does_what_is_due_and_is_tallied(steps, signed):
    signed(3)
    automate(steps[VERIFY])
    conduct()
    conduct()
    assert Seller.objects.filter(status="verified").count() == 3
    assert not Case.objects.filter(step__key=VERIFY).exists()
    assert Tally.objects.get(step=steps[VERIFY]).by_machine == 3
    assert JournalEntry.objects.filter(verb="verify_seller", actor="conductor").count() == 3


def test_an_automated_step_that_fails_becomes_a_case_with_the_error_in_words_and_the_others_are_done(
    steps, signed, operation
):
    def refuses_the_second(subject: Seller, *, by: Any) -> None:
        people.verify_seller(seller=subject, by=by)
        if subject.name == "Seller 1":
            raise Refused("The company's number is struck off the register.")

    signed(3)
    operation(refuses_the_second)
    automate(steps[VERIFY])
    conduct()
    case = Case.objects.get(step__key=VERIFY)
    assert (case.subject, case.problem) == ("Seller 1", "The company's number is struck off the register.")
    assert Seller.objects.get(name="Seller 1").status == "invited", "what failed left nothing half-written"
    assert Seller.objects.filter(status="verified").count() == 2
    conduct()
    assert Tally.objects.get(step=steps[VERIFY]).failed == 1, "what a person has before them the machine leaves alone"


@pytest.mark.parametrize(
    ("do", "words"),
    [
        (lambda subject, *, by: 1 / 0, "ZeroDivisionError"),
        (lambda subject, *, by: None, "still due"),
    ],
)
def test_an_operation_that_breaks_or_does_nothing_is_a_case_too(steps, signed, operation, do, words):
    signed(1)
    operation(do)
    automate(steps[VERIFY])
    conduct()
    assert words in Case.objects.get(step__key=VERIFY).problem


def test_a_step_that_cannot_be_conducted_stops_no_other_and_is_raised(steps, signed, monkeypatch):
    def breaks() -> Any:
        raise RuntimeError("no such column")

    signed(1)
    broken = tuple(replace(d, due=breaks) if d.key == "match" else d for d in blueprint.STEPS)
    monkeypatch.setattr(operations.conductor, "STEPS", broken)
    with pytest.raises(ConductorFailed, match="match"):
        conduct()
    assert Case.objects.filter(step__key=VERIFY).count() == 1


def test_an_assisted_step_prepares_the_case_and_a_person_approves(steps, signed, customer_success):
    signed(1)
    conduct()
    automate(steps[VERIFY], "assisted")
    conduct()
    case = Case.objects.get(step__key=VERIFY)
    assert "signed by A. Signatory" in case.prepared
    assert Seller.objects.get().status == "invited"
    finish_case(case=case, by=customer_success)
    assert Seller.objects.get().status == "verified"


def test_switching_to_and_fro_while_subjects_fall_due_loses_and_doubles_nothing(steps, customer_success, monkeypatch):
    monkeypatch.setattr(operations.conductor, "STEPS", (blueprint.declared(VERIFY),))
    chance = random.Random(7)
    for turn in range(50):
        sign(f"Seller {turn}.{number}" for number in range(5))
        automate(Step.objects.get(key=VERIFY), "automated" if turn % 2 else "manual")
        if chance.random() < 0.7:
            conduct()
        for case in Case.objects.open().filter(step__key=VERIFY)[: chance.randint(0, 2)]:
            finish_case(case=case, by=customer_success)
    conduct()
    verified = JournalEntry.objects.filter(verb="verify_seller").values_list("subject_id", flat=True)
    assert sorted(verified) == sorted(Seller.objects.values_list("pk", flat=True))
    assert not Case.objects.open().exists()
    by_hand = Case.objects.filter(status="done", claimed_by=customer_success).count()
    assert by_hand > 10
    assert by_hand + sum(Tally.objects.values_list("by_machine", flat=True)) == 250


def test_a_switch_to_manual_stops_the_machine_before_its_next_subject(steps, signed, operation):
    def switches_after_the_first(subject: Seller, *, by: Any) -> None:
        people.verify_seller(seller=subject, by=by)
        automate(Step.objects.get(key=VERIFY), "manual")

    signed(3)
    operation(switches_after_the_first)
    automate(steps[VERIFY])
    conduct()
    assert Seller.objects.filter(status="verified").count() == 1
    conduct()
    assert Case.objects.open().filter(step__key=VERIFY).count() == 2


def test_the_machine_takes_over_cases_that_nobody_has_begun_and_leaves_the_others(steps, signed, customer_success):
    first, second = signed(2)
    conduct()
    claim_case(case=Case.objects.get(subject_id=first.pk), by=customer_success)
    automate(steps[VERIFY])
    conduct()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("invited", "verified")
    assert Case.objects.get(subject_id=second.pk).outcome == "Done by machine (conductor)."
    assert Case.objects.get(subject_id=first.pk).status == "claimed"


def test_a_mode_needs_a_reason_and_must_be_one_of_the_steps_own(steps):
    with pytest.raises(ModeNotAllowed, match="Say why"):
        set_mode(step=steps[VERIFY], mode="automated", reason=" ", by="tests")
    with pytest.raises(ModeNotAllowed, match="automated only"):
        set_mode(step=steps["instruct"], mode="manual", reason="tests", by="tests")
    automate(steps[VERIFY])
    entry = JournalEntry.objects.get(verb="set_mode")
    assert (entry.details, entry.reason) == ({"before": "manual", "after": "automated"}, "tests")


def test_rows_follow_declarations_and_keep_what_people_set(steps):
    Step.objects.filter(key=VERIFY).update(mode="assisted", minutes_by_hand=45)
    Step.objects.filter(key="instruct").update(mode="manual")
    Step.objects.filter(key="issue").delete()
    assert operations.sync_steps(by="tests") == ["issue", "instruct"]
    assert operations.sync_steps(by="tests") == []
    kept = Step.objects.get(key=VERIFY)
    assert (kept.mode, kept.minutes_by_hand) == ("assisted", 45)
    assert Step.objects.get(key="instruct").mode == "automated"
