"""What a participant of a test party sees afterwards: its own results beside what really happened, nobody else's bids."""

from collections.abc import Callable

import pytest
from django.test import Client

from markets.models import Seller, User
from markets.operations.notes import decide_note, leave_note
from markets.operations.parties import close_party
from piclo_nged.dso.nged.party_clearing import clear_round
from tests.markets.party_world import Start, accepted, bid_in, first_secure, party_starter  # noqa: F401 - a fixture

from .markup import faults

pytestmark = pytest.mark.django_db
REALLY_WON = "Copperbeck Charging Limited"


def text_of(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert faults(answer) == []
    return answer.content.decode()


def test_ones_own_results_stand_beside_what_really_happened_once_they_are_decided(
    start: Start, seller: Seller, other_seller: Seller, member: User, browser_of_member: Client
) -> None:
    party = start(sellers=[seller, other_seller])
    address = f"/test-parties/{party.pk}/results/"
    assert browser_of_member.get(address).status_code == 404  # invited, and has not said yes
    for one in (seller, other_seller):
        accepted(party, one)
    assert "You have no bid in this party." in text_of(browser_of_member, address)
    bid, theirs = bid_in(party, seller, 25, "0.60"), bid_in(party, other_seller, 24, "0.90")
    note = leave_note(party=party, seller=seller, page="/bids/", text="Offered?", by=member)

    assert "Dispatch mailbox for Spring rehearsal" in text_of(browser_of_member, "/")
    before = text_of(browser_of_member, address)
    assert "1 of your bids waits for a result" in before
    assert REALLY_WON not in before  # it would tell what its stand-in bids
    clear_round(party=party, by="tests")
    decide_note(note=note, decision="renamed", what="It is capacity now.", by="tests")
    close_party(party=party, by="tests")

    assert "Dispatch mailbox for Spring rehearsal" not in text_of(browser_of_member, "/")  # the party has ended
    competition = first_secure(party)
    for page in (f"/competitions/{competition.pk}/", f"/bids/{bid.reference}/"):
        assert f'href="{address}"' in text_of(browser_of_member, page)
    after = text_of(browser_of_member, address)
    for words in (bid.reference, "25 kW accepted at", REALLY_WON, "<strong>Renamed</strong>: It is capacity now."):
        assert words in after
    assert [secret for secret in (theirs.reference, other_seller.name, "24 kW") if secret in after] == []


def test_who_takes_part_in_no_party_finds_none(
    start: Start, seller: Seller, other_member: User, signed_in: Callable[[User], Client]
) -> None:
    party = start(sellers=[seller])
    accepted(party, seller)
    address = f"/test-parties/{party.pk}/results/"
    assert signed_in(other_member).get(address).status_code == 404
    assert Client().get(address).headers["Location"] == f"/accounts/login/?next={address}"
