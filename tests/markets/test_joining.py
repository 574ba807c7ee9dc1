"""Joining: identities, suspension, tokens and the clock."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from markets.models import JournalEntry, Market, Token
from markets.operations import clock, people, tokens
from markets.operations.markets import open_market
from markets.problems import Refused


def test_an_identity_means_one_seller(seller, other_seller, operator):
    with pytest.raises(Refused, match="already calls another seller"):
        people.name_identity(seller=other_seller, operator=operator, name="voltwise energy LTD", by="tests")


def test_a_suspended_seller_can_be_verified_again(seller):
    people.suspend_seller(seller=seller, by="tests", reason="insolvent")
    with pytest.raises(Refused, match="suspended"):
        people.suspend_seller(seller=seller, by="tests", reason="again")
    assert people.verify_seller(seller=seller, by="tests").status == "verified"


def test_a_token_is_kept_as_a_hash_and_revoked_once(operator):
    token, whole = tokens.issue_token(name="NGED", operator=operator, by="tests")
    assert whole not in str(Token.objects.values().get())
    tokens.revoke_token(token=token, by="tests", reason="leaked")
    tokens.revoke_token(token=token, by="tests", reason="leaked")
    assert JournalEntry.objects.filter(verb="revoke_token").count() == 1


def test_only_a_mock_markets_clock_moves_and_only_forward(operator, market):
    begun = market.now()
    moved = clock.move_clock(market=market, to=begun + timedelta(days=30), by="tests")
    assert moved.now() >= begun + timedelta(days=30)
    with pytest.raises(Refused, match="only moves forward"):
        clock.move_clock(market=market, to=begun, by="tests")
    real = open_market(operator=operator, key="real", name="Real", by="tests")
    with pytest.raises(Refused, match="real market"):
        clock.move_clock(market=real, to=begun + timedelta(days=1), by="tests")
    with pytest.raises(IntegrityError), transaction.atomic():
        Market.objects.filter(pk=real.pk).update(clock_offset=timedelta(hours=1))


def test_a_markets_key_is_taken_once(market):
    with pytest.raises(Refused, match="Choose another key"):
        open_market(operator=market.operator, key=market.key, name="Again", by="tests")
