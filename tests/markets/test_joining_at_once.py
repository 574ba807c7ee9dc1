"""Joining, the same thing at the same moment: one of them is done, the others find it done or hear why not."""

from typing import Any

import pytest

from markets.models import Invitation, JoiningRequest, Membership, Seller, User
from markets.operations import invitations, joining, people
from markets.problems import Refused

from .test_at_once import CALLERS, at_once

pytestmark = pytest.mark.django_db(transaction=True)
WHO = "new@newcomer.example"


def test_one_company_invited_many_times_is_one():
    told = at_once(lambda _: people.invite_seller(name="Newcomer Ltd", email=WHO, by="tests"))
    assert {seller.pk for seller in told} == {Seller.objects.get().pk}
    assert Invitation.objects.count() == 1


def test_one_company_invited_with_many_people_is_one_with_all_of_them():
    at_once(lambda n: people.invite_seller(name="Newcomer Ltd", email=f"p{n}@newcomer.example", by="tests"))
    assert Seller.objects.get().invitations.count() == CALLERS


def test_a_link_pressed_many_times_is_one_member():
    invitation = people.invite_seller(name="Newcomer Ltd", email=WHO, by="tests").invitations.get()
    told = at_once(lambda _: invitations.accept_invitation(invitation=invitation, name="Ann Owen", by=WHO))
    assert sum(isinstance(answer, Membership) for answer in told) == 1
    assert sum(isinstance(answer, invitations.InvitationOver) for answer in told) == CALLERS - 1
    assert User.objects.get().first_name == "Ann"


def test_a_person_invited_by_many_who_accepts_all_at_once_has_one_account():
    asked = [people.invite_seller(name=f"Company {n}", email=WHO, by="tests").invitations.get() for n in range(CALLERS)]
    told = at_once(lambda n: invitations.accept_invitation(invitation=asked[n], by=WHO))
    assert sum(isinstance(answer, Membership) for answer in told) == 1
    assert sum("Sign in as" in str(answer) for answer in told if isinstance(answer, Refused)) == CALLERS - 1
    assert User.objects.count() == 1


def test_of_two_owners_who_leave_at_once_one_stays(seller: Any):
    second = invitations.invite_member(seller=seller, email="second@voltwise.example", role="owner", by="tests")
    invitations.accept_invitation(invitation=second, by="tests")
    owners = list(seller.memberships.all())
    told = at_once(lambda n: people.remove_member(membership=owners[n], by="tests"), callers=2)
    assert sum(isinstance(answer, Refused) for answer in told) == 1
    assert seller.memberships.get().role == "owner"


def test_one_request_sent_many_times_is_one():
    given = {"company": "Tidewatt Ltd", "name": "Tia Watt", "email": "tia@tidewatt.example", "by": "tests"}
    told = at_once(lambda _: joining.ask_to_join(**given))
    assert {request.pk for request in told} == {JoiningRequest.objects.get().pk}
