"""[feed-race] Writers commit bids as fast as they can while a reader polls: what it missed, and what it got twice.

There is no bare program beside it: the reference is 1 and the limit 0, so that nothing may be missed or doubled.
"""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from threading import Event

from django.core.management import call_command
from django.db import connection

from markets.models import BidChange, Market, Seller
from markets.operations.bids import place_bids, revise_bid, withdraw_bid
from markets.operations.feeds import bid_changes_after

from .measured import Measured
from .season import offers, open_season

WRITERS, SECONDS, PAGE = 8, 30.0, 1000
MARKET = "bench-race"


@dataclass(frozen=True)
class Race:
    """How many changes were committed, and what the reader got of them. `disordered`: a bid's later change came first."""

    committed: int
    missed: int
    doubled: int
    disordered: int


def measure() -> list[Measured]:
    """The whole race."""
    call_command("prepare")
    race = run_race(MARKET, writers=WRITERS, seconds=SECONDS)
    remark = f"{race.committed:,} changes of {WRITERS} writers in {SECONDS:g} s; {race.disordered} out of order"
    return [Measured("feed-race", race.missed + race.doubled, 1, 0, "changes", race.disordered == 0, remark)]


def run_race(key: str, *, writers: int, seconds: float) -> Race:
    """Opens a market under the key whose feed is live, and lets them run, a seller each."""
    season = open_season(key, sellers=writers, is_live=True)
    over = Event()
    read: list[tuple[int, int]] = []
    with ThreadPoolExecutor(writers) as pool:
        running = [pool.submit(_write, season.market, s, n, over) for n, s in enumerate(season.sellers)]
        try:
            ends = time.monotonic() + seconds
            after = 0
            while time.monotonic() < ends:
                after = _poll(season.market, after, read)
        finally:
            over.set()
        for writer in running:
            writer.result()
    while (last := _poll(season.market, after, read)) > after:
        after = last
    return _judged(season.market, read)


def _write(market: Market, seller: Seller, number: int, over: Event) -> None:
    """Places, revises and withdraws, one to five bids a transaction, until it is over."""
    fair = offers(number)
    try:
        turn = number
        while not over.is_set():
            turn += 1
            first, *_ = place_bids(seller=seller, market=market, offers=list(islice(fair, 1 + turn % 5)), by="bench")
            if turn % 3 == 0:
                first = revise_bid(bid=first, capacity_kw=first.capacity_kw + 1, by="bench")
            if turn % 5 == 0:
                withdraw_bid(bid=first, by="bench")
    finally:
        connection.close()


def _poll(market: Market, after: int, read: list[tuple[int, int]]) -> int:
    """Adds a page to what was read; returns where to go on."""
    page = list(bid_changes_after(market=market, after=after, limit=PAGE).values_list("position", "bid", "revision"))
    read += [(bid, revision) for _, bid, revision in page]
    return (page[-1][0] or after) if page else after


def _judged(market: Market, read: list[tuple[int, int]]) -> Race:
    committed = set(BidChange.objects.filter(market=market).values_list("bid", "revision"))
    times = Counter(read)
    latest: dict[int, int] = {}
    disordered = 0
    for bid, revision in read:
        disordered += revision < latest.get(bid, 0)
        latest[bid] = revision
    return Race(
        committed=len(committed),
        missed=len(committed - times.keys()),
        doubled=sum(times.values()) - len(times),
        disordered=disordered,
    )
