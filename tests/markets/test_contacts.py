"""Dispatch contacts: a mailbox counts once its test is confirmed, and contracts never stand without one."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from markets.models import DispatchContact, JournalEntry, Mail
from markets.operations import contacts, people, taking_part
from markets.operations.links import BadLink
from markets.problems import Refused

from .test_invitations import link_in

pytestmark = pytest.mark.django_db
NIGHT = "night@voltwise.example"


@pytest.fixture
def night(seller: Any, market: Any) -> DispatchContact:
    return contacts.add_dispatch_contact(seller=seller, market=market, email="Night@Voltwise.example", by="tests")


def messages_to(to: str = NIGHT) -> list[Mail]:
    return list(Mail.objects.filter(recipient=to, subject__startswith="TEST").order_by("pk"))


def test_a_new_mailbox_gets_a_test_message_at_once_and_counts_when_it_is_confirmed(night: Any):
    [mail] = messages_to()
    assert (mail.lane, night.verified_at) == ("instruction", None)
    found = contacts.read_contact_link(link_in(mail))
    assert (found, found.verified_at) == (night, None), "to look at the link confirms nothing"
    contacts.verify_dispatch_contact(contact=found, by=f"test message to {NIGHT}")
    contacts.verify_dispatch_contact(contact=found, by=f"test message to {NIGHT}")
    night.refresh_from_db()
    assert night.verified_at
    assert JournalEntry.objects.filter(verb="verify_dispatch_contact", actor=f"test message to {NIGHT}").count() == 1


def test_another_address_is_tested_anew_and_the_old_link_confirms_nothing(night: Any):
    old = link_in(messages_to()[0])
    contacts.verify_dispatch_contact(contact=night, by="tests")
    changed = contacts.change_dispatch_contact(contact=night, email="day@voltwise.example", name="Desk", by="tests")
    assert changed.verified_at is None
    with pytest.raises(BadLink, match="its address was changed"):
        contacts.read_contact_link(old)
    with pytest.raises(BadLink, match="sent to the new one"):
        contacts.verify_dispatch_contact(contact=night, by="tests")
    [fresh] = messages_to("day@voltwise.example")
    assert contacts.read_contact_link(link_in(fresh)) == changed


def test_another_name_or_phone_leaves_it_confirmed(night: Any):
    contacts.verify_dispatch_contact(contact=night, by="tests")
    kept = contacts.change_dispatch_contact(contact=night, email=NIGHT, phone="020 7946 0001", by="tests")
    assert kept.verified_at
    assert len(messages_to()) == 1


def test_a_test_is_sent_again_but_not_in_the_same_minute(night: Any):
    with pytest.raises(Refused, match="less than a minute ago"):
        contacts.send_contact_test(contact=night, by="tests")
    DispatchContact.objects.update(test_sent_at=timezone.now() - timedelta(minutes=1))
    contacts.send_contact_test(contact=night, by="tests")
    assert len(messages_to()) == 2


def test_no_mailbox_hears_of_a_mock_market_before_its_seller_takes_part(market: Any):
    newcomer = people.invite_seller(name="Newcomer Ltd", email="a@newcomer.example", by="tests")
    contact = contacts.add_dispatch_contact(seller=newcomer, market=market, email="box@newcomer.example", by="tests")
    with pytest.raises(Refused, match="Take part in"):
        contacts.send_contact_test(contact=contact, by="tests")
    contacts.change_dispatch_contact(contact=contact, email="box2@newcomer.example", by="tests")
    assert not Mail.objects.filter(lane="instruction").exists()
    taking_part.take_part(market=market, seller=newcomer, by="tests")
    contacts.send_contact_test(contact=contact, by="tests")
    assert Mail.objects.get(lane="instruction").recipient == "box2@newcomer.example"


def test_contracts_keep_a_confirmed_mailbox(contract: Any, seller: Any, market: Any):
    only = seller.dispatch_contacts.get()
    for refused in (
        lambda: contacts.remove_dispatch_contact(contact=only, by="tests"),
        lambda: contacts.change_dispatch_contact(contact=only, email="else@voltwise.example", by="tests"),
    ):
        with pytest.raises(Refused, match="only verified mailbox for your contracts"):
            refused()
    second = contacts.add_dispatch_contact(seller=seller, market=market, email=NIGHT, by="tests")
    with pytest.raises(Refused):
        contacts.remove_dispatch_contact(contact=only, by="tests")  # the second is not confirmed yet
    contacts.verify_dispatch_contact(contact=second, by="tests")
    contacts.remove_dispatch_contact(contact=only, by="tests")
    assert list(seller.dispatch_contacts.all()) == [second]


def test_without_a_contract_the_last_mailbox_may_go_and_its_link_says_so(night: Any, seller: Any):
    token = link_in(messages_to()[0])
    for contact in seller.dispatch_contacts.all():
        contacts.remove_dispatch_contact(contact=contact, by="tests")
    with pytest.raises(BadLink, match="it was removed"):
        contacts.read_contact_link(token)
    with pytest.raises(BadLink, match="removed meanwhile"):
        contacts.verify_dispatch_contact(contact=night, by="tests")


@pytest.mark.parametrize(("change", "column"), [({"email": "nobody"}, "email"), ({"phone": "12"}, "phone")])
def test_what_nobody_can_be_reached_at_is_said_beside_its_field(seller: Any, market: Any, change: Any, column: str):
    with pytest.raises(Refused) as refusal:
        contacts.add_dispatch_contact(**{"seller": seller, "market": market, "email": NIGHT, "by": "tests"} | change)
    assert [problem.column for problem in refusal.value.rows] == [column]


def test_an_address_stands_once_per_market(night: Any, seller: Any):
    other = seller.dispatch_contacts.exclude(pk=night.pk).get()
    with pytest.raises(Refused, match="is a contact of this market already"):
        contacts.change_dispatch_contact(contact=night, email=other.email, by="tests")
