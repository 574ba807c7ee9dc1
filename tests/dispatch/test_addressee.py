"""Who is told, decided without a database."""

import pytest

from dispatch.rules.addressee import By, Found, Mailbox, addressee
from dispatch.rules.notice import Call

CALL = Call(seller="Voltwise", account="A-7", contract="C-1")
VERIFIED, UNVERIFIED = Mailbox(1, "night@voltwise.example", True), Mailbox(2, "new@voltwise.example", False)
VOLTWISE = Found(1, "Voltwise Energy Ltd", "0117 496 0000", (VERIFIED, UNVERIFIED))
GRIDBEAM = Found(2, "Gridbeam Limited", "", (Mailbox(3, "d@gridbeam.example", True),))


def test_verified_mailboxes_get_it_and_nobody_else() -> None:
    who = addressee(CALL, [(By.IDENTITY, VOLTWISE)])
    assert (who.seller, who.mailboxes, who.tell_oncall, who.note) == (VOLTWISE, (VERIFIED,), False, "")


def test_without_a_verified_mailbox_all_get_it_and_on_call_is_told() -> None:
    who = addressee(CALL, [(By.IDENTITY, Found(1, "Voltwise", "", (UNVERIFIED,)))])
    assert (who.mailboxes, who.tell_oncall) == ((UNVERIFIED,), True)
    assert "new@voltwise.example" in who.note


def test_in_a_rehearsal_nobody_is_written_to_who_did_not_confirm() -> None:
    who = addressee(CALL, [(By.IDENTITY, Found(1, "Voltwise", "", (UNVERIFIED,)))], rehearsal=True)
    assert (who.mailboxes, who.tell_oncall) == ((), True)
    assert "No mailbox of Voltwise is verified" in who.note
    assert addressee(CALL, [(By.IDENTITY, VOLTWISE)], rehearsal=True).mailboxes == (VERIFIED,)


def test_without_any_mailbox_on_call_alone_is_told() -> None:
    who = addressee(CALL, [(By.IDENTITY, Found(1, "Voltwise", "0117 496 0000"))])
    assert (who.mailboxes, who.tell_oncall) == ((), True)
    assert "0117 496 0000" in who.note


@pytest.mark.parametrize("better", [By.IDENTITY, By.CONTRACT_OR_ASSET])
def test_the_better_evidence_wins_and_matching_finds_the_contradiction_later(better: By) -> None:
    assert addressee(CALL, [(By(better + 1), GRIDBEAM), (better, VOLTWISE)]).seller == VOLTWISE


def test_two_names_that_mean_two_sellers_go_to_on_call_with_both() -> None:
    who = addressee(CALL, [(By.IDENTITY, VOLTWISE), (By.IDENTITY, GRIDBEAM)])
    assert (who.seller, who.mailboxes, who.tell_oncall) == (None, (), True)
    assert "is not clear" in who.note
    assert "Voltwise Energy Ltd (0117 496 0000); Gridbeam Limited" in who.note


def test_an_unknown_seller_goes_to_on_call_with_those_alike() -> None:
    who = addressee(CALL, [], ["Voltwise Energy Ltd ('Voltwise')"])
    assert (who.seller, who.tell_oncall) == (None, True)
    assert "named: Voltwise, account A-7, contract C-1. Candidates: Voltwise Energy Ltd ('Voltwise')." in who.note
    assert "Candidates: none" in addressee(Call(), []).note
