"""What the tests of pages share: people signed in, an instruction and a statement."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from dispatch.models import Instruction, Match, Trigger
from markets.models import Contract, Market, Membership, Seller, User
from settlement.models import Statement
from sops.help.publishing import publish_articles
from tests.settled import approved_run


@pytest.fixture(autouse=True)
def _articles(db: None) -> None:
    publish_articles(by="tests")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def browser_of_member(signed_in: Callable[[User], Client], member: User) -> Client:
    """Signed in as the owner of the seller."""
    return signed_in(member)


@pytest.fixture
def viewer(seller: Seller) -> User:
    user = User.objects.create_user("viewer@voltwise.example", "a-long-password")
    Membership.objects.create(seller=seller, user=user, role=Membership.Role.VIEWER)
    return user


@pytest.fixture
def instruction(market: Market, seller: Seller, contract: Contract) -> Instruction:
    """A start of two hours that waits for its answer."""
    trigger = Trigger.objects.create(
        operator=market.operator,
        market=market,
        reference="NGED-7001",
        kind="start",
        raw=b"{}",
        content_sha256="0" * 64,
        received_at=datetime(2027, 1, 11, 16, 0, tzinfo=UTC),
    )
    instruction = Instruction.objects.create(
        trigger=trigger,
        market=market,
        seller=seller,
        kind="start",
        seller_named=seller.name,
        product_named="Dynamic",
        zone_named="CMZ_T9A_EM_0001",
        capacity_kw="50.5",
        starts_at=datetime(2027, 1, 11, 16, 15, tzinfo=UTC),
        ends_at=datetime(2027, 1, 11, 18, 15, tzinfo=UTC),
    )
    Match.objects.create(instruction=instruction)
    return instruction


@pytest.fixture
def statement(market: Market, contract: Contract, approver: User) -> Statement:
    """December, one line of £24.88, version 1."""
    return issued(market, contract, approver, version=1)


def issued(market: Market, contract: Contract, approver: User, version: int, reason: str = "") -> Statement:
    """A statement of December with one line, as a run in that version issues it."""
    run = approved_run(contract, approver, version, reason)
    return Statement.objects.create(run=run, seller=contract.seller, total_gbp="24.88")
