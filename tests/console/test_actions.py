"""Buttons call operations: with the consequence first, the reason kept, a refusal shown, nothing done by looking."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import (
    Competition,
    Discrepancy,
    DispatchContact,
    JournalEntry,
    Mail,
    Qualification,
    Seller,
    Token,
)
from markets.operations.people import invite_seller
from sops.models import Case, Step
from sops.operations import sync_steps


@pytest.fixture
def press(console: Client) -> Callable[..., Any]:
    """Presses the button of an action on a record (or of a list) and returns the page that follows."""

    def press(noun: str, button: str, pk: int | None = None, **answers: str) -> Any:
        url = reverse(f"admin:{noun}_{button}", args=[] if pk is None else [pk])
        return console.post(url, {"_form_submitted": "True", **answers}, follow=True)

    return press


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def test_a_button_does_nothing_until_it_is_confirmed(console: Client) -> None:
    seller = invite_seller(name="Tidewatt", email="a@tidewatt.example", by="tests")
    asked = console.get(reverse("admin:markets_seller_verify", args=[seller.pk]))
    assert "You have checked that the company is who it claims to be" in asked.content.decode()
    seller.refresh_from_db()
    assert seller.status == "invited"


def test_a_seller_is_invited_verified_and_suspended(press: Any, colleague: Any) -> None:
    press("markets_seller", "invite", name="Tidewatt", email="a@tidewatt.example")
    seller = Seller.objects.get(name="Tidewatt")
    assert Mail.objects.filter(recipient="a@tidewatt.example").exists()
    assert said(press("markets_seller", "verify", seller.pk)) == ["Tidewatt is verified."]
    press("markets_seller", "suspend", seller.pk, reason="Company dissolved.")
    seller.refresh_from_db()
    assert seller.status == "suspended"
    entry = JournalEntry.objects.get(verb="suspend_seller")
    assert (entry.user, entry.reason) == (colleague, "Company dissolved.")


def test_a_mail_given_up_is_sent_again_and_no_other(press: Any) -> None:
    invite_seller(name="Tidewatt", email="a@tidewatt.example", by="tests")
    mail = Mail.objects.get()
    assert "only a mail given up is sent again" in said(press("markets_mail", "send_again", mail.pk))[0]
    Mail.objects.update(status="failed")
    assert "is on its way again" in said(press("markets_mail", "send_again", mail.pk))[0]
    again = Mail.objects.get()
    assert (again.status, again.message_id) == ("ready", mail.message_id)
    assert JournalEntry.objects.filter(verb="resend_mail").count() == 1


def test_a_reason_is_asked_for(press: Any, seller: Any) -> None:
    press("markets_seller", "suspend", seller.pk, reason="")
    seller.refresh_from_db()
    assert seller.status == "verified"


def test_what_is_refused_is_said_and_nothing_changes(press: Any, seller: Any, other_seller: Any, operator: Any) -> None:
    page = press(
        "markets_seller", "name_identity", seller.pk, operator=operator.pk, kind="company", name=other_seller.name
    )
    assert "already calls another seller" in said(page)[0]
    assert not seller.identities.filter(name=other_seller.name).exists()


@pytest.mark.parametrize("holder", ["markets_operator", "markets_seller"])
def test_a_token_is_shown_whole_exactly_once(
    press: Any, console: Client, seller: Any, operator: Any, holder: str
) -> None:
    owner = operator if holder == "markets_operator" else seller
    page = press(holder, "issue_token", owner.pk, name="Integration")
    token = Token.objects.get(name="Integration")
    [message] = said(page)
    whole = next(word for word in message.split() if word.startswith(token.prefix))
    assert len(whole) > 40
    assert whole in page.content.decode()
    for url in (page.wsgi_request.path, reverse("admin:markets_token_change", args=[token.pk]), reverse("admin:index")):
        again = console.get(url).content.decode()
        assert whole not in again
        assert token.sha256 not in again
    press("markets_token", "revoke", token.pk, reason="Lost.")
    token.refresh_from_db()
    assert token.revoked_at


def test_buttons_stand_where_they_are_possible(console: Client, seller: Any) -> None:
    def buttons(record: Any) -> set[str]:
        page = console.get(reverse("admin:markets_seller_change", args=[record.pk]))
        return {button["title"] for button in page.context["actions_detail"]}

    invited = invite_seller(name="Tidewatt", email="a@tidewatt.example", by="tests")
    assert "Verify seller" in buttons(invited)
    assert "Suspend seller" not in buttons(invited)
    assert "Suspend seller" in buttons(seller)


def test_a_competition_is_withdrawn_with_its_reason(press: Any, competition: Competition) -> None:
    press("markets_competition", "withdraw", competition.pk, reason="The cable is mended.")
    competition.refresh_from_db()
    assert competition.status == "withdrawn"
    assert JournalEntry.objects.get(verb="withdraw_competition").reason == "The cable is mended."


def test_qualifications_are_decided_one_by_one_and_many_at_once(
    press: Any, console: Client, make_asset: Any, seller: Any
) -> None:
    one, two = make_asset(seller, "EV-1"), make_asset(seller, "EV-2")
    for asset in (one, two):
        press("markets_qualification", "refuse", asset.qualifications.get().pk, reason="Not fed by this substation.")
    assert set(Qualification.objects.values_list("status", "reason")) == {("refused", "Not fed by this substation.")}
    chosen = [str(pk) for pk in Qualification.objects.values_list("pk", flat=True)]
    form = {"action": "qualify_selected", "_selected_action": chosen}
    listed = reverse("admin:markets_qualification_changelist")
    before = console.post(listed, form).content.decode()
    assert "their sellers may bid with them from now on" in before
    assert Qualification.objects.filter(status="refused").count() == 2  # nothing is done before it is agreed to
    page = console.post(listed, form | {"agreed": "yes", "_form_submitted": "True"}, follow=True)
    assert said(page) == ["2 decisions kept."]
    assert set(Qualification.objects.values_list("status", flat=True)) == {"qualified"}


def test_discrepancies_are_resolved_many_at_once_with_a_reason(console: Client, market: Any) -> None:
    for number in (1, 2, 3):
        Discrepancy.objects.create(market=market, kind="unknown_bid", bid=f"B-x{number}", theirs="rejected")
    chosen = [str(pk) for pk in Discrepancy.objects.values_list("pk", flat=True)[:2]]
    form = {"action": "resolve_selected", "_selected_action": chosen, "agreed": "yes", "_form_submitted": "True"}
    listed = reverse("admin:markets_discrepancy_changelist")
    assert "Fill this in" in console.post(listed, form).content.decode()
    assert not Discrepancy.objects.exclude(resolved_at=None).exists()
    page = console.post(listed, form | {"reason": "NGED sent a rehearsal's file."}, follow=True)
    assert said(page) == ["Resolved: 2. The reason stands with each of them."]
    assert Discrepancy.objects.filter(resolution="NGED sent a rehearsal's file.").count() == 2
    assert JournalEntry.objects.filter(verb="resolve_discrepancy").count() == 2


def test_a_dispatch_contact_is_added_and_verified(press: Any, seller: Any, market: Any) -> None:
    press("markets_seller", "add_contact", seller.pk, market=market.pk, email="night@voltwise.example")
    contact = DispatchContact.objects.get(email="night@voltwise.example")
    press("markets_dispatchcontact", "verify", contact.pk)
    contact.refresh_from_db()
    assert contact.verified_at


@pytest.fixture
def case(db: None) -> Case:
    """A company to verify, as the conductor finds it."""
    from markets.operations.agreements import sign_agreement
    from sops.operations import conduct

    sync_steps(by="tests")
    seller = invite_seller(name="Tidewatt", email="a@tidewatt.example", by="tests")
    sign_agreement(seller=seller, version="2026-1", signatory="A. Signatory", by="tests")
    conduct(by="tests")
    return Case.objects.get(subject__contains="Tidewatt")


def test_a_case_is_claimed_and_finished_by_the_steps_own_operation(press: Any, console: Client, case: Case) -> None:
    page = console.get(reverse("admin:sops_case_change", args=[case.pk])).content.decode()
    seller = Seller.objects.get(pk=case.subject_id)
    assert reverse("admin:markets_seller_change", args=[seller.pk]) in page, "no way from the case to its subject"
    press("sops_case", "claim", case.pk)
    press("sops_case", "finish", case.pk, outcome="Found at Companies House.")
    case.refresh_from_db()
    seller.refresh_from_db()
    assert (case.status, seller.status) == ("done", "verified")


def test_a_case_in_another_hand_is_refused_in_words(press: Any, case: Case, customer_success: Any) -> None:
    from sops.operations import claim_case

    claim_case(case=case, by=customer_success)
    assert "in the hands of Casey" in said(press("sops_case", "drop", case.pk, reason="Not needed."))[0]
    press("sops_case", "hand_over", case.pk, to="", reason="On leave.")
    case.refresh_from_db()
    assert case.status == "waiting"


def test_the_mode_of_a_step_changes_with_a_reason(press: Any, console: Client, case: Case) -> None:
    step = case.step
    press("sops_step", "set_mode", step.pk, mode="assisted", reason="Too many to do alone.")
    assert Step.objects.get(pk=step.pk).mode == "assisted"
    press("sops_step", "set_mode", step.pk, mode="nonsense", reason="x")
    assert Step.objects.get(pk=step.pk).mode == "assisted"


def test_the_clock_of_a_mock_market_moves_and_a_real_one_has_no_such_button(
    press: Any, console: Client, market: Any
) -> None:
    page = press("markets_market", "move_clock", market.pk, to_0="01/01/2040", to_1="12:00")
    assert "1 January 2040, 12:00 (London)" in said(page)[0]
    market.refresh_from_db()
    assert market.now().year == 2040


def test_a_discrepancy_is_resolved_with_how_it_was_settled(press: Any, console: Client, market: Any) -> None:
    kept = Discrepancy.objects.create(
        market=market, kind="contradiction", bid="B-7", field="accepted_kw", theirs="12.0000", ours="50.5000"
    )
    row = console.get(reverse("admin:markets_discrepancy_changelist")).content.decode()
    assert "12.0000" in row
    assert "50.5000" in row
    press("markets_discrepancy", "resolve", kept.pk, reason="")
    assert Discrepancy.objects.get().resolved_at is None
    assert said(press("markets_discrepancy", "resolve", kept.pk, reason="A slip at NGED (J. Evans).")) == [
        "B-7 is settled."
    ]
    assert Discrepancy.objects.get().resolution == "A slip at NGED (J. Evans)."
