"""Plays NGED's side of the story: every call over HTTP with a token, as NGED's own system would make it.

It decides from a results file, so that what NGED once decided is decided again. It knows nothing of our database.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx

from markets.problems import RowProblem
from markets.rules.checksum import SealedBid, completeness
from piclo_nged.dso.nged.publication import window_names
from piclo_nged.dso.nged.wire import Competition, Offer, Outcome

API = "/api/nged/v1"
PAGE = 1000
PRICES = ("availability_gbp_per_mw_h", "utilisation_gbp_per_mwh", "sustain_gbp_per_kw")
type Progress = Callable[[int], None]


class CallFailed(Exception):
    """A call of NGED's was answered with an error; the text says which, and what the problem says."""


class FeedIncomplete(Exception):
    """The bids that were read do not give the checksum of the `closed` entry."""


class NgedSide:
    """NGED's system, as far as this market needs it."""

    def __init__(self, *, site: str, token: str, market: str):
        self.market = market
        self.http = httpx.Client(base_url=site + API, headers={"Authorization": f"Bearer {token}"}, timeout=120)
        self.bids_read = 0
        self.assets_read = 0
        self.held: dict[str, dict[str, Any]] = {}
        """The standing bids as read from the feed, by bid reference."""
        self.awarded: list[dict[str, Any]] = []
        """What was accepted, for the reconciliation."""

    def call(self, method: str, path: str, *, json: Any = None, content: bytes | None = None, **query: Any) -> Any:
        """One call; returns the answer's JSON. Raises CallFailed for an error. The address names the market where the
        body does not."""
        headers = {"Content-Type": "text/csv"} if content is not None else {}
        if not (isinstance(json, dict) and "market" in json):
            query["market"] = self.market
        answer = self.http.request(method, path, params=query, json=json, content=content, headers=headers)
        if answer.is_error:
            raise CallFailed(f"{method} {path} is answered {answer.status_code}: {_words(answer)}")
        return answer.json()

    def move_clock(self, to: datetime) -> None:
        """Market time goes forward."""
        body = {"market": self.market, "forward_to": to.isoformat()}
        self.call("POST", "/sandbox/clock", json=body)

    def publish(self, file: bytes) -> Any:
        """The season's competitions, as a results file. Returns what was created and what was wrong."""
        return self.call("POST", "/competitions/import", content=file)

    def qualify_assets(self) -> int:
        """Reads the assets on offer and qualifies all of them."""
        decided = 0
        while items := (page := self.call("GET", "/assets", after=self.assets_read, limit=PAGE))["items"]:
            decisions = [{"asset": item["asset"], "status": "qualified"} for item in items]
            self.call("POST", "/qualifications", json=decisions)
            self.assets_read, decided = page["next"], decided + len(items)
        return decided

    def collect_bids(self, progress: Progress = lambda n: None) -> int:
        """Reads the feed to its end, proves each closure, and sends a receipt per revision. Returns changes read."""
        read = 0
        proofs: list[dict[str, Any]] = []
        while items := (page := self.call("GET", "/bids", after=self.bids_read, limit=PAGE))["items"]:
            receipts = [self._hold(item) for item in items if item["kind"] != "closed"]
            proofs += [item for item in items if item["kind"] == "closed"]
            if receipts:
                self.call("POST", "/bids/receipts", json=receipts)
            self.bids_read, read = page["next"], read + len(items)
            progress(len(receipts))
        self._prove(proofs)
        return read

    def _hold(self, item: dict[str, Any]) -> dict[str, Any]:
        if item["kind"] == "withdrawn":
            self.held.pop(item["bid"], None)
        else:
            self.held[item["bid"]] = item
        return {"bid": item["bid"], "revision": item["revision"]}

    def _prove(self, proofs: Sequence[dict[str, Any]]) -> None:
        held: dict[str, list[SealedBid]] = defaultdict(list)
        for bid in self.held.values():
            numbers = [Decimal(bid[name]) for name in ("capacity_kw", *PRICES)]
            held[bid["competition"]].append(SealedBid(bid["bid"], bid["revision"], *numbers))
        for proof in proofs:
            ours = completeness(held[proof["competition"]])
            if (ours.count, ours.sha256) != (proof["count"], proof["sha256"]):
                raise FeedIncomplete(f"{proof['competition']}: {ours.count} bids here, {proof['count']} in the proof.")

    def decide(self, competitions: Iterable[Competition], progress: Progress = lambda n: None) -> int:
        """Returns results as the file has them: per held bid, and per window without response. Returns bids decided."""
        waiting: dict[tuple[Any, ...], deque[str]] = defaultdict(deque)
        for bid in self.held.values():
            waiting[_key_of_bid(bid)].append(bid["bid"])
        decided = 0
        for batch in _batches(list(competitions), 500):
            decisions = [
                _result(waiting[key].popleft(), offer)
                for competition in batch
                for offer in competition.offers
                if waiting[key := _key_of_offer(competition, offer)]
            ]
            silent = [
                {"competition": competition.reference, "window": name}
                for competition in batch
                for window, name in window_names(competition).items()
                if window in competition.unanswered
            ]
            self.call("POST", "/results", json={"results": decisions, "no_responses": silent})
            self.awarded += [
                {name: decision[name] for name in ("bid", "accepted_kw", *PRICES)}
                for decision in decisions
                if decision["accepted"]
            ]
            decided += len(decisions)
            progress(len(decisions))
        return decided

    def reconcile(self, contracts: Sequence[dict[str, Any]]) -> Any:
        """NGED's list of contracts; the answer is the difference."""
        return self.call("POST", "/reconciliations", json=contracts)

    def trigger(self, message: dict[str, Any]) -> Any:
        """Calls contracts. Returns the receipt."""
        return self.call("POST", "/dispatch/triggers", json=message)

    def read_readings(self, progress: Progress = lambda n: None) -> None:
        """Reads the readings feed to its end, telling the days read."""
        after = 0
        while items := (page := self.call("GET", "/readings", after=after, limit=PAGE))["items"]:
            after = page["next"]
            progress(len(items))

    def invoice(self, lines: Sequence[dict[str, Any]]) -> Any:
        """Sends invoice lines."""
        return self.call("POST", "/invoices", json=lines)


def _words(answer: httpx.Response) -> str:
    """What a problem says, a line per fault; the answer as it is where it is no problem."""
    if answer.headers.get("Content-Type") != "application/problem+json":
        return answer.text[:2000]
    problem = answer.json()
    faults = problem.get("errors", [])
    told = [RowProblem(*(fault[name] for name in ("line", "column", "value", "reason"))) for fault in faults[:20]]
    unsaid = [f"... and {len(faults) - len(told)} more"] if len(faults) > len(told) else []
    return "\n".join([problem["detail"], *map(str, told), *unsaid])


def _key_of_bid(bid: dict[str, Any]) -> tuple[Any, ...]:
    numbers = tuple(Decimal(bid[name]) for name in ("capacity_kw", *PRICES))
    return bid["competition"], bid["company"], tuple(sorted(bid["windows"])), numbers


def _key_of_offer(competition: Competition, offer: Offer) -> tuple[Any, ...]:
    names = window_names(competition)
    windows = tuple(sorted(names[window] for window in offer.windows))
    return competition.reference, offer.company, windows, (offer.capacity_kw, *offer.prices)


def _result(bid: str, offer: Offer) -> dict[str, Any]:
    if offer.outcome is not Outcome.ACCEPTED:
        return {"bid": bid, "accepted": False, "reason": "Not needed at this price."}
    prices = dict(zip(PRICES, (f"{price:f}" for price in offer.awarded), strict=True))
    return {"bid": bid, "accepted": True, "accepted_kw": f"{offer.accepted_kw:f}", **prices}


def _batches[T](items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
