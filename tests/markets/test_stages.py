"""Asking to join, stages of a market, the account elsewhere, and the agreement without which no bid is taken."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from markets.models import AccountLink, Admission, JoiningRequest, Mail, Market, SellerIdentity
from markets.operations import account_links, admissions, agreements, bids, joining, people, taking_part
from markets.operations.agreements import has_signed
from markets.problems import Refused
from markets.rules import agreement
from markets.rules.company import company_number, company_number_problem, phone_problem
from tests.conftest import offer

pytestmark = pytest.mark.django_db
ASKING = {"company": "Tidewatt Ltd", "name": "Tia Watt", "email": "tia@tidewatt.example", "by": "tests"}


def test_asking_twice_is_one_request_and_another_after_an_answer():
    first = joining.ask_to_join(**ASKING)
    assert joining.ask_to_join(**ASKING | {"email": "TIA@tidewatt.example", "message": "Hello?"}) == first
    joining.decline_asked(request=first, reason="We take no test companies.", by="tests")
    assert "We take no test companies." in Mail.objects.get(recipient="tia@tidewatt.example").text
    assert joining.ask_to_join(**ASKING) != first


def test_a_machine_that_asks_for_everybody_is_stopped():
    made = [JoiningRequest(company=f"C{n}", name="N", email=f"n{n}@c.example") for n in range(joining.MOST_AN_HOUR)]
    JoiningRequest.objects.bulk_create(made)
    with pytest.raises(joining.TooManyAsk, match="again in an hour"):
        joining.ask_to_join(**ASKING)
    JoiningRequest.objects.update(asked_at=timezone.now() - timedelta(hours=1, seconds=1))
    joining.ask_to_join(**ASKING)


def test_who_asked_is_invited_with_what_they_said():
    asked = joining.ask_to_join(company_number="1234567", phone="020 7946 0000", **ASKING)
    seller = joining.invite_asked(request=asked, by="tests")
    asked.refresh_from_db()
    assert (asked.status, asked.seller) == ("invited", seller)
    assert (seller.name, seller.company_number, seller.phone) == ("Tidewatt Ltd", "01234567", "020 7946 0000")
    assert seller.invitations.get().role == "owner"
    with pytest.raises(Refused, match="is invited already"):
        joining.invite_asked(request=asked, by="tests")


def test_a_stranger_does_not_come_into_a_company_that_is_here(seller: Any):
    asked = joining.ask_to_join(**ASKING | {"company": seller.name.upper()})
    with pytest.raises(Refused, match="has members here already"):
        joining.invite_asked(request=asked, by="tests")
    assert not seller.invitations.filter(email="tia@tidewatt.example").exists()


@pytest.fixture
def pilot(market: Market) -> Market:
    Market.objects.update(stage="pilot")
    market.refresh_from_db()
    return market


def sees(seller: Any, market: Market) -> bool:
    return Market.objects.open_to(seller).filter(pk=market.pk).exists()


def test_each_stage_takes_in_the_ones_before(seller: Any, other_seller: Any, pilot: Market):
    admissions.admit(market=pilot, sellers=[seller], wave="pilot", by="tests")
    assert (sees(seller, pilot), sees(other_seller, pilot)) == (True, False)
    Admission.objects.filter(seller=other_seller).delete()
    admissions.move_stage(market=pilot, stage=admissions.next_stage(pilot), by="tests")
    assert (sees(seller, pilot), sees(other_seller, pilot)) == (True, False)
    pilot.refresh_from_db()
    moved = admissions.move_stage(market=pilot, stage=admissions.next_stage(pilot), by="tests")
    assert (sees(other_seller, pilot), admissions.next_stage(moved)) == (True, "")
    with pytest.raises(Refused, match="can't be closed"):
        admissions.move_stage(market=pilot, stage="pilot", by="tests")


def test_a_seller_takes_part_in_what_is_open_to_it_alone(other_seller: Any, pilot: Market):
    Admission.objects.all().delete()
    with pytest.raises(Refused, match="is not open to Gridbeam"):
        taking_part.take_part(market=pilot, seller=other_seller, by="tests")
    assert admissions.heard(pilot, [other_seller]) == []
    Market.objects.update(stage="open")
    taking_part.take_part(market=pilot, seller=other_seller, by="tests")
    taking_part.take_part(market=pilot, seller=other_seller, by="tests")
    assert admissions.heard(pilot, [other_seller]) == [other_seller]


def test_an_outsider_places_no_bid_in_a_pilot_market(
    other_seller: Any, pilot: Market, competition: Any, make_asset: Any
):
    make_asset(other_seller)
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=other_seller, market=pilot, offers=[offer()], by="tests")
    assert "no such competition" in str(refusal.value.rows[0].reason)


def test_no_bid_is_taken_until_a_new_version_is_signed(
    seller: Any, market: Market, competition: Any, asset: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(agreement, "VERSION", "2027-1")
    assert not has_signed(seller)
    with pytest.raises(Refused, match="agreement"):
        bids.place_bids(seller=seller, market=market, offers=[offer()], by="tests")
    with pytest.raises(Refused, match="new wording, version 2027-1"):
        agreements.sign_agreement(seller=seller, version="2026-1", signatory="A.", by="tests")
    agreements.sign_agreement(
        seller=seller, version="2027-1", signatory="A. Signatory", position="director", by="tests"
    )
    assert len(bids.place_bids(seller=seller, market=market, offers=[offer()], by="tests")) == 1


def test_an_account_is_linked_by_hand_and_reaches_the_seller(seller: Any, operator: Any, member: Any):
    link = account_links.ask_account_link(seller=seller, operator=operator, account=" VOLT  77", by=member)
    assert account_links.ask_account_link(seller=seller, operator=operator, account="volt 77", by=member) == link
    with pytest.raises(Refused, match="We are asking NGED about 'VOLT 77'"):
        account_links.ask_account_link(seller=seller, operator=operator, account="VOLT 78", by=member)
    account_links.link_account(link=link, by="tests")
    assert SellerIdentity.objects.get(kind="account").name == "VOLT 77"
    assert "is linked" in Mail.objects.get(recipient=member.email, subject__contains="account").text
    with pytest.raises(Refused, match="linked already"):
        account_links.ask_account_link(seller=seller, operator=operator, account="VOLT 77", by=member)


def test_an_account_of_another_seller_is_not_linked_but_refused_with_a_reason(
    seller: Any, other_seller: Any, operator: Any, member: Any
):
    people.name_identity(seller=other_seller, operator=operator, kind="account", name="VOLT 77", by="tests")
    link = account_links.ask_account_link(seller=seller, operator=operator, account="VOLT 77", by=member)
    with pytest.raises(Refused, match="another seller"):
        account_links.link_account(link=link, by="tests")
    assert AccountLink.objects.get().status == "asked"
    account_links.refuse_account_link(link=link, reason="NGED has it under another company.", by="tests")
    assert "another company" in Mail.objects.get(recipient=member.email, subject__contains="account").text
    with pytest.raises(Refused, match="refused already"):
        account_links.link_account(link=link, by="tests")


@pytest.mark.parametrize(
    ("typed", "number", "is_one"),
    [("1234567", "01234567", True), ("sc 123456", "SC123456", True), ("", "", True), ("X1", "X1", False)],
)
def test_company_numbers(typed: str, number: str, is_one: bool):
    assert company_number(typed) == number
    assert (not company_number_problem(number)) == is_one


@pytest.mark.parametrize(
    ("phone", "is_one"), [("", True), ("+44 20 7946 0000", True), ("call me", False), ("999", False)]
)
def test_telephones(phone: str, is_one: bool):
    assert (not phone_problem(phone)) == is_one
