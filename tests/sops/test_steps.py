"""Every step of the blueprint: its due-query, its cost, and the text by which a person does it."""

import re
from datetime import timedelta
from pathlib import Path

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.models import Match
from markets.rules.words import moment
from sops import operations
from sops import steps as blueprint
from sops.help import rendered
from sops.models import Case, Tally
from sops.operations import conduct
from sops.steps import STEPS, Lane, Mode, Phase, StepDeclaration, declared
from sops.steps.declaration import TEXTS

from .one_due import ONE_DUE

WITH_DUE = [declaration.key for declaration in STEPS if declaration.due]


def conducted(key: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Conducts this step alone; how many queries it took."""
    monkeypatch.setattr(operations.conductor, "STEPS", (declared(key),))
    with CaptureQueriesContext(connection) as queries:
        conduct()
    return len(queries)


def test_each_due_query_has_a_world_in_which_it_finds_something():
    assert sorted(ONE_DUE) == sorted(WITH_DUE)


@pytest.mark.parametrize("key", WITH_DUE)
def test_in_an_empty_world_nothing_is_due(world, key, monkeypatch):
    conducted(key, monkeypatch)
    assert declared(key).waiting().count() == 0
    assert not Case.objects.exists()


@pytest.mark.parametrize("key", WITH_DUE)
def test_what_is_due_is_found_each_once_and_more_of_it_costs_no_more_queries(world, steps, key, monkeypatch):
    for _ in range(2):
        ONE_DUE[key](world)
    few = conducted(key, monkeypatch)
    for _ in range(7):
        ONE_DUE[key](world)
    many = conducted(key, monkeypatch)
    assert declared(key).waiting().count() == 9
    if declared(key).tallied:
        assert Tally.objects.get(step=steps[key]).most_waiting == 9
    else:
        assert Case.objects.open().filter(step__key=key).values("subject_id").distinct().count() == 9
        assert not Case.objects.filter(fell_due_at=None).exists()
    assert many == few


def test_a_case_of_machinery_outside_says_why_it_is_a_persons(world, monkeypatch):
    ONE_DUE["match"](world)
    conducted("match", monkeypatch)
    case, match = Case.objects.get(), Match.objects.get()
    why, until = case.problem.split("\n")
    assert why == "Another zone."
    assert moment(match.solve_by) in until
    assert case.due_at == match.solve_by - match.instruction.market.clock_offset, "it is due before settlement runs"


def test_an_instruction_to_a_seller_nobody_knows_is_a_case_at_once(world, monkeypatch):
    instruction = world.instruction(timedelta(minutes=2))
    with pgtrigger.ignore("dispatch.Instruction:told_for_ever", "dispatch.Instruction:seller_for_ever"):
        type(instruction).objects.update(seller=None, seller_named="Voltwize")
    conducted("instruct", monkeypatch)
    assert "No seller is known as 'Voltwize'" in Case.objects.get().problem


def test_the_first_modes_of_dispatch_are_locked_to_the_machine():
    dispatch = [d for d in STEPS if d.phase == Phase.DISPATCH and d.lane != Lane.CUSTOMER_SUCCESS]
    assert {d.modes for d in dispatch} == {(Mode.AUTOMATED,)}
    assert len(dispatch) == 5


@pytest.mark.parametrize("declaration", STEPS, ids=lambda declaration: declaration.key)
def test_each_step_has_a_procedure_whose_steps_can_be_ticked_off(declaration: StepDeclaration):
    html = rendered(declaration.sop)
    assert len(re.findall("<li>", html)) >= 3
    assert len(declaration.sop.split()) > 60


def test_there_is_no_procedure_without_a_step():
    assert {path.stem for path in Path(TEXTS).glob("*.md")} == {declaration.key for declaration in STEPS}


def test_each_button_that_a_procedure_names_is_one_of_the_case_page():
    buttons = {"Do it and finish", "Hand over"}
    named = {name for d in blueprint.STEPS for name in re.findall(r"\*\*(Do it[^*]*?|Hand over)\.?\*\*", d.sop)}
    assert named == buttons


@pytest.mark.parametrize(
    "wrong",
    [
        {"modes": (Mode.ASSISTED,), "due": lambda: None},
        {"modes": (Mode.AUTOMATED,), "due": lambda: None},
    ],
)
def test_a_declaration_that_could_not_be_conducted_is_refused_at_import(wrong):
    with pytest.raises(ValueError, match="x: "):
        StepDeclaration(key="x", phase=Phase.SERVICE, lane=Lane.PICLO, title="X", minutes_by_hand=1, **wrong)
