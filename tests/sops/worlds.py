"""A world in which steps come to be due, and what a test does with what is due. Rows are made directly."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from dispatch.models import Instruction, Match, Notice, Trigger
from markets.models import (
    Asset,
    Bid,
    Competition,
    Contract,
    DispatchContact,
    Mail,
    Market,
    Operator,
    Product,
    Qualification,
    QualificationChange,
    Seller,
    User,
    Zone,
)
from settlement.models import SettlementRun, Terms
from sops.models import Case
from sops.operations import conduct, finish_case
from sops.steps import declared

LONDON = ZoneInfo("Europe/London")


@dataclass
class World:
    """An operator with a market that is on the 20th of a month, so that the month before is there to be settled."""

    operator: Operator
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.now = timezone.now()
        self.today = (self.now + timedelta(days=62)).astimezone(LONDON).replace(day=20, hour=12)
        self.last_month = (self.today.date().replace(day=1) - timedelta(days=1)).replace(day=1)
        self.product = Product.objects.create(operator=self.operator, key="p", name="Dynamic", call="triggered")
        self.zone = Zone.objects.create(operator=self.operator, code="CMZ_1", licence_area="EM")
        self.market = self.new_market()
        self.terms = Terms.objects.create(market=self.market, from_month=date(2026, 1, 1))
        self.starter = User.objects.create_user("starter@piclo.example")
        self.approver = User.objects.create_user("approver@piclo.example")

    def new_market(self) -> Market:
        number = next(self.numbers)
        return Market.objects.create(
            operator=self.operator,
            key=f"m{number}",
            name=f"Market {number}",
            is_mock=True,
            stage="open",
            clock_offset=self.today - self.now,
        )

    def seller(self, status: str = "verified") -> Seller:
        seller = Seller.objects.create(name=f"Seller {next(self.numbers)}")
        Seller.objects.filter(pk=seller.pk).update(status=status)
        return seller

    def asset(self, seller: Seller | None = None) -> Asset:
        asset = Asset.objects.create(
            seller=seller or self.seller(), ref=f"A{next(self.numbers)}", name="Depot", technology="battery"
        )
        asset.zones.add(self.zone)
        return asset

    def competition(
        self, closed_for: timedelta, market: Market | None = None, first_day: date | None = None
    ) -> Competition:
        closes_at = self.today - closed_for
        first = first_day or self.today.date() + timedelta(days=40)
        competition = Competition.objects.create(
            market=market or self.market,
            reference=f"X{next(self.numbers)}",
            name="Dynamic somewhere",
            product=self.product,
            zone=self.zone,
            opens_at=closes_at - timedelta(days=7),
            closes_at=closes_at,
            first_day=first,
            last_day=first + timedelta(days=20),
            required_kw=100,
        )
        Competition.objects.filter(pk=competition.pk).update(status="published")
        return competition

    def bid(self, competition: Competition, seller: Seller | None = None) -> Bid:
        return Bid.objects.create(
            competition=competition,
            seller=seller or self.seller(),
            capacity_kw=10,
            placed_at=self.today,
            changed_at=self.today,
        )

    def contract(self, market: Market) -> Contract:
        """One that was to deliver last month, with an asset behind it."""
        asset = self.asset()
        bid = self.bid(self.competition(timedelta(days=90), market, self.last_month), asset.seller)
        bid.assets.add(asset)
        Competition.objects.filter(pk=bid.competition_id).update(status="decided")
        return Contract.objects.create(bid=bid, seller=bid.seller, market=market, accepted_kw=10, awarded_at=self.today)

    def called(self, market: Market) -> Contract:
        """One that was to deliver last month, and was told to."""
        contract = self.contract(market)
        start = datetime.combine(self.last_month, time(16), LONDON)
        told = Instruction.objects.create(
            trigger=self.trigger(), market=market, seller=contract.seller, kind="start", starts_at=start
        )
        Match.objects.create(instruction=told, contract=contract)
        Match.objects.filter(instruction=told).update(status="matched")
        return contract

    def trigger(self, problem: str = "") -> Trigger:
        return Trigger.objects.create(
            operator=self.operator,
            market=self.market,
            reference=f"T{next(self.numbers)}",
            kind="start",
            raw=b"{}",
            problem=problem,
            received_at=self.now,
        )

    def instruction(self, age: timedelta, seller: Seller | None = None, **more: Any) -> Instruction:
        values = {"trigger": self.trigger(), "market": self.market, "kind": "start", **more}
        return Instruction.objects.create(seller=seller or self.seller(), created_at=self.now - age, **values)

    def told(self, age: timedelta, **more: Any) -> Instruction:
        """An instruction of this age whose mail left at once."""
        instruction = self.instruction(age, **more)
        contact, _ = DispatchContact.objects.get_or_create(
            seller=instruction.seller, market=instruction.market, email="desk@b.example", name="Night desk"
        )
        mail = Mail.objects.create(
            recipient=contact.email, subject="START", text="-", message_id=f"<{next(self.numbers)}>"
        )
        Mail.objects.filter(pk=mail.pk).update(status="sent", sent_at=self.now - age)
        Notice.objects.create(instruction=instruction, mail=mail, contact=contact)
        return instruction

    def run(self, *statuses: str, version: int = 1) -> SettlementRun:
        months = 12 * 2026 + 5 + next(self.numbers)
        run = SettlementRun.objects.create(
            market=self.market, terms=self.terms, month=date(months // 12, months % 12 + 1, 1), started_by=self.starter
        )
        for status in statuses:
            approved = {"approved_by": self.approver} if status == "approved" else {}
            SettlementRun.objects.filter(pk=run.pk).update(status=status, **approved)
        return run

    def qualification(self, seller: Seller | None = None, offered_at: datetime | None = None) -> Qualification:
        offer = Qualification.objects.create(asset=self.asset(seller), market=self.market)
        QualificationChange.objects.create(qualification=offer, market=self.market, status=offer.status, actor="tests")
        Qualification.objects.filter(pk=offer.pk).update(offered_at=offered_at or self.now)
        return offer


def due(key: str) -> list[Any]:
    return list(declared(key).waiting())


def move(market: Market, to: Any) -> None:
    Market.objects.filter(pk=market.pk).update(clock_offset=to - timezone.now())


def finish(key: str, by: Any) -> None:
    conduct()
    finish_case(case=Case.objects.open().get(step__key=key), by=by)
