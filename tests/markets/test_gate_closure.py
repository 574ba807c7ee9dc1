"""The moment of gate closure: who was checked before it stands, who was not hears so, and the proof tells of all of them."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from markets.models import Bid, BidChange, Competition, Market, Seller
from markets.operations import bids, competitions, feeds
from markets.operations.gate import close_windows
from markets.problems import Refused
from markets.rules.checksum import SealedBid, completeness
from tests.conftest import close, offer

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 12
TERMS = ("capacity_kw", "availability_gbp_per_mw_h", "utilisation_gbp_per_mwh", "sustain_gbp_per_kw")


def in_threads(*calls: Callable[[], Any], workers: int = AT_ONCE) -> list[Any]:
    """What each call gives; a refusal is an answer like others, anything else breaks the test."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, calls))


def closing_in(competition: Competition, seconds: float) -> Competition:
    """The competition, whose gate now closes so soon in market time."""
    competition.closes_at = competition.market.now() + timedelta(seconds=seconds)
    competition.save(update_fields=["closes_at"])
    return competition


def storm(competition: Competition, seller: Seller, requests: int, seconds: float) -> Counter[str]:
    """That many requests, spread evenly around gate closure while it is being closed. Returns how they ended."""
    market = competition.market
    standing = bids.place_bids(
        seller=seller, market=market, offers=[offer(seller_ref=f"before {n}") for n in range(requests // 5)], by="tests"
    )
    closing_in(competition, seconds / 2)
    begun = time.monotonic()

    def request(number: int) -> str:
        time.sleep(max(0.0, begun + seconds * number / requests - time.monotonic()))
        bid = standing[number % len(standing)]
        if number % 5 == 0:
            bids.withdraw_bid(bid=bid, by="tests")
        elif number % 5 == 1:
            bids.revise_bid(bid=bid, capacity_kw=Decimal(number), utilisation_gbp_per_mwh=Decimal(9), by="tests")
        else:
            bids.place_bids(seller=seller, market=market, offers=[offer(seller_ref=f"at {number}")], by="tests")
        return "done"

    def read() -> str:
        while not any(c.kind == "closed" for c in feeds.read_bid_changes(market=market, after=0, limit=10_000)):
            time.sleep(0.01)
        return "read"

    calls = [read, *(lambda n=n: request(n) for n in range(requests))]  # type: ignore[misc]
    return Counter("refused" if isinstance(end, Refused) else end for end in in_threads(*calls, workers=AT_ONCE + 1))


def check_what_stands(competition: Competition) -> None:
    """Nothing was checked at or after gate closure, and the proof agrees with what the feed alone tells."""
    changes = feeds.read_bid_changes(market=competition.market, after=0, limit=10_000)
    told = [change for change in changes if change.kind != BidChange.Kind.CLOSED]
    assert len(told) == BidChange.objects.filter(bid__isnull=False).count()
    assert all(change.changed_at < competition.closes_at for change in told)
    assert changes[-1].kind == BidChange.Kind.CLOSED, "a change came after the proof that there are no more"
    standing: dict[str, dict[str, Any]] = {}
    for change in told:
        standing[change.content["bid"]] = change.content
        if change.kind == BidChange.Kind.WITHDRAWN:
            del standing[change.content["bid"]]
    proof = completeness(
        SealedBid(content["bid"], content["revision"], *(Decimal(content[term]) for term in TERMS))
        for content in standing.values()
    )
    closed = changes[-1].content
    assert (closed["count"], closed["total_kw"], closed["sha256"]) == (
        proof.count,
        f"{proof.total_kw:f}",
        proof.sha256,
    )
    assert closed["count"] == Bid.objects.standing().count()


def test_sixty_requests_at_gate_closure(competition: Competition, seller: Seller, asset: Any):
    ends = storm(competition, seller, requests=60, seconds=2)
    assert ends["read"] == 1
    assert min(ends["done"], ends["refused"]) > 5, f"they were to fall on both sides of the gate: {ends}"
    check_what_stands(competition)


@pytest.mark.slow
def test_a_thousand_requests_at_gate_closure(competition: Competition, seller: Seller, asset: Any):
    ends = storm(competition, seller, requests=1000, seconds=20)
    assert ends["done"] + ends["refused"] == 1000
    assert min(ends["done"], ends["refused"]) > 50, f"they were to fall on both sides of the gate: {ends}"
    check_what_stands(competition)


class Held:
    """Something done in a transaction that is still open, until `let_go`."""

    def __init__(self, do: Callable[[], Any]):
        self.done, self._may_commit = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=[do])
        self._thread.start()
        assert self.done.wait(10)

    def _run(self, do: Callable[[], Any]) -> None:
        try:
            with transaction.atomic():
                do()
                self.done.set()
                self._may_commit.wait(10)
        finally:
            connection.close()

    def let_go(self) -> None:
        self._may_commit.set()
        self._thread.join(10)


def waits_for(held: Held, call: Callable[[], Any]) -> Any:
    """What the call gives, which is sure to have waited for what is held."""
    given: list[Any] = []
    waiting = threading.Thread(target=lambda: given.extend(in_threads(call, workers=1)))
    waiting.start()
    waiting.join(0.8)
    assert waiting.is_alive(), "it did not wait"
    held.let_go()
    waiting.join(10)
    return given[0]


@pytest.mark.parametrize("change", ["revise", "withdraw"])
def test_closing_waits_for_a_change_that_was_checked_in_time(
    change: str, bid: Bid, market: Market, competition: Competition
):
    def do() -> Any:
        if change == "withdraw":
            return bids.withdraw_bid(bid=bid, by="tests")
        return bids.revise_bid(bid=bid, capacity_kw=Decimal(7), utilisation_gbp_per_mwh=Decimal(9), by="tests")

    held = Held(do)
    close(market, competition)
    waits_for(held, lambda: feeds.close_competitions(market=market, by="tests"))
    check_what_stands(competition)
    assert BidChange.objects.get(kind="closed").content["count"] == (change == "revise")


@pytest.mark.parametrize("change", ["revise", "withdraw", "place"])
def test_a_change_that_comes_while_the_gate_is_being_closed_waits_and_is_late(
    change: str, bid: Bid, seller: Seller, market: Market, competition: Competition
):
    closing_in(competition, 0.5)

    def late() -> Any:
        if change == "place":
            return bids.place_bids(seller=seller, market=market, offers=[offer()], by="tests")
        if change == "withdraw":
            return bids.withdraw_bid(bid=bid, by="tests")
        return bids.revise_bid(bid=bid, capacity_kw=Decimal(7), utilisation_gbp_per_mwh=Decimal(9), by="tests")

    held = Held(lambda: close_its_windows(competition))  # before its time, so that the change still finds it open
    refused = waits_for(held, late)
    assert isinstance(refused, Refused)
    assert BidChange.objects.count() == 1


def close_its_windows(competition: Competition) -> None:
    close_windows(competition.windows.values_list("pk", flat=True))


def test_who_comes_after_the_gate_does_not_hold_up_its_closing(bid: Bid, market: Market, competition: Competition):
    close(market, competition)

    def too_late() -> None:
        with pytest.raises(Refused):
            bids.place_bids(seller=bid.seller, market=market, offers=[offer()], by="tests")

    held = Held(too_late)
    assert in_threads(lambda: feeds.close_competitions(market=market, by="tests")) == [1]
    held.let_go()


def test_a_withdrawal_by_the_operator_waits_for_bids_under_way_and_then_refuses(
    seller: Seller, market: Market, competition: Competition, asset: Any
):
    held = Held(lambda: bids.place_bids(seller=seller, market=market, offers=[offer()], by="tests"))
    waits_for(
        held,
        lambda: competitions.withdraw_competition(competition=competition, by="tests", reason="not needed any more"),
    )
    [late] = in_threads(lambda: bids.place_bids(seller=seller, market=market, offers=[offer()], by="tests"))
    assert "withdrawn" in late.rows[0].reason
    assert Bid.objects.count() == 1
