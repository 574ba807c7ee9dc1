"""An ambiguous match is solved by a person, later triggers learn from it, and with the undoing it is forgotten."""

from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from dispatch.models import Alias, Instruction, Match
from dispatch.operations import correct_alias, decide_match, end_alias, lessons_of, match_open, undo_match
from markets.models import Bid, Contract, Mail, Market, Seller, User
from markets.operations import bids, people, results
from markets.problems import Refused
from markets.rules.notices import BidResult
from tests.conftest import close, offer

from .conftest import body, call
from .test_matches import mails_left, service_day

pytestmark = pytest.mark.django_db
NAMED = "VW Energy"


@pytest.fixture
def rivals(
    bid: Bid, other_seller: Seller, make_asset: Any, market: Market, competition: Any
) -> tuple[Contract, Contract]:
    """Contracts of two sellers for the same window."""
    make_asset(other_seller)
    [other] = bids.place_bids(seller=other_seller, market=market, offers=[offer(competition.reference)], by="tests")
    close(market, competition)
    taken = [BidResult(each.reference, True, each.capacity_kw, Decimal(100), Decimal(250)) for each in (bid, other)]
    results.record_results(market=market, results=taken, by="tests")
    return Contract.objects.get(bid=bid), Contract.objects.get(bid=other)


@pytest.fixture
def arrive(receive: Any, rivals: tuple[Contract, Contract]) -> Callable[..., tuple[Instruction, list[str]]]:
    """A trigger in the contracts' window, sent and then matched: its instruction, and whom its mails went to."""
    day, numbers = service_day(rivals[0]), iter(range(1, 100))

    def arrive(**changes: Any) -> tuple[Instruction, list[str]]:
        times = {"company": NAMED, "starts_at": f"{day}T17:00:00Z", "ends_at": f"{day}T18:00:00Z"}
        [instruction] = receive(body(call(**times | changes), reference=f"L-{next(numbers)}")).instructions
        told = list(Mail.objects.filter(notice__instruction=instruction).values_list("recipient", flat=True))
        mails_left()
        match_open(market=instruction.market, by="tests")
        return Instruction.objects.get(pk=instruction.pk), told

    return arrive


def decided(instruction: Instruction, contract: Contract, by: User, teaches: Any = None) -> Match:
    window = contract.bid.lines.get().window
    return decide_match(
        match=instruction.match, contract=contract, window=window, reason="By telephone", by=by, teaches=teaches
    )


def test_an_ambiguous_match_is_solved_learned_undone_and_unlearned(
    arrive: Any, rivals: tuple[Contract, Contract], client: Client, customer_success: User
) -> None:
    ours, theirs = rivals
    first, told = arrive()
    assert (first.seller, told) == (None, ["oncall@piclo.example"])
    assert first.match.status == "open"

    client.force_login(customer_success)
    page = reverse("admin:dispatch_match_change", args=[first.match.pk])
    shown = client.get(page)
    assert [column.name for column in shown.context["beside"].columns] == [ours.reference, theirs.reference]
    assert b"differs" in shown.content
    chosen = {"contract": ours.pk, "window": ours.bid.lines.get().window_id}
    choosing = client.get(page, chosen)
    assert [str(lesson) for lesson in choosing.context["beside"].choice.lessons] == [
        f"The company name '{NAMED}' means Voltwise Energy Ltd"
    ]
    answers = chosen | {"reason": "NGED said so by telephone", "teaches": "company"}
    said = client.post(reverse("admin:dispatch_match_decide", args=[first.match.pk]), answers, follow=True)
    alias = Alias.objects.get()
    assert f"'{NAMED}' means Voltwise Energy Ltd" in unescape(said.content.decode())
    assert (alias.learned_by, alias.learned_from, alias.is_mock) == (customer_success, first.match, True)
    assert b"NGED said so by telephone" in client.get(page).content

    second, told = arrive(company=NAMED.upper())
    assert (second.seller, told) == (ours.seller, ["dispatch+owner@voltwise.example"])
    assert (second.match.status, second.match.contract, second.match.decided_by) == ("matched", ours, None)
    assert alias.reference in second.match.remarks[0]

    undo = {"_form_submitted": "True", "reason": "VW is Gridbeam's"}
    said = client.post(reverse("admin:dispatch_match_undo", args=[first.match.pk]), undo, follow=True)
    assert f"Forgotten: '{NAMED}'" in unescape(said.content.decode())
    alias.refresh_from_db()
    assert (alias.ended_by, alias.end_reason) == (customer_success, f"{first} undone: VW is Gridbeam's")
    third, told = arrive()
    assert (third.seller, told, third.match.status) == (None, ["oncall@piclo.example"], "open")
    second.match.refresh_from_db()
    assert second.match.status == "matched", "what was matched by it stays until somebody undoes it"


def test_what_was_learned_yields_to_whatever_names_another_seller(
    arrive: Any, rivals: tuple[Contract, Contract], customer_success: User, other_seller: Seller, operator: Any
) -> None:
    ours, theirs = rivals
    decided(arrive()[0], ours, customer_success)
    assert arrive(contract=theirs.reference)[1] == ["oncall@piclo.example"], "the contract is somebody else's"
    assert arrive(contract=ours.reference)[0].seller == ours.seller
    people.correct_seller(seller=other_seller, name=NAMED, company_number="", reason="Renamed", by="tests")
    clash, told = arrive()
    assert told == ["oncall@piclo.example"], "by now it is the name of another seller"
    assert "a name of its own" in clash.match.discrepancies[0]
    people.name_identity(seller=other_seller, operator=operator, name=NAMED, by="tests")
    assert arrive()[0].seller == other_seller, "a name that was given on purpose counts first"


def test_a_word_that_was_decided_in_two_ways_means_nobody(
    arrive: Any, rivals: tuple[Contract, Contract], customer_success: User
) -> None:
    first, second = arrive()[0], arrive()[0]
    decided(first, rivals[0], customer_success)
    decided(second, rivals[1], customer_success)
    third, told = arrive()
    assert told == ["oncall@piclo.example"]
    assert "was decided as" in third.match.discrepancies[0]
    end_alias(alias=Alias.objects.get(seller=rivals[1].seller), reason="A slip", by=customer_success)
    assert arrive()[0].seller == rivals[0].seller
    match_open(market=third.market, by="tests")
    third.match.refresh_from_db()
    assert third.match.contract == rivals[0], "what still waited is matched by it too"


@pytest.mark.parametrize(
    ("kind", "changes"),
    [("contract", {"contract": "NG-77"}), ("zone", {"zone": "Testbridge HV"}), ("product", {"product": "Dynamic v2"})],
)
def test_other_words_are_learned_for_matching(
    receive: Any, arrive: Any, rivals: tuple[Contract, Contract], customer_success: User, kind: str, changes: Any
) -> None:
    times = {"starts_at": f"{service_day(rivals[0])}T17:00:00Z", "ends_at": f"{service_day(rivals[0])}T18:00:00Z"}

    def come(reference: str) -> Match:
        of_call = changes if kind == "contract" else {}
        of_head = {} if kind == "contract" else changes
        [one] = receive(body(call(**times | of_call), reference=reference, **of_head)).instructions
        mails_left()
        match_open(market=one.market, by="tests")
        return Match.objects.get(instruction=one)

    first = come("W-1")
    assert first.status == "open"
    decided(first.instruction, rivals[0], customer_success)
    assert [alias.kind for alias in Alias.objects.all()] == [kind]
    assert come("W-2").contract == rivals[0]


def test_what_is_a_name_already_or_unticked_is_not_learned(
    arrive: Any, rivals: tuple[Contract, Contract], customer_success: User
) -> None:
    of_other, _ = arrive(company="Gridbeam Limited")
    undo_match(match=of_other.match, reason="It is ours", by=customer_success)
    [lesson] = lessons_of(instruction=of_other, contract=rivals[0])
    assert lesson.why_not == "It is the name of Gridbeam Limited already."
    decided(of_other, rivals[0], customer_success)
    decided(arrive()[0], rivals[0], customer_success, teaches=[])
    assert not Alias.objects.exists()


def test_an_alias_is_corrected_for_a_reason_and_otherwise_stands(
    arrive: Any, rivals: tuple[Contract, Contract], customer_success: User
) -> None:
    decided(arrive()[0], rivals[0], customer_success)
    alias = Alias.objects.get()
    with pytest.raises(Refused, match="Say why"):
        end_alias(alias=alias, reason=" ", by=customer_success)
    with pytest.raises(Refused, match="is no seller"):
        correct_alias(alias=alias, meaning=rivals[1], reason="A slip", by=customer_success)
    assert Alias.objects.get().ended_at is None
    corrected = correct_alias(alias=alias, meaning=rivals[1].seller, reason="A slip", by=customer_success)
    assert arrive()[0].seller == rivals[1].seller
    with pytest.raises(Refused, match="was ended"):
        end_alias(alias=alias, reason="Again", by=customer_success)
    for statement in (
        f"UPDATE dispatch_alias SET word = 'Other' WHERE id = {corrected.pk}",
        f"UPDATE dispatch_alias SET ended_at = now() + interval '1 day' WHERE id = {alias.pk}",
        f"DELETE FROM dispatch_alias WHERE id = {corrected.pk}",
        f"UPDATE dispatch_alias SET ended_at = now() WHERE id = {corrected.pk}",  # by nobody, for no reason
    ):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
