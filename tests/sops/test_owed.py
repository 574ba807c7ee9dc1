"""Who is chased for an answer and who is not, until when, and what the person who calls has before them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dispatch.models import Acknowledgement, Instruction
from dispatch.operations import answer_instruction
from dispatch.rules.wording import instant
from markets.models import DispatchContact, Mail, Market, Operator, Seller, User
from sops.models import Case
from sops.operations import claim_case, conduct, finish_case
from sops.steps import declared

from .worlds import World

ELEVEN = timedelta(minutes=11)


@pytest.fixture
def world(steps: Any) -> World:
    return World(Operator.objects.create(key="nged", name="NGED", short_name="NGED"))


def chased() -> list[Any]:
    return list(declared("chase").waiting())


def test_the_time_to_answer_runs_from_when_the_mail_left_and_ends_as_the_market_says(world):
    """Eleven minutes after the trigger; the mail left two minutes late, so ten minutes are not over."""
    told = world.told(ELEVEN)
    Mail.objects.update(sent_at=world.now - timedelta(minutes=9))
    assert chased() == []
    Mail.objects.update(sent_at=world.now - timedelta(minutes=10))
    assert chased() == [told]
    assert chased()[0].fell_due_at == Mail.objects.get().sent_at + timedelta(minutes=10)
    Market.objects.update(answer_within=timedelta(minutes=15))
    assert chased() == []
    Market.objects.update(answer_within=timedelta())
    assert chased() == [], "a market that asks for no answer is owed none"


def test_who_was_never_reached_is_not_chased_but_told_by_telephone(world):
    never = world.instruction(ELEVEN)
    came_back = world.told(ELEVEN)
    Mail.objects.update(bounced_at=timezone.now())
    assert chased() == []
    assert sorted(declared("instruct").waiting(), key=str) == sorted([never, came_back], key=str)


@pytest.mark.parametrize(
    ("kind", "is_chased"),
    [("start", 1), ("change", 1), ("stop", 1), ("emergency_stop", 1), ("cancel", 0), ("test", 0)],
)
def test_a_test_and_a_cancellation_are_never_owed_an_answer(world, kind, is_chased):
    world.told(ELEVEN, kind=kind)
    assert len(chased()) == is_chased


def test_nobody_is_chased_for_a_start_that_is_over_but_for_a_stop_that_must_have_taken_effect(world):
    over = {"ends_at": world.today - timedelta(minutes=1)}
    stop = world.told(ELEVEN, kind="stop", **over)
    world.told(ELEVEN, **over)
    running = world.told(ELEVEN, ends_at=world.today + timedelta(minutes=1))
    assert sorted(chased(), key=str) == sorted([stop, running], key=str)


def later(world: World, to: Instruction, **more: Any) -> Instruction:
    return world.instruction(timedelta(minutes=5), to.seller, **more)


@pytest.mark.parametrize(
    ("more", "is_idle"),
    [
        ({"kind": "stop"}, True),
        ({"kind": "emergency_stop"}, True),
        ({"kind": "cancel"}, True),
        ({"kind": "stop", "zone_named": "CMZ_1"}, True),
        ({"kind": "stop", "zone_named": "CMZ_2"}, False),
        ({"kind": "start"}, False),
        ({"kind": "test"}, False),
    ],
)
def test_a_later_stop_or_cancellation_makes_the_answer_idle(world, more, is_idle):
    told = world.told(ELEVEN, zone_named="CMZ_1", starts_at=world.today)
    later(world, told, **more)
    world.instruction(timedelta(minutes=5), kind="emergency_stop")  # another seller's
    assert chased() == ([] if is_idle else [told])


def test_a_stop_counts_from_when_it_takes_effect_also_if_it_came_before_its_start(world):
    """By the clock of the market, in which it is noon."""
    told = world.told(ELEVEN, starts_at=world.today - timedelta(hours=1))
    soon = later(world, told, kind="stop", ends_at=world.today + timedelta(hours=1))
    assert chased() == [told]
    Market.objects.update(clock_offset=world.today - world.now + timedelta(hours=1, minutes=1))
    assert chased() == []
    early = world.told(ELEVEN, seller=soon.seller, starts_at=world.today + timedelta(minutes=30))
    assert chased() == [], f"{soon} stops {early} too, which starts before it"


def test_a_correction_takes_the_place_of_what_it_corrects(world):
    told = world.told(ELEVEN)
    trigger = world.trigger()
    corrected = type(trigger).objects.create(
        operator=trigger.operator,
        market=trigger.market,
        reference=told.trigger.reference,
        revision=2,
        kind="start",
        raw=b"{}",
        content_sha256="-",
        received_at=world.now,
    )
    later(world, told, kind="start", trigger=corrected)
    assert chased() == []


def test_a_case_names_the_numbers_the_people_and_what_is_asked_and_closes_with_the_answer(world, customer_success):
    seller = world.seller()
    Seller.objects.filter(pk=seller.pk).update(phone="+44 20 7946 0123")
    told = world.told(
        ELEVEN, seller=seller, capacity_kw="50.5", product_named="Dynamic", zone_named="CMZ_1", starts_at=world.today
    )
    DispatchContact.objects.update(phone="+44 7700 900123")
    conduct()
    case = Case.objects.get(step__key="chase")
    for said in (
        str(told),
        told.trigger.reference,
        f"{seller}: +44 20 7946 0123",
        "Night desk: +44 7700 900123 (desk@b.example)",
        "START 50.5 kW Dynamic CMZ_1",
        f"From {instant(world.today)}",
        "an answer was due",
    ):
        assert said in f"{case.subject}\n{case.prepared}".replace("\u00a0", " "), said
    claim_case(case=case, by=customer_success)
    answer_instruction(instruction=told, answer="confirmed", given_by="desk@b.example", by="tests")
    conduct()
    case.refresh_from_db()
    assert case.status == "done"


def test_a_decline_is_a_case_at_once_each_time_and_not_once_it_is_taken_back(world, customer_success: User):
    told = world.told(timedelta(minutes=1))
    answer_instruction(
        instruction=told, answer="declined", reason="No power at the depot", given_by="desk@b.example", by="tests"
    )
    conduct()
    case = Case.objects.get(step__key="tell-decline")
    assert "No power at the depot" in case.prepared
    assert str(told.trigger.reference) in case.prepared
    assert not Case.objects.filter(step__key="chase").exists()
    finish_case(case=case, by=customer_success, outcome="Told the control room.")
    conduct()
    assert not Case.objects.open().exists(), "told once is enough"
    answer_instruction(instruction=told, answer="confirmed", given_by="desk@b.example", by="tests")
    assert list(declared("tell-decline").waiting()) == []
    answer_instruction(instruction=told, answer="declined", reason="Again", given_by="desk@b.example", by="tests")
    assert list(declared("tell-decline").waiting()) == [Acknowledgement.objects.last()]
    later(world, told, kind="cancel")
    assert list(declared("tell-decline").waiting()) == []
