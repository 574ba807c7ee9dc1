"""Readings in: kept with every revision, the same again changes nothing, bad ones change nothing at all."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from markets.models import Asset, JournalEntry, Market, Seller, User
from markets.problems import Refused
from settlement.models import ReadingDay
from settlement.operations import DayOfReadings, Stored, read_reading_days, store_readings, upload_readings

DAY = date(2025, 1, 6)


def store(asset: Asset, watts: list[int | None], day: date = DAY) -> Stored:
    return store_readings(days=[DayOfReadings(asset, day, watts)], source="upload", by="tests")


def held(asset: Asset) -> list[tuple[int, list[int | None]]]:
    return list(ReadingDay.objects.filter(asset=asset).order_by("revision").values_list("revision", "watts"))


def test_a_correction_is_a_further_revision_and_the_first_stays(asset: Asset, member: User) -> None:
    assert store(asset, [-100] * 48) == Stored(new=1, revised=0, unchanged=0)
    corrected = store_readings(
        days=[DayOfReadings(asset, DAY, [-200, *[-100] * 47])], source=ReadingDay.Source.API, by=member
    )
    assert corrected == Stored(new=0, revised=1, unchanged=0)
    assert held(asset) == [(1, [-100] * 48), (2, [-200, *[-100] * 47])]
    latest = ReadingDay.objects.standing().get(asset=asset)
    assert (latest.received_by, latest.source) == (member, "api")


def test_the_same_again_changes_nothing(asset: Asset) -> None:
    store(asset, [-100] * 48)
    entries = JournalEntry.objects.count()
    assert store(asset, [-100] * 48) == Stored(new=0, revised=0, unchanged=1)
    assert len(held(asset)) == 1
    assert JournalEntry.objects.count() == entries


def test_two_files_that_share_a_utc_day_complete_each_other(asset: Asset) -> None:
    """London's summer day begins at 23:00 UTC: the last two half-hours of a UTC day come with the next month's file."""
    store(asset, [-100] * 46 + [None] * 2)
    store(asset, [None] * 46 + [-300] * 2)
    assert held(asset)[-1] == (2, [-100] * 46 + [-300] * 2)


def test_minute_readings_take_the_place_of_half_hours(asset: Asset) -> None:
    store(asset, [-100] * 48)
    store(asset, [-100] * 1440)
    assert ReadingDay.objects.standing().get().watts == [-100] * 1440


def test_bad_days_are_named_together_and_nothing_is_stored(asset: Asset) -> None:
    days = [
        DayOfReadings(asset, DAY, [1] * 47, line=3),
        DayOfReadings(asset, DAY + timedelta(days=1), [2**31] + [1] * 47, line=4),
        DayOfReadings(asset, DAY + timedelta(days=2), [None] * 48, line=5),
        DayOfReadings(asset, DAY + timedelta(days=3), [1] * 48, line=6),
        DayOfReadings(asset, DAY + timedelta(days=3), [2] * 48, line=7),
    ]
    with pytest.raises(Refused) as refusal:
        store_readings(days=days, source="upload", by="tests")
    assert [row.line for row in refusal.value.rows] == [3, 4, 5, 7]
    assert not ReadingDay.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settlement_readingday SET watts[1] = 0",
        "UPDATE settlement_readingday SET revision = 9",
        "DELETE FROM settlement_readingday",
    ],
)
def test_the_database_refuses_to_change_what_was_read(asset: Asset, statement: str) -> None:
    store(asset, [-100] * 48)
    with (
        pytest.raises(ProgrammingError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_storing_takes_the_same_number_of_queries_for_any_number_of_days(asset: Asset) -> None:
    def queries(first: date, number: int) -> int:
        days = [DayOfReadings(asset, first + timedelta(days=n), [n] * 48) for n in range(number)]
        with CaptureQueriesContext(connection) as captured:
            store_readings(days=days, source="upload", by="tests")
        return len(captured)

    assert queries(DAY, 1) == queries(DAY + timedelta(days=10), 60)


FILE = "asset,start_utc,kw\n" + "\n".join(f"EV-1,2025-01-06T{n // 2:02}:{n % 2 * 30:02}Z,-2.5" for n in range(48))


def test_a_sellers_file_is_stored(seller: Seller, asset: Asset, member: User) -> None:
    assert upload_readings(seller=seller, file=FILE.encode(), source="upload", by=member).new == 1
    assert held(asset) == [(1, [-2500] * 48)]


def test_anothers_asset_is_not_found(other_seller: Seller, asset: Asset) -> None:
    with pytest.raises(Refused) as refusal:
        upload_readings(seller=other_seller, file=FILE.encode(), source="upload", by="tests")
    assert [(row.line, row.column, row.value) for row in refusal.value.rows] == [(2, "asset", "EV-1")]
    assert not ReadingDay.objects.exists()


def test_a_gap_is_refused_until_the_seller_says_that_it_is_one(seller: Seller, asset: Asset) -> None:
    gappy = "\n".join(line for line in FILE.splitlines() if "T05:" not in line)
    with pytest.raises(Refused) as refusal:
        upload_readings(seller=seller, file=gappy.encode(), source="upload", by="tests")
    assert "2 half-hours" in refusal.value.rows[0].reason
    assert upload_readings(seller=seller, file=gappy.encode(), source="upload", by="tests", keep_gaps=True).new == 1
    assert held(asset)[0][1][9:13] == [-2500, None, None, -2500]


def test_the_feed_carries_every_revision_once_in_order(market: Market, asset: Asset) -> None:
    store(asset, [-100] * 48)
    [first] = read_reading_days(market=market, after=0, limit=10)
    assert (first.position, first.asset, first.revision) == (1, asset, 1)
    store(asset, [-200] * 48)
    store(asset, [-50] * 48, DAY + timedelta(days=1))
    later = read_reading_days(market=market, after=1, limit=10)
    assert [(day.position, day.day, day.revision) for day in later] == [(2, DAY, 2), (3, DAY + timedelta(days=1), 1)]
    assert [day.position for day in read_reading_days(market=market, after=1, limit=1)] == [2]
    assert read_reading_days(market=market, after=3, limit=10) == []


def test_the_feed_of_a_market_knows_only_its_own_assets(market: Market, other_market: Market, asset: Asset) -> None:
    store(asset, [-100] * 48)
    assert read_reading_days(market=other_market, after=0, limit=10) == []


def test_readings_from_before_the_qualification_follow_when_it_comes(
    market: Market, other_market: Market, asset: Asset
) -> None:
    store(asset, [-100] * 48)
    assert [day.position for day in read_reading_days(market=market, after=0, limit=10)] == [1]
    qualification = asset.qualifications.create(market=other_market)
    assert read_reading_days(market=other_market, after=0, limit=10) == []
    qualification.status = "qualified"
    qualification.save()
    assert [day.position for day in read_reading_days(market=other_market, after=0, limit=10)] == [1]
