"""Bids are opened early by two people or not at all."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from markets.models import Bid, Competition, JournalEntry, SealOpening, User
from markets.operations.seals import agree_opening, ask_opening
from markets.problems import Refused
from markets.web.sealing import with_seal
from tests.conftest import close


def is_sealed(bid: Bid) -> bool:
    return bool(with_seal(Bid.objects.filter(pk=bid.pk)).get().is_sealed)


def test_two_people_open_the_bids_of_one_competition(
    bid: Bid, make_competition: Any, customer_success: User, approver: User
) -> None:
    opening = ask_opening(competition=bid.competition, reason="Two bids look alike.", by=customer_success)
    assert is_sealed(bid)
    with pytest.raises(Refused, match="another person"):
        agree_opening(opening=opening, by=customer_success)
    assert is_sealed(bid)
    agree_opening(opening=opening, by=approver)
    assert not is_sealed(bid)
    Bid.objects.filter(pk=bid.pk).update(competition=make_competition("T9A-DYN-0002"))
    assert is_sealed(bid), "another competition was opened with it"
    entries = JournalEntry.objects.filter(verb__in=("ask_opening", "agree_opening")).order_by("id")
    assert list(entries.values_list("user__email", "reason")) == [
        ("cs@piclo.example", "Two bids look alike."),
        ("second@piclo.example", "Two bids look alike."),
    ]


def test_without_a_reason_or_without_being_asked_nothing_opens(
    competition: Competition, customer_success: User, approver: User, member: User
) -> None:
    with pytest.raises(Refused, match="Say why"):
        ask_opening(competition=competition, reason="  ", by=customer_success)
    with pytest.raises(Refused, match="Only people of customer success"):
        ask_opening(competition=competition, reason="Curious", by=member)
    opening = ask_opening(competition=competition, reason="Two bids look alike.", by=customer_success)
    with pytest.raises(Refused, match="Casey has asked for it already"):
        ask_opening(competition=competition, reason="Me too", by=approver)
    with pytest.raises(Refused, match="Only people of customer success"):
        agree_opening(opening=opening, by=member)
    agree_opening(opening=opening, by=approver)
    with pytest.raises(Refused, match="opened already"):
        agree_opening(opening=opening, by=approver)


def test_after_the_gate_there_is_nothing_to_open(
    competition: Competition, market: Any, customer_success: User, approver: User
) -> None:
    opening = ask_opening(competition=competition, reason="Two bids look alike.", by=customer_success)
    close(market, competition)
    with pytest.raises(Refused, match="gate has closed"):
        agree_opening(opening=opening, by=approver)


def test_the_database_refuses_one_person_twice_and_another_reason(
    competition: Competition, customer_success: User, approver: User
) -> None:
    opening = ask_opening(competition=competition, reason="Two bids look alike.", by=customer_success)
    rows = SealOpening.objects.filter(pk=opening.pk)
    for change in (
        {"agreed_by": customer_success, "agreed_at": opening.asked_at},
        {"reason": "Other"},
        {"asked_by": approver},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    agree_opening(opening=opening, by=approver)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(agreed_by=None, agreed_at=None)
