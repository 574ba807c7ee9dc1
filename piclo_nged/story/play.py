"""The story from end to end, as `demo` plays it and as the README tells it.

Everything happens in a mock market, in market time: its clock moves forward from the first opening of bids to the
settlement of one month. No row of the season's file is re-dated.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from django.conf import settings

from markets.models import Contract, Market, Operator, Seller, User
from markets.operations.markets import open_market
from markets.operations.tokens import issue_token
from markets.problems import RowProblem
from markets.rules.spans import next_month
from piclo_nged.dso.nged import playing, wire
from piclo_nged.dso.nged.rehearsal import NgedSide
from settlement.operations import readings_needed

from . import calling, month, sellers, settling
from .sink import Sink

MARKET = "nged-rehearsal"
type Step = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Shows a step by its title and size: a context that gives the function to report progress by."""


@dataclass
class Summary:
    """What happened. `rows` accounts for every row of the season's file; `settled` is the month's first day."""

    competitions: int = 0
    sellers: int = 0
    assets: int = 0
    bids: int = 0
    contracts: int = 0
    triggers: int = 0
    emails_delivered: int = 0
    readings: int = 0
    statements: int = 0
    cases_open: int = 0
    seconds: float = 0.0
    rows: Counter[str] = field(default_factory=Counter)
    settled: date | None = None
    differences: int = 0
    token: str = ""


@dataclass
class Story:
    """One play: the season, whose market it is in, and NGED's side of it."""

    season: wire.Season
    file: bytes
    site: str
    step: Step
    sink: Sink
    summary: Summary = field(default_factory=Summary)

    def play(self, approver: User) -> Summary:
        """Plays all of it. Errors of any part end the play."""
        started = time.monotonic()
        self._open()
        self._register()
        self._bid()
        self._dispatch()
        self._settle(approver)
        self.summary.seconds = round(time.monotonic() - started, 1)
        return self.summary

    def _open(self) -> None:
        opens_at = min(competition.opens_at for competition in self.season.competitions)
        self.market = open_market(
            operator=Operator.objects.get(key="nged"),
            key=MARKET,
            name="NGED long-term (rehearsal)",
            is_mock=True,
            stage=Market.Stage.OPEN,
            market_time=opens_at - timedelta(days=7),
            oncall_email="oncall@piclo.example",
            oncall_phone="+44 20 7946 0018",
            by="demo",
        )
        _, self.summary.token = issue_token(
            name="NGED, sandbox", operator=self.market.operator, is_sandbox=True, by="demo"
        )
        self.nged = NgedSide(site=self.site, token=self.summary.token, market=MARKET)
        with self.step("NGED publishes competitions", len(self.season.competitions)) as progress:
            answer = self.nged.publish(self.file)
            self.summary.competitions = len(answer["created"])
            progress(self.summary.competitions)

    def _register(self) -> None:
        with self.step("Sellers join and register assets", 2) as progress:
            self.sellers: dict[str, Seller] = sellers.join(self.season, self.market)
            progress(1)
            registered = playing.register_assets(self.season, self.sellers, self.market, by="demo")
            self.summary.assets = len(registered)
            progress(1)
        self.summary.sellers = len(self.sellers)
        with self.step("NGED qualifies assets", self.summary.assets) as progress:
            progress(self.nged.qualify_assets())

    def _bid(self) -> None:
        rounds: dict[datetime, list[wire.Competition]] = defaultdict(list)
        for competition in self.season.competitions:
            rounds[competition.closes_at].append(competition)
        problems: list[RowProblem] = []
        offers = sum(1 for offer in self.season.offers if offer.capacity_kw)
        with self.step("Sellers bid; the gate closes; NGED collects and decides", 3 * offers) as progress:
            for closes_at in sorted(rounds):
                round_ = rounds[closes_at]
                opened_at = max(competition.opens_at for competition in round_) + timedelta(hours=1)
                self.nged.move_clock(max(opened_at, self.market.now()))
                placed, wrong = playing.place_offers(round_, self.sellers, self.market, by="demo", progress=progress)
                self.summary.bids, problems = self.summary.bids + placed, problems + wrong
                self.nged.move_clock(closes_at + timedelta(minutes=1))
                self.nged.collect_bids(progress)
                self.nged.decide(round_, progress)
        self._account(problems)
        self.summary.contracts = Contract.objects.filter(market=self.market).count()
        self.summary.differences = len(self.nged.reconcile(self.nged.awarded)["differences"])

    def _account(self, problems: Sequence[RowProblem]) -> None:
        """Says of every row of the file what became of it."""
        refused = {problem.line: problem.reason for problem in problems}
        fates = {account.line: account for account in self.season.accounts}
        for offer in self.season.offers:
            reason = refused.get(offer.lines[0])
            for line in offer.lines:
                if reason:
                    self.summary.rows[f"skipped: {reason}"] += 1
                    fates.pop(line, None)
        for account in fates.values():
            skipped = account.fate is wire.Fate.SKIPPED
            self.summary.rows[f"skipped: {account.reason}" if skipped else str(account.fate)] += 1

    def _dispatch(self) -> None:
        self.summary.settled = month.busiest_month(self.market, self.market.now().date())
        self.events = month.events(self.market, self.summary.settled)
        groups = calling.triggered(self.events)
        with self.step("NGED triggers dispatches", len(groups) + bool(groups)) as progress:
            self.summary.triggers = calling.trigger_all(self.nged, groups, progress)
        with self.step("Emails reach the sellers", calling.notices()) as progress:
            calling.await_mails(progress)
        calling.answer_all()
        self.called = {id(event) for group in groups for event in group}
        with self.step("Instructions are matched to contracts", 1) as progress:
            calling.match(self.market)
            progress(1)

    def _settle(self, approver: User) -> None:
        settled = self.summary.settled
        assert settled is not None
        happened = [
            e for e in self.events if e.contract.bid.competition.product.call == "scheduled" or id(e) in self.called
        ]
        delivered = month.delivered_watts(happened)
        needed = readings_needed(market=self.market, month=settled)
        days = month.days_metered(delivered, settled, needed)
        with self.step("Sellers upload readings; NGED reads them", 2 * sum(map(len, days.values()))) as progress:
            self.summary.readings = settling.upload(month.metered_days(delivered, days), progress)
            self.nged.read_readings(progress)
        fifteenth = datetime.combine(next_month(settled).replace(day=15), clock_time(12), UTC)
        self.nged.move_clock(fifteenth)
        with self.step(f"{settled:%B %Y} is settled", 4) as progress:
            self.summary.statements = settling.settle(self.market, settled, self.nged, approver, progress)
        self.summary.cases_open = settling.open_cases()
        calling.send_ordinary()
        self.summary.emails_delivered = self.sink.delivered(besides=settings.CANARY_MAILBOX)


def row(summary: Summary) -> dict[str, Any]:
    """The summary as the one JSON object of `demo --json`."""
    keys = (
        *("competitions", "sellers", "assets", "bids", "contracts", "triggers", "emails_delivered", "readings"),
        *("statements", "cases_open", "seconds"),
    )
    return {key: getattr(summary, key) for key in keys} | {"rows": dict(summary.rows)}
