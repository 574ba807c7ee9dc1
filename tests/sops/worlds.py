"""For each step with a due-query: how so many of its subjects come to be due. Rows are made directly, in bulk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from dispatch.models import Instruction, Match, Trigger
from markets.models import (
    AccountLink,
    Asset,
    Auction,
    AuctionCalendar,
    Bid,
    Competition,
    Contract,
    Discrepancy,
    JoiningRequest,
    Mail,
    Market,
    MpanClash,
    Operator,
    PreviewNote,
    Product,
    Qualification,
    QualificationChange,
    SealOpening,
    Seller,
    TestParty,
    User,
    Webhook,
    Zone,
)
from markets.operations import agreements, people
from markets.operations.results import RESULTS_MAIL
from markets.rules.agreement import VERSION
from settlement.models import InvoiceLine, ReadingDay, SettlementRun, Terms
from sops.models import Article

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

    def instruction(self, age: timedelta) -> Instruction:
        seller = self.seller()
        return Instruction.objects.create(
            trigger=self.trigger(), market=self.market, seller=seller, kind="start", created_at=self.now - age
        )

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


def verify_company(world: World) -> None:
    agreements.sign_agreement(seller=world.seller("invited"), version=VERSION, signatory="A. Signatory", by="tests")


def named(world: World) -> Seller:
    seller = world.seller()
    people.name_identity(seller=seller, operator=world.operator, name=seller.name, by="tests")
    return seller


def match(world: World) -> None:
    Match.objects.create(instruction=world.instruction(timedelta(minutes=3)), discrepancies=["Another zone."])


def compare_invoice(world: World) -> None:
    run = world.run("checked")
    InvoiceLine.objects.create(market=world.market, month=run.month, reference=f"L{run.pk}", amount_gbp=10)


def mail_given_up(world: World) -> None:
    mail = Mail.objects.create(
        recipient="a@b.example", subject="Results", text="-", message_id=f"<{next(world.numbers)}>"
    )
    Mail.objects.filter(pk=mail.pk).update(status="failed")


def bid_without_receipt(world: World) -> None:
    market = world.new_market()
    Market.objects.filter(pk=market.pk).update(feed_is_live=True)
    world.bid(world.competition(-timedelta(minutes=20), market))


def results_mail(world: World, age: timedelta) -> Mail:
    """A mail of results that waits, queued so long ago."""
    mail = Mail.objects.create(
        recipient="a@b.example", subject="Results", text="-", message_id=f"{RESULTS_MAIL}{next(world.numbers)}@x>"
    )
    Mail.objects.filter(pk=mail.pk).update(created_at=world.now - age)
    return mail


def old_article(world: World) -> None:
    article = Article.objects.create(slug=f"a{next(world.numbers)}", title="Old", body="-")
    Article.objects.filter(pk=article.pk).update(status="published", reviewed_at=world.now - timedelta(days=400))


def webhook_failing(world: World) -> None:
    number = next(world.numbers)
    Webhook.objects.create(
        operator=world.operator,
        url=f"https://flex.example/{number}",
        secret="whsec_",
        failing_since=world.now - timedelta(minutes=61),
    )


def auction(world: World, gate: datetime, **moments: datetime) -> Auction:
    """One whose instants all are its gate's, except those given."""
    calendar, _ = AuctionCalendar.objects.get_or_create(
        market=world.market,
        name="Daily",
        defaults={
            "delivery_weekdays": [1],
            "first_day": world.today.date(),
            **{f"{name}_days_before": 1 for name in ("published", "opens", "closes", "results")},
            **{f"{name}_local": time(12) for name in ("published", "opens", "closes", "results")},
        },
    )
    first = world.today.date() + timedelta(days=40 + next(world.numbers))
    values = dict.fromkeys(("published_by", "opens_at", "closes_at", "results_by"), gate) | moments
    return Auction.objects.create(calendar=calendar, first_day=first, last_day=first + timedelta(days=60), **values)


def auction_undecided(world: World) -> None:
    due = auction(world, world.today - timedelta(hours=1))
    competition = world.competition(timedelta(hours=1), first_day=due.first_day)
    Auction.objects.filter(pk=due.pk).update(closes_at=competition.closes_at)
    world.bid(competition)


def preview(world: World) -> Competition:
    soon = world.today + timedelta(hours=20)
    published = world.competition(timedelta(days=-9))
    values = {f.attname: getattr(published, f.attname) for f in Competition._meta.fields if not f.primary_key}
    values |= {"reference": f"P{next(world.numbers)}", "opens_at": soon, "status": "preview"}
    return Competition.objects.create(**values)


ONE_DUE: dict[str, Callable[[World], object]] = {
    "verify-company": verify_company,
    "invite": lambda world: JoiningRequest.objects.create(
        company=f"Newcomer {next(world.numbers)}", name="N. Owner", email=f"n{next(world.numbers)}@newcomer.example"
    ),
    "link-account": lambda world: AccountLink.objects.create(
        seller=world.seller(), operator=world.operator, account=f"A-{next(world.numbers)}"
    ),
    "name-seller": lambda world: world.qualification(),
    "check-asset": lambda world: world.asset(),
    "resolve-mpan-clash": lambda world: MpanClash.objects.create(
        mpan="1100000000016", asset=world.asset(), other=world.asset()
    ),
    "send-to-nged": lambda world: world.qualification(),
    "record-qualification": lambda world: world.qualification(named(world), world.now - timedelta(days=6)),
    "publication-late": lambda world: auction(
        world, world.today + timedelta(hours=9), published_by=world.today - timedelta(hours=1)
    ),
    "change-preview": lambda world: PreviewNote.objects.create(
        competition=preview(world), revision=1, note="Spell the zone.", asked_by="NGED"
    ),
    "approve-preview": preview,
    "results-late": auction_undecided,
    "hand-bids-over": lambda world: world.bid(world.competition(timedelta(hours=2))),
    "bids-without-receipt": bid_without_receipt,
    "open-seal": lambda world: SealOpening.objects.create(
        competition=world.competition(-timedelta(days=1)), reason="Two bids look alike.", asked_by=world.starter
    ),
    "record-results": lambda world: world.competition(timedelta(days=22)),
    "tell-results": lambda world: results_mail(world, timedelta(days=1)),
    "resolve-discrepancy": lambda world: Discrepancy.objects.create(
        market=world.market, kind="unknown_bid", bid=f"B-{next(world.numbers)}", theirs="rejected", ours="not here"
    ),
    "receive-trigger": lambda world: world.trigger(problem="The start is no instant."),
    "instruct": lambda world: world.instruction(timedelta(minutes=2)),
    "chase": lambda world: world.instruction(timedelta(minutes=11)),
    "match": match,
    "chase-readings": lambda world: world.called(world.market),
    "forward-readings": lambda world: ReadingDay.objects.create(
        asset=world.asset(), day=world.last_month, watts=[0] * 48, source="upload"
    ),
    "run": lambda world: world.contract(world.new_market()),
    "check-run": lambda world: world.run(),
    "approve": lambda world: world.run("checked"),
    "compare-invoice": compare_invoice,
    "issue": lambda world: world.run("checked", "approved"),
    "reach-recipient": mail_given_up,
    "webhook-failing": webhook_failing,
    "write-article": old_article,
    "test-party": lambda world: TestParty.objects.create(
        market=world.new_market(), name="Rehearsal", source=b"", source_name="-"
    ),
}
