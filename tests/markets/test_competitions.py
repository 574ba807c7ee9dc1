"""Publishing: what is new, what is revised, what is refused; and never half a file."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest

from markets.models import BidLine, Competition, JournalEntry
from markets.operations import bids, clock, competitions
from markets.operations.feeds import read_bid_changes
from markets.problems import Refused
from markets.rules.spans import london
from tests.conftest import close, notice, offer

WINDOW = notice().windows[0]


def publish(market, *notices, **more):
    return competitions.publish_competitions(market=market, notices=notices, by="tests", **more)


def test_new_then_unchanged_then_revised(market):
    first = notice()
    assert publish(market, first).created == ["T9A-DYN-0001"]
    assert publish(market, first).unchanged == ["T9A-DYN-0001"]
    assert publish(market, replace(first, required_kw=Decimal(600))).revised == ["T9A-DYN-0001"]
    competition = Competition.objects.get()
    assert (competition.revision, competition.required_kw, competition.status) == (2, Decimal(600), "published")
    assert JournalEntry.objects.filter(verb="publish_competitions").count() == 3


@pytest.mark.parametrize(
    ("change", "column", "sentence"),
    [
        ({"product": "Dynamite"}, "product", "Known are: Dynamic, Secure, Sustain"),
        ({"required_kw": Decimal(-1)}, "required_kw", "not negative"),
        ({"windows": ()}, "windows", "at least one service window"),
        ({"zone_code": ""}, "zone", "Say the zone's code"),
        ({"zone_code": "CMZ 1"}, "zone", "without spaces"),
        ({"zone_code": "Z" * 61}, "zone", "at most 60"),
        ({"name": " "}, "name", "Give the competition a name"),
        ({"name": "n" * 301}, "name", "At most 300"),
        ({"zone_name": "n" * 201}, "zone_name", "At most 200"),
        ({"windows": (replace(WINDOW, name="w" * 201),)}, "windows", "at most 200"),
        ({"windows": (replace(WINDOW, weekdays=(1, 2, 1)),)}, "windows", "A weekday stands twice"),
        ({"first_day": WINDOW.first_day + timedelta(days=1)}, "windows", "do not lie within the competition's"),
        ({"closes_at": london(WINDOW.last_day, time(12))}, "windows", "before bidding closes on"),
        ({"windows": (replace(WINDOW, local_end=time(19, 59)),)}, "windows", "on a half-hour, such as 16:00 or 16:30"),
        (
            {
                "windows": (
                    replace(WINDOW, last_day=WINDOW.first_day, weekdays=(WINDOW.first_day.isoweekday() % 7 + 1,)),
                )
            },
            "windows",
            "nothing would ever be delivered",
        ),
    ],
)
def test_one_bad_notice_keeps_all_out_unless_the_good_are_to_be_kept(market, change, column, sentence):
    good, bad = notice("GOOD", line=2), replace(notice("BAD", line=3), **change)
    with pytest.raises(Refused) as refusal:
        publish(market, good, bad)
    assert not Competition.objects.exists()
    [problem] = refusal.value.rows
    assert (problem.line, problem.column) == (3, column)
    assert sentence in problem.reason
    published = publish(market, good, bad, keep_good=True)
    assert (published.created, [p.line for p in published.problems]) == (["GOOD"], [3])


def test_a_gate_that_closes_before_it_opens_is_refused(market):
    wrong = notice()
    with pytest.raises(Refused) as refusal:
        publish(market, replace(wrong, closes_at=wrong.opens_at - timedelta(hours=1)))
    assert refusal.value.rows[0].column == "closes_at"


def test_the_same_reference_twice_in_one_file(market):
    with pytest.raises(Refused, match="1 thing needs"):
        publish(market, notice(), notice())


def test_a_reference_is_never_used_for_something_else(market, competition):
    with pytest.raises(Refused) as refusal:
        publish(market, notice(product="Secure"))
    assert "another product or zone" in refusal.value.rows[0].reason


def test_a_revision_keeps_the_windows_that_bids_stand_in(market, bid):
    first = notice()
    renamed = replace(first, windows=(replace(first.windows[0], name="Night"),))
    with pytest.raises(Refused) as refusal:
        publish(market, renamed)
    assert "It has bids" in refusal.value.rows[0].reason
    both = replace(first, windows=(replace(first.windows[0], required_kw=Decimal(750)), renamed.windows[0]))
    assert publish(market, both).revised == [first.reference]
    line = BidLine.objects.get(bid=bid)
    assert (line.window.name, line.window.required_kw) == ("Evening", Decimal(750))


def test_what_is_withdrawn_or_decided_is_not_revised(market, competition):
    competitions.withdraw_competition(competition=competition, by="tests", reason="planned outage moved")
    with pytest.raises(Refused) as refusal:
        publish(market, notice(required_kw=Decimal(1)))
    assert "withdrawn" in refusal.value.rows[0].reason
    competitions.withdraw_competition(competition=competition, by="tests", reason="again")
    assert JournalEntry.objects.filter(verb="withdraw_competition").count() == 1


def test_a_decided_competition_is_not_withdrawn(contract, competition):
    with pytest.raises(Refused, match="has results"):
        competitions.withdraw_competition(competition=competition, by="tests", reason="too late")


def test_publishing_many_takes_few_queries(market, django_assert_max_num_queries):
    notices = [notice(f"T9A-{number}") for number in range(300)]
    with django_assert_max_num_queries(14):
        publish(market, *notices)


def test_what_was_bid_on_stands_once_the_gate_has_closed(market, bid, competition):
    now = notice(opens_at=competition.opens_at, closes_at=competition.closes_at)
    close(market, competition)
    longer = replace(now, windows=(replace(now.windows[0], weekdays=(1, 2, 3, 4, 5, 6, 7)),))
    with pytest.raises(Refused) as refusal:
        publish(market, longer)
    assert "window Evening can't change" in refusal.value.rows[0].reason
    assert publish(market, replace(now, name="Better spelt")).revised == [now.reference]


def test_a_gate_is_not_moved_into_the_past_for_that_would_open_the_bids(market, bid, competition):
    with pytest.raises(Refused) as refusal:
        publish(market, notice(opens_at=competition.opens_at, closes_at=market.now() - timedelta(seconds=1)))
    assert refusal.value.rows[0].column == "closes_at"
    assert read_bid_changes(market=market, after=0, limit=9) == []


def test_a_revision_moves_the_gate_for_the_next_bid(market, competition, seller, asset):
    publish(market, notice(opens_at=competition.opens_at, closes_at=market.now() + timedelta(minutes=1)))
    clock.move_clock(market=market, to=market.now() + timedelta(minutes=2), by="tests")
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=seller, market=market, offers=[offer()], by="tests")
    assert "Bidding closed" in refusal.value.rows[0].reason
