"""What a test party must not do: reach anybody who did not say yes, be half-made, or end with a note undecided."""

from collections.abc import Callable

import pytest
from django.test import Client

from markets.models import (
    Competition,
    Mail,
    Market,
    MpanClash,
    PartyNote,
    Seller,
    TestParty,
    User,
    Zone,
)
from markets.operations.notes import decide_note, leave_note
from markets.operations.parties import close_party, invite_to_party
from markets.operations.taking_part import take_part
from markets.operations.tokens import issue_token
from markets.operations.webhooks import add_webhook, note_news
from markets.problems import Refused
from piclo_nged.dso.nged.hindsight import totals
from piclo_nged.dso.nged.party import season_of
from piclo_nged.dso.nged.party_clearing import clear_round
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.dso.nged.standing import comparison_of
from sops.models import Case
from sops.operations import conduct, sync_steps
from sops.steps import STEPS

from .party_world import Start, accepted, bid_in, few, first_secure, party_starter  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def test_stand_ins_are_nobody(start: Start) -> None:
    party = start()
    stand_ins = Seller.objects.filter(stand_in__party=party)
    assert stand_ins.count() == len({offer.company for offer in season_of(party).offers})
    assert all(f"(stand-in, party {party.pk})" in seller.name for seller in stand_ins)
    assert not User.objects.filter(sellers__in=stand_ins).exists()
    assert not stand_ins.filter(dispatch_contacts__isnull=False).exists()


def test_two_parties_on_one_season_do_not_meet(start: Start) -> None:
    first, second = start(), start(name="Another")
    for party in (first, second):
        clear_round(party=party, by="tests")
        assert totals(comparison_of(party, season_of(party)))[-1].share == 1
    assert not MpanClash.objects.exists()
    assert first.market_id != second.market_id


def test_no_mail_leaves_before_somebody_has_said_yes(start: Start, seller: Seller, other_seller: Seller) -> None:
    Mail.objects.all().delete()
    party = start(sellers=[seller, other_seller])
    assert not Mail.objects.exists()
    accepted(party, seller)
    bid_in(party, seller, 25, "0.60")
    clear_round(party=party, by="tests")
    reached = set(Mail.objects.values_list("recipient", flat=True))
    assert reached == {"owner@voltwise.example"}
    assert {mail.subject.count("(mock)") for mail in Mail.objects.all()} == {1}


def test_ngeds_live_system_neither_reads_nor_hears_of_the_party(start: Start, market: Market, client: Client) -> None:
    add_webhook(operator=market.operator, is_sandbox=False, url="https://flex.example/", by="tests")
    party = start()
    clear_round(party=party, by="tests")
    for is_sandbox, status in ((False, 404), (True, 200)):
        _, token = issue_token(name="NGED", operator=market.operator, is_sandbox=is_sandbox, by="tests")
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get(f"/api/nged/v1/bids?market={party.market.key}&after=0", headers=headers)
        assert answer.status_code == status
    assert note_news() == 0  # though the party's feed was read to its end


def test_a_party_makes_no_case_and_offers_nothing_to_a_real_market(start: Start, market: Market) -> None:
    """Its assets stand in zones of the operator, whose season is open to everyone."""
    Market.objects.filter(pk=market.pk).update(stage="open")
    sync_steps(by="tests")
    party = start()
    clear_round(party=party, by="tests")
    due = {
        step.key: step.due().count()
        for step in STEPS
        if step.due and step.key not in ("write-article", "verify-company", "test-party")
    }
    assert {key: count for key, count in due.items() if count} == {}


def test_who_did_not_say_yes_sees_nothing_of_it(start: Start, seller: Seller, other_seller: Seller) -> None:
    party = start(sellers=[seller])
    of_party = Competition.objects.filter(market=party.market)
    assert not of_party.open_to(other_seller).exists()
    assert not of_party.open_to(seller).exists()  # invited is not asked for
    accepted(party, seller)
    assert of_party.open_to(seller).count() == 10


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace("2026-10-05", "5 October", 1), ("Trade Open Date", "5 October", "not a date")),
        (lambda text: text.replace("Dynamic,", "Dynamique,"), ("Flexibility Product", "Dynamique", "Unknown product")),
    ],
)
def test_a_bad_file_is_told_line_by_line_and_nothing_is_made(
    spoil: Callable[[str], str], said: tuple[str, str, str], start: Start
) -> None:
    before = (Market.objects.count(), Seller.objects.count(), Zone.objects.count())
    with pytest.raises(Refused, match=r"No party was started") as refusal:
        start(spoil(few().decode()).encode())
    column, value, reason = said
    assert any(
        row.line > 1 and row.column == column and value in row.value and reason in row.reason
        for row in refusal.value.rows
    )
    assert not TestParty.objects.exists()
    assert (Market.objects.count(), Seller.objects.count(), Zone.objects.count()) == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "No party was started"),
        (b"a,b\r\n1,2\r\n", "none of NGED's files"),
        (sample_season().splitlines()[0].encode() + b"\r\n", "a header and no rows"),
    ],
)
def test_what_is_no_results_file_is_refused(content: bytes, words: str, start: Start) -> None:
    with pytest.raises(Refused) as refusal:
        start(content)
    assert words in f"{refusal.value} {[row.reason for row in refusal.value.rows]}"


def test_a_name_is_given_once(start: Start) -> None:
    start()
    with pytest.raises(Refused, match="already a test party called 'SPRING rehearsal'"):
        start(name="SPRING rehearsal")
    with pytest.raises(Refused, match="a name with letters"):
        start(name="???")


def test_an_ended_party_takes_nobody_in(start: Start, seller: Seller, other_seller: Seller) -> None:
    party = start(sellers=[seller])
    party = close_party(party=party, by="tests")
    assert Competition.objects.filter(market=party.market, status="withdrawn").count() == 10
    for attempt in (
        lambda: accepted(party, seller),
        lambda: take_part(market=party.market, seller=seller, by="tests"),
        lambda: invite_to_party(party=party, sellers=[other_seller], by="tests"),
        lambda: leave_note(party=party, seller=seller, page="/", text="x", by="tests"),
        lambda: close_party(party=party, by="tests"),
    ):
        with pytest.raises(Refused, match="has ended"):
            attempt()


def test_a_party_ends_only_when_every_note_is_decided(
    start: Start, seller: Seller, member: User, customer_success: User
) -> None:
    party = start(sellers=[seller])
    note = leave_note(party=party, seller=seller, page="/bids/?status=placed", text="“Offered” puzzled me", by=member)
    with pytest.raises(Refused, match="1 note waits for a decision"):
        close_party(party=party, by=customer_success)
    for decision, what, words in (("", "x", "Say what was decided"), ("renamed", " ", "Say in words")):
        with pytest.raises(Refused, match=words):
            decide_note(note=note, decision=decision, what=what, by=customer_success)
    decide_note(note=note, decision="renamed", what="Offered is now Your capacity", by=customer_success)
    note.refresh_from_db()
    assert (note.decision, note.decided_what, note.decided_by) == (
        "renamed",
        "Offered is now Your capacity",
        customer_success,
    )
    assert close_party(party=party, by=customer_success).status == "closed"
    assert PartyNote.objects.get() == note


def test_an_open_party_is_a_case_until_it_ends(start: Start) -> None:
    [step] = [step for step in STEPS if step.key == "test-party"]
    party = start()
    assert list(step.waiting()) == [party]
    assert step.do
    step.do(party, by="tests")
    assert not step.waiting().exists()


def test_the_conductor_makes_one_case_of_a_party(start: Start) -> None:
    sync_steps(by="tests")
    start()
    conduct(by="tests")
    assert Case.objects.open().filter(step__key="test-party").count() == 1
