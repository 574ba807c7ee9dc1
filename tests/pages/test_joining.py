"""The doors for those who are not in yet: asking, the invitation's link, and the button of a test message."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from markets.models import Invitation, JoiningRequest, Mail, Membership, User
from markets.operations import contacts, invitations, joining, people

from .markup import faults

pytestmark = pytest.mark.django_db
WHO = "new@newcomer.example"
ASKING = {"company": "Tidewatt Ltd", "name": "Tia Watt", "email": "tia@tidewatt.example"}
CHOSEN = {"name": "Ann Owen", "password": "a-sentence-to-remember"}


def address_in(mail: Mail) -> str:
    found = re.search(r"http\S+?(/(?:invitation|contact-test)/\S+/)", mail.text)
    assert found
    return found[1]


@pytest.fixture
def door(db: None) -> str:
    """The address of an invitation to a new company."""
    people.invite_seller(name="Newcomer Ltd", email=WHO, by="casey@piclo.example")
    return address_in(Mail.objects.get(recipient=WHO))


def text_of(response: Any) -> str:
    assert faults(response) == []
    return str(response.content.decode())


def test_a_stranger_asks_to_join_from_the_front_page():
    browser = Client()
    assert 'href="/join/"' in text_of(browser.get("/"))
    assert "with us" in text_of(browser.post("/join/", ASKING, follow=True))
    assert JoiningRequest.objects.get().company == "Tidewatt Ltd"


def test_everybody_who_asks_is_answered_the_same(member: User):
    answers = [
        Client().post("/join/", ASKING | {"email": email}, follow=True).content
        for email in (WHO, WHO.upper(), member.email)
    ]
    assert len(set(answers)) == 1
    assert JoiningRequest.objects.filter(email=WHO).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"company": ""}, "company"),
        ({"email": "nobody"}, "email"),
        ({"company_number": "12-34"}, "company_number"),
        ({"phone": "x"}, "phone"),
        ({"company": "a\0b"}, "company"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(change: dict[str, str], field: str):
    response = Client().post("/join/", ASKING | {"message": "40 charge points"} | change)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "40 charge points" in text_of(response)


def test_too_many_requests_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(joining, "MOST_AN_HOUR", 0)
    assert "again in an hour" in text_of(Client().post("/join/", ASKING))


def test_the_link_says_who_invites_to_what_and_changes_nothing(door: str):
    response = Client().get(door)
    page = text_of(response)
    assert all(word in page for word in ("casey@piclo.example", "Newcomer Ltd", WHO, "owner"))
    assert "no-store" in response.headers["Cache-Control"]
    assert not User.objects.exists()


def test_an_invited_person_chooses_a_password_and_is_in(door: str):
    browser = Client()
    landed = browser.post(door, CHOSEN, follow=True)
    assert landed.request["PATH_INFO"] == "/company/"
    assert "Still to do" in text_of(landed)
    assert Client().login(email=WHO, password=CHOSEN["password"])
    assert "is accepted already. Sign in as" in text_of(browser.get(door))
    again = Client().post(door, CHOSEN | {"password": "somebody-elses-password"})
    assert (again.status_code, Client().login(email=WHO, password="somebody-elses-password")) == (410, False)


@pytest.mark.parametrize("password", ["", "short", "qwerty123456"])
def test_a_password_that_is_none_is_refused_and_the_name_stays(door: str, password: str):
    response = Client().post(door, CHOSEN | {"password": password})
    assert response.status_code == 422
    assert "Ann Owen" in text_of(response)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"expires_at": timezone.now() - timedelta(days=1)},
            "has expired. Ask casey@piclo.example to invite you again",
        ),
        ({"revoked_at": timezone.now()}, "was taken back. Ask casey@piclo.example"),
    ],
)
def test_a_link_that_is_over_says_what_to_do(door: str, change: dict[str, Any], says: str):
    Invitation.objects.update(**change)
    for response in (Client().get(door), Client().post(door, CHOSEN)):
        assert response.status_code == 410
        assert says in text_of(response)


@pytest.mark.parametrize("address", ["/invitation/x/", "/invitation/%00/", "/contact-test/x/", "/contact-test/%00/"])
def test_a_damaged_link_says_so(address: str):
    response = Client().get(address)
    assert response.status_code == 404
    assert "damaged" in text_of(response)


def test_who_has_an_account_signs_in_and_comes_back_to_accept(member: User):
    people.invite_seller(name="Second Ltd", email=member.email, by="tests")
    door = address_in(Mail.objects.get(recipient=member.email, subject__contains="Second"))
    browser = Client()
    page = text_of(browser.get(door))
    assert "You have an account already" in page
    assert 'name="password"' not in page
    browser.post(door, CHOSEN)
    assert not Membership.objects.filter(seller__name="Second Ltd").exists()
    sign_in = re.search(r'href="(/accounts/login/[^"]+)"', page)
    assert sign_in
    back = browser.post(sign_in[1], {"login": member.email, "password": "a-long-password"}, follow=True)
    assert back.request["PATH_INFO"] == door
    landed = browser.post(door, follow=True)
    assert "Second Ltd</h1>" in text_of(landed), "the session is for the company that invited"
    member.refresh_from_db()
    assert member.check_password("a-long-password")


def test_another_person_signed_in_is_told_whose_invitation_it_is(
    door: str, member: User, signed_in: Callable[[User], Client]
):
    browser = signed_in(member)
    page = text_of(browser.get(door))
    assert "This invitation is for somebody else" in page
    assert member.email in page
    browser.post(door, CHOSEN)
    assert not Membership.objects.filter(seller__name="Newcomer Ltd").exists()
    back = browser.post("/accounts/logout/", {"next": door}, follow=True)
    assert (back.request["PATH_INFO"], "Your account" in back.content.decode()) == (door, True)


def test_the_button_of_a_test_message_works_without_an_account(seller: Any, market: Any):
    contact = contacts.add_dispatch_contact(seller=seller, market=market, email="n@voltwise.example", by="tests")
    door, reader = address_in(Mail.objects.get(recipient="n@voltwise.example")), Client()
    assert "We read this mailbox" in text_of(reader.get(door))
    contact.refresh_from_db()
    assert contact.verified_at is None
    assert "This mailbox is confirmed" in text_of(reader.post(door, follow=True))
    contact.refresh_from_db()
    assert contact.verified_at
    contacts.remove_dispatch_contact(contact=contact, by="tests")
    gone = reader.get(door)
    assert (gone.status_code, "no dispatch contact any more" in text_of(gone)) == (404, True)


def test_a_person_without_a_seller_is_told_the_ways_in(signed_in: Callable[[User], Client]):
    response = signed_in(User.objects.create_user("alone@x.example")).get("/")
    assert response.status_code == 403
    assert 'href="/join/"' in text_of(response)


def test_who_was_removed_sees_nothing_more(member: User, seller: Any, signed_in: Callable[[User], Client]):
    second = invitations.invite_member(seller=seller, email="second@voltwise.example", role="owner", by="tests")
    membership = invitations.accept_invitation(invitation=second, by="tests")
    browser = signed_in(membership.user)
    assert browser.get("/company/").status_code == 200
    people.remove_member(membership=membership, by=member)
    assert browser.get("/company/").status_code == 403
