"""For each step with a due-query: how one of its subjects comes to be due. Rows are made directly, in bulk."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from dispatch.models import Acknowledgement, Instruction, Match, Notice
from markets.models import (
    AccountLink,
    Auction,
    AuctionCalendar,
    Competition,
    Contract,
    Discrepancy,
    DispatchContact,
    JoiningRequest,
    Mail,
    Market,
    MpanClash,
    PreviewNote,
    Product,
    SealOpening,
    Seller,
    TestParty,
    Webhook,
)
from markets.operations import agreements, people
from markets.operations.results import RESULTS_MAIL
from markets.rules.agreement import VERSION
from settlement.models import InvoiceLine, ReadingDay, SettlementRun
from sops.models import Article

from .worlds import World


def verify_company(world: World) -> None:
    agreements.sign_agreement(seller=world.seller("invited"), version=VERSION, signatory="A. Signatory", by="tests")


def named(world: World) -> Seller:
    seller = world.seller()
    people.name_identity(seller=seller, operator=world.operator, name=seller.name, by="tests")
    return seller


def match(world: World, **more: bool) -> None:
    instruction = world.instruction(timedelta(minutes=3), **more)
    Match.objects.create(instruction=instruction, discrepancies=["Another zone."])


def to_remind(world: World) -> None:
    """Tomorrow somebody delivers by schedule, in a market that reminds from midnight on."""
    market, tomorrow = world.new_market(), world.today.date() + timedelta(days=1)
    Market.objects.filter(pk=market.pk).update(remind_at=time())
    product, _ = Product.objects.get_or_create(operator=world.operator, key="s", name="Sustain", call="scheduled")
    competition = world.competition(timedelta(days=9), market, tomorrow)
    Competition.objects.filter(pk=competition.pk).update(product=product)
    window = competition.windows.create(
        name="Evening",
        first_day=tomorrow,
        last_day=tomorrow,
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        local_start=time(16),
        local_end=time(20),
        required_kw=100,
    )
    bid = world.bid(competition)
    bid.lines.create(window=window, capacity_kw=10)
    Contract.objects.create(bid=bid, seller=bid.seller, market=market, accepted_kw=10, awarded_at=world.today)


def declined(world: World) -> Acknowledgement:
    instruction = world.told(timedelta(minutes=2))
    Instruction.objects.filter(pk=instruction.pk).update(answer="declined")
    return Acknowledgement.objects.create(
        instruction=instruction, answer="declined", reason="The depot has no power.", given_by="desk@b.example"
    )


def query(world: World) -> None:
    run = world.run()
    contract = world.contract(run.market)
    values = {"instructed_kw": 5, "delivered_kwh": 5, "delivered_share": 1}
    line = run.lines.create(
        seller=contract.seller, contract=contract, starts_at=world.now - timedelta(hours=1), ends_at=world.now, **values
    )
    for status in ("checked", "approved"):
        approved = {"approved_by": world.approver} if status == "approved" else {}
        type(run).objects.filter(pk=run.pk).update(status=status, **approved)
    statement = run.statements.create(seller=contract.seller, total_gbp=1)
    type(run).objects.filter(pk=run.pk).update(status="issued")
    statement.queries.create(seller=contract.seller, line=line, text="Why so little?", raised_by=world.starter)


def compare_invoice(world: World) -> None:
    run = world.run("checked")
    InvoiceLine.objects.create(market=world.market, month=run.month, reference=f"L{run.pk}", amount_gbp=10)
    SettlementRun.objects.filter(pk=run.pk).update(invoice_differences=1)


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


def mailbox_that_bounces(world: World) -> None:
    told = world.instruction(timedelta(minutes=2))
    assert told.seller is not None
    contact = DispatchContact.objects.create(seller=told.seller, market=told.market, email="full@seller.example")
    letter = Mail.objects.create(
        recipient=contact.email, subject="START", text="-", message_id=f"<{told.pk}@x>", bounced_at=world.now
    )
    Notice.objects.create(instruction=told, mail=letter, contact=contact)


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
    "mend-mailbox": mailbox_that_bounces,
    "chase": lambda world: world.told(timedelta(minutes=11)),
    "tell-decline": declined,
    "match": match,
    "remind": to_remind,
    "decide-held": lambda world: match(world, is_held=True),
    "chase-readings": lambda world: world.called(world.market),
    "forward-readings": lambda world: ReadingDay.objects.create(
        asset=world.asset(), day=world.last_month, watts=[0] * 48, source="upload"
    ),
    "run": lambda world: world.contract(world.new_market()),
    "check-run": lambda world: world.run(),
    "approve": lambda world: world.run("checked"),
    "compare-invoice": compare_invoice,
    "issue": lambda world: world.run("checked", "approved"),
    "answer-query": query,
    "reach-recipient": mail_given_up,
    "webhook-failing": webhook_failing,
    "write-article": old_article,
    "test-party": lambda world: TestParty.objects.create(
        market=world.new_market(), name="Rehearsal", source=b"", source_name="-"
    ),
}
