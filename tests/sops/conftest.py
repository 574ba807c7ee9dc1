"""Worlds for the tests of the service: steps with their rows, and subjects that fall due."""

from collections.abc import Callable, Iterable

import pytest

from markets.models import Operator, Seller
from markets.operations import agreements
from sops.models import Step
from sops.operations import sync_steps

from .worlds import World


@pytest.fixture
def steps(db: None) -> dict[str, Step]:
    """The row of every declared step, by key."""
    sync_steps(by="tests")
    return {step.key: step for step in Step.objects.all()}


def sign(names: Iterable[str]) -> list[Seller]:
    """Invited sellers that signed: their companies are due to be verified."""
    sellers = Seller.objects.bulk_create(Seller(name=name) for name in names)
    for seller in sellers:
        agreements.sign_agreement(seller=seller, version="2026-1", signatory="A. Signatory", by="tests")
    return sellers


@pytest.fixture
def signed(db: None) -> Callable[[int], list[Seller]]:
    """That many sellers whose company is due to be verified."""
    return lambda count: sign(f"Seller {number}" for number in range(count))


@pytest.fixture
def world(steps: dict[str, Step]) -> World:
    """An operator, NGED, with a market on the 20th of a month."""
    return World(Operator.objects.create(key="nged", name="NGED", short_name="NGED"))
