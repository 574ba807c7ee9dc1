"""Bids that come at the moment of a revision or a withdrawal: whoever holds one afterwards has been told."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from markets.models import Asset, Bid, Competition, Mail, Market, Seller
from markets.operations.bids import place_bids
from markets.operations.competitions import publish_competitions, why_to_revise, withdraw_competition
from tests.conftest import notice, offer

from .test_at_once import CALLERS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", range(3))
def test_no_bid_slips_between_a_withdrawal_and_its_mail(
    turn: int, seller: Seller, asset: Asset, market: Market, competition: Competition
) -> None:
    def call(number: int) -> Any:
        if number == turn:
            return withdraw_competition(competition=competition, by="tests", reason="No need any more.")
        return place_bids(seller=seller, market=market, offers=[offer()], by="tests")

    at_once(call)
    placed = Bid.objects.count()
    told = [mail.text for mail in Mail.objects.filter(subject__contains="withdrew")]
    assert Competition.objects.get().status == "withdrawn"
    assert len(told) == (placed > 0)
    assert all((f"Your {placed} bids" if placed > 1 else "Your bid there") in text for text in told)


@pytest.mark.parametrize("turn", range(3))
def test_every_bid_meets_the_revision_or_its_seller_is_asked_to_revise_it(
    turn: int, seller: Seller, asset: Asset, market: Market, competition: Competition
) -> None:
    lower = replace(
        notice(),
        opens_at=competition.opens_at,
        closes_at=competition.closes_at,
        utilisation_ceiling_gbp_per_mwh=Decimal(200),
    )

    def call(number: int) -> Any:
        if number == turn:
            return publish_competitions(market=market, notices=[lower], by="tests")
        return place_bids(seller=seller, market=market, offers=[offer()], by="tests")

    answers = at_once(call)
    assert len(answers) == CALLERS
    told = "".join(mail.text for mail in Mail.objects.filter(text__contains="Please revise"))
    for bid in Bid.objects.all():
        assert why_to_revise(bid)
        assert bid.reference in told
