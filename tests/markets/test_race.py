"""The feed under many writers at once: nothing is missed, doubled or out of order. The bench runs it for longer."""

import pytest

from markets.models import BidChange, Market
from piclo_nged.bench import feed_race
from piclo_nged.preparation import prepare

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reader_that_polls_while_four_write_gets_everything_once() -> None:
    prepare()
    race = feed_race.run_race("race", writers=4, seconds=2)
    assert race.committed > 20
    assert (race.missed, race.doubled, race.disordered) == (0, 0, 0)
    places = list(BidChange.objects.order_by("position").values_list("position", flat=True))
    assert places == list(range(1, race.committed + 1)), "a place is missing, or stands for two"


def test_the_race_would_show_a_feed_that_trusts_the_order_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are given before the commit: whoever goes on after the last key that it saw misses the late ones."""

    def by_key(market: Market, after: int, read: list[tuple[int, int]]) -> int:
        page = list(
            BidChange.objects.filter(market=market, pk__gt=after).order_by("pk").values_list("pk", "bid", "revision")
        )
        read += [(bid, revision) for _, bid, revision in page]
        return page[-1][0] if page else after

    prepare()
    monkeypatch.setattr(feed_race, "_poll", by_key)
    assert any(feed_race.run_race(f"naive-{turn}", writers=4, seconds=1).missed for turn in range(5))
