"""A trigger becomes instructions and ready mails, all or nothing, and only once."""

from typing import Any

import pgtrigger
import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from dispatch.models import Instruction, Notice, Trigger
from dispatch.operations import ContradictoryTrigger, FailedTrigger, Receipt, UnreadableTrigger
from markets.models import Asset, Contract, JournalEntry, Market, Seller
from markets.operations import people, tokens

from .conftest import alarms, body, call, instruction_mails

pytestmark = pytest.mark.django_db


def test_a_trigger_is_kept_and_its_seller_has_a_mail_ready(receive: Any, seller: Seller) -> None:
    receipt = receive(body())
    instruction = Instruction.objects.get()
    assert receipt == Receipt(Trigger.objects.get(), (instruction,))
    assert receipt.instructions[0].reference == instruction.reference
    assert b'"reference": "T-1"' in bytes(receipt.trigger.raw)
    assert (instruction.seller, instruction.capacity_kw, instruction.answer) == (seller, 50.5, "waiting")
    [mail] = instruction_mails()
    assert (mail.lane, mail.status, mail.recipient) == ("instruction", "ready", "dispatch+owner@voltwise.example")
    assert Notice.objects.get(mail=mail).contact.email == mail.recipient
    entry = JournalEntry.objects.get(verb="receive_trigger")
    assert (entry.subject, entry.details) == ("T-1", {"kind": "start", "instructions": 1})


def test_one_trigger_calls_many_sellers_with_as_many_queries_as_one(receive: Any, make_seller: Any) -> None:
    for number in range(12):
        make_seller(f"Seller {number}", f"s{number}@sellers.example")
    with CaptureQueriesContext(connection) as for_one:
        receive(body(call(company="Seller 0"), reference="T-0"))
    with CaptureQueriesContext(connection) as for_twelve:
        receive(body(*[call(company=f"Seller {number}") for number in range(12)]))
    assert len(for_twelve) == len(for_one)
    assert {mail.recipient for mail in instruction_mails()} == {f"dispatch+s{n}@sellers.example" for n in range(12)}


@pytest.mark.parametrize(
    "named",
    [
        {"company": "voltwise ENERGY ltd"},
        {"company": "Somebody else's spelling", "account": "nged-4711"},
        {"company": None, "contract": "{contract}"},
        {"company": None, "contract": "{bid}"},
        {"company": None, "asset": "{ref}"},
        {"company": None, "asset": "{number}"},
        {"company": "Somebody else's spelling", "asset": "{ref}"},
    ],
)
def test_a_seller_is_found_by_whatever_names_it(
    receive: Any, contract: Contract, asset: Asset, named: dict[str, Any]
) -> None:
    people.name_identity(
        seller=contract.seller, operator=contract.market.operator, kind="account", name="NGED-4711", by="tests"
    )
    references = {"contract": contract.reference, "bid": contract.bid.reference}
    references |= {"ref": asset.ref.lower(), "number": str(asset.pk)}
    filled = {name: value and value.format(**references) for name, value in named.items()}
    [instruction] = receive(body(call(**filled))).instructions
    assert instruction.seller == contract.seller


def test_the_asset_that_is_called_stands_in_the_email(receive: Any, asset: Asset) -> None:
    receive(body(call(company=None, asset=asset.pk)))
    [mail] = instruction_mails()
    assert f"Asset:      {asset.pk}\n" in mail.text
    assert (f">{asset.pk}</td>" in mail.html, mail.headers["X-Piclo-Asset"]) == (True, str(asset.pk))


def test_an_asset_reference_of_two_sellers_is_for_oncall_with_both(
    receive: Any, asset: Asset, make_asset: Any, other_seller: Seller
) -> None:
    make_asset(other_seller, asset.ref)
    [instruction] = receive(body(call(company=None, asset=asset.ref))).instructions
    assert instruction.seller is None
    [mail] = instruction_mails()
    assert mail.recipient == "oncall@piclo.example"
    assert asset.seller.name in mail.text
    assert other_seller.name in mail.text


def test_the_same_again_gets_the_first_answer_and_sends_nothing(receive: Any, seller: Seller) -> None:
    first = receive(body())
    again = receive(body(call(capacity_kw="50.50"), issued_at="2026-11-03T16:47:00Z"))
    assert again == Receipt(first.trigger, first.instructions, is_repeat=True)
    assert (Trigger.objects.count(), len(instruction_mails())) == (1, 1)


def test_other_content_under_the_same_reference_is_refused_kept_and_alarmed(receive: Any, seller: Seller) -> None:
    receive(body())
    with pytest.raises(ContradictoryTrigger, match="send it as revision 2"):
        receive(body(call(capacity_kw=51)))
    assert ContradictoryTrigger.status == 409
    assert Trigger.objects.exclude(problem="").get().content["calls"][0]["capacity_kw"] == "51.0000"
    assert len(instruction_mails()) == 1
    [alarm] = alarms()
    assert (alarm.recipient, alarm.lane) == ("oncall@piclo.example", "instruction")


def test_a_declared_revision_corrects_and_cancels_who_is_left_out(
    receive: Any, seller: Seller, other_seller: Seller
) -> None:
    receive(body(call(), call(company=other_seller.name)))
    receive(body(call(capacity_kw=40), revision=2))
    corrected, cancelled = instruction_mails()[2:]
    assert corrected.subject.startswith("MOCK | Correction: START | 40 kW")
    assert "capacity: 50.5 kW → 40 kW" in corrected.text
    assert cancelled.recipient == "dispatch+owner@gridbeam.example"
    assert cancelled.subject.startswith("MOCK | Correction: CANCELLED")
    assert receive(body(call(capacity_kw=40), revision=2)).is_repeat
    assert receive(body(call(), call(company=other_seller.name))).is_repeat  # the first revision, late


def test_a_gap_between_revisions_withholds_nothing_but_an_overtaken_revision_is_refused(
    receive: Any, seller: Seller
) -> None:
    receive(body(revision=3))
    with pytest.raises(ContradictoryTrigger, match="revision 3"):
        receive(body(call(capacity_kw=10), revision=2))


def test_what_cannot_be_read_is_kept_and_alarms_once(receive: Any, market: Market) -> None:
    for _ in range(2):
        with pytest.raises(UnreadableTrigger) as raised:
            receive(body(call(capacity_kw=None, capacity_mw=1)))
    assert {row.column for row in raised.value.rows} == {"calls[0].capacity_mw", "calls[0].capacity_kw"}
    kept = Trigger.objects.all()
    assert [(t.market, t.reference, t.kind) for t in kept] == [(market, "T-1", "start")] * 2
    assert "capacity_mw" in kept[0].problem
    [alarm] = alarms()
    assert "Send the capacity in kW" in alarm.text
    assert '"capacity_mw": 1' in alarm.text
    assert not Instruction.objects.exists()


@pytest.mark.parametrize("raw", [b"\x00\xff not even text", b'{"reference": "\\u0000"}', b""])
def test_whatever_arrives_can_be_kept(receive: Any, raw: bytes) -> None:
    with pytest.raises(UnreadableTrigger):
        receive(raw)
    assert bytes(Trigger.objects.get().raw) == raw
    assert len(alarms()) == 1


@pytest.mark.parametrize("broken", ["look_up", "instruct"])
def test_a_defect_of_ours_loses_no_trigger_and_leaves_nothing_half_done(
    receive: Any, seller: Seller, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        Instruction.objects.create(trigger=Trigger.objects.first(), market=Market.objects.get(), kind="start")
        raise KeyError("a defect")

    first = receive(body(reference="T-0"))
    with monkeypatch.context() as patch:
        patch.setattr(f"dispatch.operations.receive.{broken}", fail)
        with pytest.raises(FailedTrigger) as raised:
            receive(body())
    assert raised.value.status == 500
    kept = Trigger.objects.exclude(pk=first.trigger.pk).get()
    assert (b'"T-1"' in bytes(kept.raw), "KeyError" in kept.problem, kept.reference) == (True, True, "")
    assert list(Instruction.objects.all()) == list(first.instructions)
    assert len(alarms()) == 1
    assert len(receive(body()).instructions) == 1  # sent again, once we are well


def test_a_database_that_is_too_slow_is_said_so_that_it_is_sent_again(receive: Any, monkeypatch: Any) -> None:
    def slow(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr("dispatch.operations.receive.look_up", slow)
    with pytest.raises(OperationalError):
        receive(body())
    assert not Trigger.objects.exists()


def test_a_corrected_trigger_may_keep_its_reference(receive: Any, seller: Seller) -> None:
    with pytest.raises(UnreadableTrigger):
        receive(body(kind="begin"))
    assert len(receive(body()).instructions) == 1


def test_an_unknown_seller_goes_to_on_call_with_candidates(receive: Any, contract: Contract) -> None:
    [instruction] = receive(body(call(company="Voltwise Trading"))).instructions
    assert (instruction.seller, instruction.seller_named) == (None, "Voltwise Trading")
    [mail] = instruction_mails()
    assert mail.recipient == "oncall@piclo.example"
    assert mail.subject.startswith("[On-call] MOCK | START")
    assert "Voltwise Energy Ltd ('Voltwise Energy Ltd')" in mail.text
    assert f"Voltwise Energy Ltd, contracted in {instruction.zone_named}" in mail.text


def test_a_name_and_an_account_of_two_sellers_go_to_on_call_with_both(
    receive: Any, seller: Seller, other_seller: Seller, market: Market
) -> None:
    people.name_identity(seller=other_seller, operator=market.operator, kind="account", name="A-1", by="tests")
    [instruction] = receive(body(call(account="A-1"))).instructions
    [mail] = instruction_mails()
    assert (instruction.seller, mail.recipient) == (None, "oncall@piclo.example")
    assert seller.name in mail.text
    assert other_seller.name in mail.text


def test_without_a_verified_mailbox_all_are_written_to_and_on_call_knows(receive: Any, seller: Seller) -> None:
    with pgtrigger.ignore("markets.Market:mock_or_real_for_ever"):
        Market.objects.update(is_mock=False)
    seller.dispatch_contacts.update(verified_at=None)
    receive(body())
    assert [mail.recipient for mail in instruction_mails()] == [
        "dispatch+owner@voltwise.example",
        "oncall@piclo.example",
    ]
    seller.dispatch_contacts.all().delete()
    receive(body(reference="T-2"))
    assert [mail.recipient for mail in instruction_mails()][2:] == ["oncall@piclo.example"]


def test_without_any_on_call_address_our_own_mailbox_gets_it(receive: Any, market: Market, settings: Any) -> None:
    Market.objects.update(oncall_email="")
    settings.DEFAULT_FROM_EMAIL = "Flex <flex@ours.example>"
    receive(body())
    assert [mail.recipient for mail in instruction_mails()] == ["flex@ours.example"]


def test_a_token_reaches_its_own_markets_only(receive: Any, market: Market, other_market: Market) -> None:
    live, _ = tokens.issue_token(name="live", operator=market.operator, by="tests")
    sandbox, _ = tokens.issue_token(name="sandbox", operator=market.operator, is_sandbox=True, by="tests")
    with pytest.raises(UnreadableTrigger, match="Nobody was instructed"):
        receive(body(), token=live)  # the market is a mock
    with pytest.raises(UnreadableTrigger):
        receive(body(market=other_market.key), token=sandbox)
    assert not Instruction.objects.exists()
    assert len(receive(body(), token=sandbox).instructions) == 1
