"""Nothing of a mock market reaches the operator's live side, or a mailbox whose reader did not accept to take part.

Every place that queues a mail stands in `QUEUES`: a new one fails here until it is said why it may, or is played below.
"""

import ast
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dispatch.models import Match
from dispatch.operations import receive_trigger
from dispatch.operations.alarms import alarm_unsent
from markets.models import Asset, Bid, Competition, Contract, Mail, Market, Operator, Seller, User
from markets.operations import admissions, bids, clock, competitions, results
from markets.operations.contacts import add_dispatch_contact
from markets.operations.markets import choose_path
from markets.operations.webhooks import add_webhook, note_news
from markets.rules.notices import BidResult
from piclo_nged.dso.nged.triggers import read_trigger
from settlement.operations import issue_run
from tests.api.conftest import Machine, token_of, trigger_message
from tests.conftest import close, notice, offer
from tests.settled import approved_run

__all__ = ["token_of"]  # a fixture
PROJECT = Path(__file__).resolve().parents[2]
NO_MARKET = "of no market: it is about the company and comes before any market"
ON_CALL = "to customer success on call alone"
PLAYED = "played below"
QUEUES = {
    "markets/operations/account_links.py": NO_MARKET,
    "markets/operations/joining.py": NO_MARKET,
    "markets/operations/invitations.py": NO_MARKET,
    "markets/operations/contacts.py": "the test message itself: by its button one accepts",
    "markets/operations/competitions/telling.py": PLAYED,
    "markets/operations/results/telling.py": PLAYED,
    "dispatch/operations/alarms.py": ON_CALL,
    "dispatch/operations/holding.py": PLAYED,
    "dispatch/operations/instruct.py": PLAYED,
    "dispatch/operations/reminders.py": PLAYED,
    "settlement/operations/issue.py": PLAYED,
    "settlement/operations/queries.py": "to the one who asked about a statement, and so had it",
}
SENDING = {"queue", "insert_and_wake"}


def test_every_place_that_queues_a_mail_is_known_here() -> None:
    found = {
        str(path.relative_to(PROJECT))
        for package in ("markets", "dispatch", "settlement", "sops", "piclo_nged")
        for path in (PROJECT / package).rglob("*.py")
        if _queues(path)
    }
    assert found == set(QUEUES)


def _queues(path: Path) -> bool:
    """Whether the module calls what queues mail, or makes rows of the outbox without it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            named = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = ast.unparse(node.func)
            if named in SENDING:
                return path.name != "mail.py"
            if owner.startswith("Mail.objects.") and named in ("create", "bulk_create"):
                return path.name != "mail.py"
    return False


@pytest.fixture
def guest(seller: Seller, asset: Asset) -> Seller:
    """A real seller that was let into the mock market and never said yes; its dispatch mailbox is unconfirmed."""
    seller.admissions.all().delete()
    admissions.admit(market=Market.objects.get(), sellers=[seller], by="tests")
    seller.dispatch_contacts.update(verified_at=None)
    Mail.objects.all().delete()
    return seller


@pytest.fixture
def placed(guest: Seller, market: Market, competition: Competition) -> Bid:
    [bid] = bids.place_bids(seller=guest, market=market, offers=[offer(competition.reference)], by="tests")
    return bid


def recipients(after: int = 0) -> set[str]:
    return set(Mail.objects.filter(pk__gt=after).values_list("recipient", flat=True))


def accept(seller: Seller) -> None:
    admissions.accept_admission(admission=seller.admissions.get(), by="tests")


def results_come(market: Market, bid: Bid) -> None:
    close(market, bid.competition)
    results.record_results(market=market, results=[BidResult(bid.reference, False, reason="Dear.")], by="tests")


def competition_is_revised(market: Market, bid: Bid) -> None:
    changed = replace(notice(), required_kw=bid.competition.required_kw + 1, name="Another name")
    changed = replace(changed, opens_at=bid.competition.opens_at, closes_at=bid.competition.closes_at)
    competitions.publish_competitions(market=market, notices=[changed], by="tests")


def competition_is_withdrawn(market: Market, bid: Bid) -> None:
    competitions.withdraw_competition(competition=bid.competition, by="tests", reason="No need.")


def statement_is_issued(market: Market, bid: Bid) -> None:
    close(market, bid.competition)
    prices = bid.availability_gbp_per_mw_h, bid.utilisation_gbp_per_mwh
    results.record_results(
        market=market, results=[BidResult(bid.reference, True, bid.capacity_kw, *prices)], by="tests"
    )
    Mail.objects.all().delete()
    run = approved_run(Contract.objects.get(bid=bid), User.objects.create_user("second@piclo.example"))
    issue_run(run=run, by="tests")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "happens", [results_come, competition_is_revised, competition_is_withdrawn, statement_is_issued]
)
def test_who_did_not_accept_hears_nothing(
    happens: Callable[[Market, Bid], None], guest: Seller, placed: Bid, market: Market
) -> None:
    happens(market, placed)
    assert recipients() == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "happens", [results_come, competition_is_revised, competition_is_withdrawn, statement_is_issued]
)
def test_who_accepted_does_hear(
    happens: Callable[[Market, Bid], None], guest: Seller, placed: Bid, market: Market
) -> None:
    """So that the silence above means something."""
    accept(guest)
    happens(market, placed)
    assert recipients() == {"owner@voltwise.example"}


def trigger(market: Market, reference: str = "TR-1") -> None:
    raw = json.dumps(trigger_message(market.key, reference)).encode()
    receive_trigger(operator=market.operator, token=None, raw=raw, read=read_trigger, by="tests")


@pytest.mark.django_db
def test_an_instruction_goes_to_mailboxes_that_were_confirmed_for_this_market_alone(
    guest: Seller, placed: Bid, market: Market
) -> None:
    accept(guest)
    trigger(market)
    assert recipients() == {"oncall@piclo.example"}
    assert alarm_unsent(by="tests") == 0
    other = Market.objects.create(operator=market.operator, key="real", name="Real", stage="open")
    add_dispatch_contact(seller=guest, market=other, email="real@voltwise.example", by="tests")
    guest.dispatch_contacts.update(verified_at=datetime.now(UTC))
    before = Mail.objects.latest("pk").pk
    trigger(market, "TR-2")
    assert recipients(before) == {"dispatch+owner@voltwise.example"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("confirmed_at", "told"),
    [(None, "oncall@piclo.example"), (datetime(2026, 1, 1, tzinfo=UTC), "dispatch+owner@voltwise.example")],
)
def test_an_instruction_that_is_told_with_its_contract_goes_to_confirmed_mailboxes_alone(
    confirmed_at: datetime | None, told: str, guest: Seller, placed: Bid, market: Market, contract: Contract
) -> None:
    accept(guest)
    guest.dispatch_contacts.update(verified_at=confirmed_at)
    market = choose_path(market=market, path=Market.Path.MATCH_FIRST, reason="So agreed.", by="tests")
    trigger(market)
    assert recipients() == {told}
    assert Match.objects.get().contract == contract


@pytest.mark.django_db
def test_a_rehearsal_wakes_nobody_who_is_on_call_for_real_markets(guest: Seller, market: Market, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Flex <flex@ours.example>"
    Market.objects.filter(pk=market.pk).update(oncall_email="")
    Market.objects.create(operator=market.operator, key="real", name="Real", oncall_email="night@piclo.example")
    market.refresh_from_db()
    trigger(market)
    assert recipients() == {"flex@ours.example"}


@pytest.mark.django_db
def test_the_operators_live_side_hears_nothing(
    placed: Bid, market: Market, operator: Operator, token_of: Callable[..., Machine]
) -> None:
    live = token_of(operator=operator)
    add_webhook(operator=operator, is_sandbox=False, url="https://flex.example/live", by="tests")
    clock.move_clock(market=market, to=placed.competition.closes_at + timedelta(hours=1), by="tests")
    assert note_news() == 0
    for call in ("bids", "assets", "readings"):
        assert live.get(f"/api/nged/v1/{call}?market={market.key}").status_code == 404
    assert market not in Market.objects.reached_by(operator.tokens.latest("pk"))
