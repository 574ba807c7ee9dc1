"""Thirty days of short-term auctions, daily and week-ahead, over both clock changes: NGED's side by its API, by the calendar.

Every instant of the calendar is an event; market time is moved from one to the next, and each side does its part.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.urls import reverse

from markets.models import Auction, Competition, Contract, Mail, Market, Operator, Product, Seller
from markets.operations import admissions, assets, bids, clock, markets, tokens
from markets.operations.calendars import make_calendar
from markets.problems import Refused
from markets.rules.notices import Offer, QualificationDecision
from markets.rules.spans import LONDON, london, window_spans
from piclo_nged.dso.nged.products import Direction
from piclo_nged.dso.nged.wire import ParameterRow, write_short_term
from sops.steps import declared
from tests.api.conftest import Machine
from tests.calendars import DAILY, WEEK_AHEAD
from tests.conftest import ZONE

V1 = "/api/nged/v1"
HALF_HOUR = timedelta(minutes=30)
DAYS = timedelta(days=30)


def half_hours(day: date) -> Iterator[tuple[time, time]]:
    """All of a London day, as its clock shows them: 46, 48 or 50."""
    at, end = london(day, time(0)), london(day + timedelta(days=1), time(0))
    while at < end:
        yield at.astimezone(LONDON).time(), (at + HALF_HOUR).astimezone(LONDON).time()
        at += HALF_HOUR


@dataclass
class Season:
    """The market, both sides of it, and what happened."""

    market: Market
    nged: Machine
    seller: Seller
    closed_entries: list[dict[str, Any]] = field(default_factory=list)
    bids_read: list[str] = field(default_factory=list)
    position: int = 0
    late: dict[str, int] = field(default_factory=lambda: {"publication-late": 0, "results-late": 0})
    numbers: Any = field(default_factory=lambda: count(1))

    def call(self, path: str, body: Any, **more: Any) -> Any:
        answer = self.nged.post(f"{V1}/{path}?market={self.market.key}", body, **more)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def move(self, to: datetime) -> None:
        clock.move_clock(market=self.market, to=to, by="tests")

    def publish(self, auction: Auction) -> None:
        """NGED sends Short Term Trade Parameters: MW, London time, every half-hour of every day of delivery."""
        days = [auction.first_day + timedelta(days=i) for i in range((auction.last_day - auction.first_day).days + 1)]
        file = write_short_term(_row(auction, day, start, end) for day in days for start, end in half_hours(day))
        told = self.call("competitions/import", file.encode(), content_type="text/csv")
        assert (len(told["created"]), told["notes"], told["problems"]) == (1, [], [])

    def competition(self, auction: Auction) -> Competition:
        return self.market.competitions.get(closes_at=auction.closes_at, first_day=auction.first_day)

    def bid(self, auction: Auction) -> None:
        competition = self.competition(auction)
        offer = Offer(
            competition=competition.reference,
            windows=tuple(competition.windows.values_list("name", flat=True)),
            capacity_kw=Decimal(40),
            utilisation_gbp_per_mwh=Decimal(250),
            assets=("EV-1",),
            seller_ref=f"REF-{next(self.numbers)}",
        )
        bids.place_bids(seller=self.seller, market=self.market, offers=[offer], by="tests")

    def bid_too_late(self, auction: Auction) -> None:
        with pytest.raises(Refused) as refusal:
            self.bid(auction)
        assert "Bidding closed on" in refusal.value.rows[0].reason

    def read_feed(self) -> None:
        answer = self.nged.get(f"{V1}/bids?market={self.market.key}&after={self.position}").json()
        self.position = answer["next"]
        for item in answer["items"]:
            (self.closed_entries if item["kind"] == "closed" else self.bids_read).append(
                item if item["kind"] == "closed" else item["bid"]
            )

    def decide(self, auction: Auction) -> None:
        """NGED reads the feed, takes the first bid of the two and refuses the second."""
        self.read_feed()
        first, second = self.competition(auction).bids.order_by("pk").values_list("reference", flat=True)
        award = {"accepted_kw": "40", "utilisation_gbp_per_mwh": "260"}
        results = [
            {"bid": first, "accepted": True, **award},
            {"bid": second, "accepted": False, "reason": "Not needed."},
        ]
        told = self.call("results", {"results": results})
        assert (told["accepted"], told["rejected"]) == (1, 1)

    def count_late(self, auctions: list[Auction]) -> None:
        for key in self.late:
            self.late[key] += declared(key).waiting().filter(pk__in=[a.pk for a in auctions]).count()


def _row(auction: Auction, day: date, start: time, end: time) -> ParameterRow:
    return ParameterRow(
        zone=ZONE,
        zone_name="Testbridge",
        name=f"{auction.calendar.name} {auction.first_day:%d/%m/%Y} - Scheduled Utilisation - Testbridge",
        voltage_kv=Decimal(11),
        opens_at=auction.opens_at,
        closes_at=auction.closes_at,
        licence_area="East Midlands",
        product="SU_HV",
        programme="SU",
        direction=Direction.TURN_DOWN,
        ceiling_availability=Decimal(0),
        ceiling_utilisation=Decimal(300),
        delivery_date=day,
        start_time=start,
        end_time=end,
        minimum_kw=Decimal(10),
        required_kw=Decimal(500),
    )


@pytest.fixture
def season(operator: Operator, market: Market, make_seller: Any, make_asset: Any) -> Any:
    """Opens the market at a day of market time; both calendars stand."""

    def begin(at: datetime) -> Season:
        Product.objects.create(
            operator=operator, key="su", name="Scheduled Utilisation", call="scheduled", pays_utilisation=True
        )
        market = markets.open_market(
            operator=operator, key="nged-short-term", name="NGED short-term", by="tests", is_mock=True, market_time=at,
            stage="open",
        )  # fmt: skip
        seller = make_seller("Voltwise Energy Ltd", "owner@voltwise.example")
        [admission] = admissions.admit(market=market, sellers=[seller], by="tests")
        admissions.accept_admission(admission=admission, by="tests")
        asset = make_asset(seller)
        assets.offer_assets(market=market, assets=[asset], by="tests")
        decision = QualificationDecision(asset.pk, "qualified")
        assets.decide_qualifications(market=market, decisions=[decision], by="tests")
        make_calendar(market=market, name="Daily", terms=DAILY, by="tests")
        make_calendar(market=market, name="Week ahead", terms=WEEK_AHEAD, by="tests")
        token = tokens.issue_token(name="NGED sandbox", operator=operator, is_sandbox=True, by="tests")[1]
        return Season(market, Machine(token), seller)

    return begin


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begins", "changes", "half_hours_of_that_day"),
    [
        pytest.param(
            datetime(2027, 3, 12, 8, tzinfo=UTC), date(2027, 3, 28), 46, id="clocks go forward", marks=pytest.mark.slow
        ),
        pytest.param(datetime(2027, 10, 13, 8, tzinfo=UTC), date(2027, 10, 31), 50, id="clocks go back"),
    ],
)
def test_thirty_days(season: Any, client: Any, begins: datetime, changes: date, half_hours_of_that_day: int) -> None:
    told = season(begins)
    planned = Auction.objects.filter(published_by__gt=begins, results_by__lt=begins + DAYS).select_related("calendar")
    auctions = list(planned)
    assert {a.calendar.name for a in auctions} == {"Daily", "Week ahead"}
    before_gate = timedelta(minutes=1)
    events = [
        event
        for a in auctions
        for event in (
            (a.published_by - before_gate, told.publish, a),
            (a.opens_at, told.bid, a),
            (a.closes_at - before_gate, told.bid, a),
            (a.closes_at, told.bid_too_late, a),
            (a.results_by - before_gate, told.decide, a),
        )
    ]
    for at, happens, auction in sorted(events, key=lambda event: event[0]):
        told.move(at)
        told.count_late(auctions)
        happens(auction)
    told.read_feed()

    decided = Competition.objects.filter(market=told.market)
    assert set(decided.values_list("status", flat=True)) == {"decided"}
    assert decided.count() == len(auctions)
    assert told.late == {"publication-late": 0, "results-late": 0}
    assert len(told.bids_read) == len(set(told.bids_read)) == 2 * len(auctions)
    assert [entry["count"] for entry in told.closed_entries] == [2] * len(auctions)
    assert Contract.objects.filter(market=told.market).count() == len(auctions)
    assert Mail.objects.filter(subject__startswith="Results of").count() == len(auctions)
    for auction in auctions:
        gate = auction.closes_at.astimezone(LONDON)
        assert gate.time() in (time(10), time(23, 59))
        assert (gate.strftime("%A") == "Tuesday") or auction.calendar.name == "Daily"
    [of_that_day] = decided.filter(first_day=changes, last_day=changes)
    spans = [
        s
        for w in of_that_day.windows.all()
        for s in window_spans(changes, changes, w.weekdays, w.local_start, w.local_end)
    ]
    assert sum(((end - start) / HALF_HOUR for start, end in spans)) == half_hours_of_that_day

    client.force_login(told.seller.members.get())
    page = client.get(reverse("markets:calendar"))
    shown = page.content.decode()
    assert "Week ahead · NGED short-term" in shown
    assert len(page.context["calendars"]) == 2


@pytest.mark.django_db
def test_what_is_late_becomes_due_and_is_done_with_when_it_comes(season: Any) -> None:
    told = season(datetime(2027, 3, 12, 8, tzinfo=UTC))
    auction = Auction.objects.filter(calendar__name="Daily", published_by__gt=told.market.now()).first()
    assert auction is not None

    def due(key: str) -> bool:
        return declared(key).waiting().filter(pk=auction.pk).exists()

    told.move(auction.published_by - timedelta(minutes=1))
    assert not due("publication-late")
    told.move(auction.published_by + timedelta(seconds=1))
    assert due("publication-late")
    told.publish(auction)
    assert not due("publication-late")
    told.move(auction.opens_at)
    told.bid(auction)
    told.bid(auction)
    told.move(auction.results_by - timedelta(minutes=1))
    assert not due("results-late")
    told.move(auction.results_by + timedelta(seconds=1))
    assert due("results-late")
    told.decide(auction)
    assert not due("results-late")


@pytest.mark.django_db
def test_another_closing_time_than_the_calendars_is_kept_and_noted(season: Any) -> None:
    told = season(datetime(2027, 3, 12, 8, tzinfo=UTC))
    auction = Auction.objects.filter(calendar__name="Daily", published_by__gt=told.market.now()).first()
    assert auction is not None
    auction.closes_at += timedelta(hours=1)
    file = write_short_term([_row(auction, auction.first_day, time(17), time(17, 30))])
    answer = told.call("competitions/import", file.encode(), content_type="text/csv")
    [note] = answer["notes"]
    assert len(answer["created"]) == 1
    assert (note["column"], "the market's calendar closes on" in note["reason"]) == ("closes_at", True)
