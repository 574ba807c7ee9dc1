"""Invitations and people: who is asked, by which link, becomes what, and that a seller keeps an owner."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from markets.models import Invitation, JournalEntry, Mail, Membership, Seller, User
from markets.operations import invitations, people
from markets.operations.links import BadLink
from markets.problems import Refused

pytestmark = pytest.mark.django_db
WHO = "new@newcomer.example"


def link_in(mail: Mail) -> str:
    """The token of the link in a mail."""
    found = re.search(r"/(?:invitation|contact-test)/([^/\s\"]+)/", mail.text)
    assert found
    assert found[0] in mail.html
    return found[1]


@pytest.fixture
def newcomer() -> Seller:
    return people.invite_seller(name="Newcomer Ltd", email=WHO, by="tests")


def test_an_invited_person_gets_a_link_and_is_no_member_before_they_accept(newcomer: Seller):
    [mail] = Mail.objects.filter(recipient=WHO)
    assert (newcomer.status, newcomer.members.count()) == ("invited", 0)
    invitation = invitations.read_invitation(link_in(mail))
    membership = invitations.accept_invitation(
        invitation=invitation, name="Ann van Owen", password="a-long-password-7", by=WHO
    )
    assert (membership.seller, membership.role) == (newcomer, "owner")
    assert membership.user.get_full_name() == "Ann van Owen"
    assert membership.user.check_password("a-long-password-7")
    assert EmailAddress.objects.filter(user=membership.user, email=WHO, verified=True, primary=True).exists()
    assert JournalEntry.objects.get(verb="accept_invitation").user == membership.user


@pytest.mark.parametrize("again", ["Newcomer Ltd", "  NEWCOMER   ltd "])
def test_invited_twice_is_one_company_and_one_invitation_that_counts_anew(newcomer: Seller, again: str):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    people.invite_seller(name=again, email="New@Newcomer.example", role="trader", by="tests")
    [invitation] = newcomer.invitations.all()
    assert (invitation.role, Seller.objects.count()) == ("trader", 1)
    assert invitation.expires_at > timezone.now()
    assert Mail.objects.filter(recipient=WHO).count() == 2


def test_a_link_works_once(newcomer: Seller):
    token = link_in(Mail.objects.get())
    invitation = invitations.read_invitation(token)
    invitations.accept_invitation(invitation=invitation, by=WHO)
    with pytest.raises(invitations.InvitationOver, match=f"Sign in as {WHO}"):
        invitations.read_invitation(token)
    with pytest.raises(invitations.InvitationOver):
        invitations.accept_invitation(invitation=invitation, by=WHO)
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "has expired. Ask tests"),
        ({"revoked_at": timezone.now()}, "was taken back. Ask tests"),
    ],
)
def test_a_link_that_is_over_says_what_to_do(newcomer: Seller, change: dict[str, Any], says: str):
    Invitation.objects.update(**change)
    with pytest.raises(invitations.InvitationOver, match=says):
        invitations.read_invitation(link_in(Mail.objects.get()))
    with pytest.raises(invitations.InvitationOver, match=says):
        invitations.accept_invitation(invitation=newcomer.invitations.get(), by=WHO)
    assert not User.objects.exists()


@pytest.mark.parametrize("token", ["x", "", "\0", "WzFd:1abc:forged"])
def test_a_forged_link_opens_nothing(newcomer: Seller, token: str):
    with pytest.raises(BadLink, match="damaged"):
        invitations.read_invitation(token)


def test_the_link_of_another_purpose_opens_nothing(newcomer: Seller):
    from markets.operations.links import link

    with pytest.raises(BadLink):
        invitations.read_invitation(
            link("markets:contact-test", newcomer.invitations.get().pk).rstrip("/").rsplit("/")[-1]
        )


def test_who_has_an_account_accepts_as_themselves_and_nobody_else_does(seller: Any, member: Any, other_member: Any):
    asked = people.invite_seller(name="Second Ltd", email=member.email, by="tests")
    invitation = asked.invitations.get()
    assert (
        "You have an account with us already"
        in Mail.objects.get(recipient=member.email, subject__contains="Second").text
    )
    for somebody in ("tests", other_member):
        with pytest.raises(invitations.AnotherPerson, match=f"Sign in as {member.email}"):
            invitations.accept_invitation(invitation=invitation, by=somebody, password="another-password-1")
    assert invitations.accept_invitation(invitation=invitation, by=member).seller == asked
    member.refresh_from_db()
    assert member.check_password("a-long-password")


def test_a_member_is_not_invited_again(seller: Any, member: Any):
    with pytest.raises(Refused, match=r"is a member of Voltwise Energy Ltd already \(owner\)"):
        invitations.invite_member(seller=seller, email=member.email.upper(), role="viewer", by="tests")


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@c.example", "a@b.example\nBcc: x@y.example"])
def test_nobody_is_invited_at_no_address(email: str):
    with pytest.raises(Refused, match="no email address"):
        people.invite_seller(name="Newcomer Ltd", email=email, by="tests")
    assert not Seller.objects.exists()


def test_an_invitation_is_taken_back_until_it_is_accepted(newcomer: Seller):
    invitation = invitations.revoke_invitation(invitation=newcomer.invitations.get(), by="tests")
    invitations.revoke_invitation(invitation=invitation, by="tests")
    assert JournalEntry.objects.filter(verb="revoke_invitation").count() == 1
    people.invite_seller(name="Newcomer Ltd", email=WHO, by="tests")
    fresh = newcomer.invitations.get(revoked_at=None)
    invitations.accept_invitation(invitation=fresh, by=WHO)
    with pytest.raises(invitations.InvitationOver, match="Remove the member instead"):
        invitations.revoke_invitation(invitation=fresh, by="tests")


def test_one_owner_stays(seller: Any, member: Any, make_member: Any):
    only = seller.memberships.get()
    with pytest.raises(Refused, match="is the only owner"):
        people.change_role(membership=only, role="trader", by=member)
    with pytest.raises(Refused, match="Make somebody else an owner first"):
        people.remove_member(membership=only, by=member)
    second = make_member("second@voltwise.example", "trader")
    people.change_role(membership=second, role="owner", by=member)
    people.remove_member(membership=only, by=member)
    assert [m.user.email for m in seller.memberships.all()] == ["second@voltwise.example"]
    assert JournalEntry.objects.get(verb="change_role").details["before"] == "trader"


@pytest.fixture
def make_member(seller: Any) -> Any:
    def make(email: str, role: str) -> Membership:
        invitation = invitations.invite_member(seller=seller, email=email, role=role, by="tests")
        return invitations.accept_invitation(invitation=invitation, by=email)

    return make


def test_particulars_are_tidied_and_what_cannot_be_is_said_beside_its_field(seller: Any):
    with pytest.raises(Refused) as refusal:
        people.describe_seller(seller=seller, company_number="12-34", address="x", phone="no", by="tests")
    assert {problem.column for problem in refusal.value.rows} == {"company_number", "phone"}
    kept = people.describe_seller(
        seller=seller, company_number=" 123 4567", address="1 Mill Lane\nDerby", phone="020 7946 0000", by="tests"
    )
    assert kept.company_number == "01234567"


def test_the_number_of_a_verified_company_stands(seller: Any):
    given = {"seller": seller, "address": "1 Mill Lane", "phone": "020 7946 0000", "by": "tests"}
    people.describe_seller(company_number="SC123456", **given)
    with pytest.raises(Refused) as refusal:
        people.describe_seller(company_number="SC654321", **given)
    assert "Ask customer success" in refusal.value.rows[0].reason
