"""The page of readings: what is there, what settlement needs and lacks, what looks wrong, and until when to send it."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from dispatch.models import Instruction, Match
from markets.models import Asset, Contract, User
from settlement.operations import DayOfReadings, store_readings

pytestmark = pytest.mark.django_db
EARLY, LATE = datetime(2027, 2, 3, 12, tzinfo=UTC), datetime(2027, 2, 15, 12, tzinfo=UTC)


@pytest.fixture
def readings(asset: Asset, member: User) -> None:
    whole, gappy = [-2000] * 48, [-2000] * 40 + [None] * 8
    days = [DayOfReadings(asset, date(2027, 1, 5), whole), DayOfReadings(asset, date(2027, 1, 6), gappy)]
    store_readings(days=days, source="upload", by=member)


def shown(member: User, at: datetime, address: str) -> str:
    """The page as it is at that time, which a session begun today would not live to see."""
    with time_machine.travel(at, tick=False):
        browser = Client()
        browser.force_login(member)
        return browser.get(address).content.decode()


def test_a_month_is_told_by_asset_and_by_day(readings: None, asset: Asset, member: User) -> None:
    listed = shown(member, EARLY, "/readings/?month=2027-01")
    day_by_day = shown(member, EARLY, f"/readings/{asset.pk}/?month=2027-01")
    assert "1 of 31" in listed
    assert "before Mon 15 Feb 2027" in listed
    assert "40 of 48" in day_by_day
    assert "8 of 48 half-hours are missing" in day_by_day
    assert member.email in day_by_day


def test_a_month_is_the_one_that_is_due_and_after_the_15th_it_is_said_to_be_late(asset: Asset, member: User) -> None:
    assert "January 2027" in shown(member, EARLY, "/readings/")
    assert "February 2027" in shown(member, LATE, "/readings/?month=nonsense")
    assert "were due before" in shown(member, LATE, "/readings/?month=2027-01")


def test_a_day_that_settlement_needs_and_lacks_is_named(
    contract: Contract, instruction: Instruction, member: User
) -> None:
    Match.objects.filter(instruction=instruction).update(status="matched", contract=contract)
    [asset] = contract.bid.assets.all()
    assert "missing" in shown(member, EARLY, "/readings/?month=2027-01")
    assert "Mon 11 Jan 2027" in shown(member, EARLY, f"/readings/{asset.pk}/?month=2027-01").split("Day by day")[0]
