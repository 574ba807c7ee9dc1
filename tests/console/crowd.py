"""Rows of every noun of the story, any number of them: what the console's lists are measured on."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from dispatch.models import Acknowledgement, Alias, Instruction, Match, Notice, Reminder, Trigger
from markets.models import (
    AccountLink,
    Admission,
    Agreement,
    Asset,
    AssetUpload,
    Auction,
    AuctionCalendar,
    Bid,
    BidChange,
    BidLine,
    BidUpload,
    Competition,
    CompetitionRevision,
    Confirmation,
    Contract,
    Discrepancy,
    DispatchContact,
    IdempotentCall,
    Invitation,
    JoiningRequest,
    JournalEntry,
    Mail,
    MailAttempt,
    MailEvent,
    Market,
    Membership,
    MpanClash,
    Operator,
    PartyNote,
    Postcode,
    PreviewNote,
    Product,
    Qualification,
    QualificationChange,
    Receipt,
    SandboxFault,
    SealOpening,
    Seller,
    SellerIdentity,
    ServiceWindow,
    StandIn,
    TestParty,
    Token,
    User,
    Webhook,
    WebhookBookmark,
    WebhookCall,
    Zone,
)
from settlement.models import (
    AssetBaseline,
    ForwardedReading,
    InvoiceLine,
    LineQuery,
    ReadingDay,
    ReadingUpload,
    RunPart,
    SettlementLine,
    SettlementRun,
    Statement,
    Terms,
)
from sops.models import Article, Case, Step, Tally

DAY = date(2026, 1, 1)


def crowd(count: int, since: int = 0) -> None:
    """Makes `count` rows of each noun, each of its own neighbours, so that no two share a row to be looked up."""
    for i in range(since, since + count):
        _Story(i).tell()


class _Story:
    """One of each noun, numbered."""

    def __init__(self, number: int):
        self.number, self.now = number, timezone.now()

    def tell(self) -> None:
        self._registration()
        self._bidding()
        self._dispatch()
        self._settlement()
        self._service()

    def _registration(self) -> None:
        i = self.number
        self.operator = Operator.objects.create(key=f"op-{i}", name=f"Operator {i}", short_name=f"OP{i}")
        self.market = Market.objects.create(operator=self.operator, key=f"m-{i}", name=f"Market {i}")
        self.product = Product.objects.create(operator=self.operator, key="dynamic", name="Dynamic", call="triggered")
        self.zone = Zone.objects.create(operator=self.operator, code=f"CMZ_{i}", licence_area="EM")
        self.user = User.objects.create_user(f"person{i}@crowd.example")
        self.seller = Seller.objects.create(name=f"Seller {i}")
        Membership.objects.create(seller=self.seller, user=self.user)
        SellerIdentity.objects.create(operator=self.operator, seller=self.seller, kind="company", name=f"Known as {i}")
        Agreement.objects.create(seller=self.seller, version="1", signatory="A. N. Other", signed_at=self.now)
        self.contact = DispatchContact.objects.create(
            seller=self.seller, market=self.market, email=f"box{i}@crowd.example"
        )
        self.asset = Asset.objects.create(seller=self.seller, ref=f"A{i}", name=f"Asset {i}", technology="Battery")
        qualification = Qualification.objects.create(asset=self.asset, market=self.market)
        QualificationChange.objects.create(
            qualification=qualification, market=self.market, status="offered", actor="tests"
        )
        AssetUpload.objects.create(seller=self.seller, uploaded_by=self.user, filename=f"assets-{i}.csv", content=b"")
        Postcode.objects.create(operator=self.operator, code=f"NG{i}1AA", hv_zone=self.zone)
        neighbour = Asset.objects.create(
            seller=Seller.objects.create(name=f"Rival {i}"), ref=f"A{i}", name=f"Asset {i}"
        )
        MpanClash.objects.create(mpan=f"{i:013d}", asset=neighbour, other=self.asset)
        self.token = Token.objects.create(seller=self.seller, name=f"Token {i}", prefix=f"p{i}", sha256=f"{i:064d}")
        webhook = Webhook.objects.create(operator=self.operator, url=f"https://flex.example/{i}", secret="whsec_")
        WebhookBookmark.objects.create(webhook=webhook, market=self.market)
        WebhookCall.objects.create(
            webhook=webhook, market=self.market, event_id=f"msg_{i}", event="bids.changed", body={}
        )
        SandboxFault.objects.create(operator=self.operator, kind="double")
        JoiningRequest.objects.create(company=f"Asking {i}", name="N", email=f"ask{i}@crowd.example")
        Invitation.objects.create(
            seller=self.seller, email=f"come{i}@crowd.example", invited_by=f"Casey {i}", expires_at=self.now
        )
        Admission.objects.create(market=self.market, seller=self.seller, accepted_by=self.user)
        AccountLink.objects.create(seller=self.seller, operator=self.operator, account=f"Account {i}")
        IdempotentCall.objects.create(token=self.token, key=f"k{i}", request_sha256="", status=200, answer={})

    def _bidding(self) -> None:
        i = self.number
        self.competition = Competition.objects.create(
            market=self.market,
            reference=f"COMP-{i}",
            name=f"Competition {i}",
            product=self.product,
            zone=self.zone,
            opens_at=self.now - timedelta(days=2),
            closes_at=self.now - timedelta(days=1),
            first_day=DAY,
            last_day=DAY,
            required_kw=100,
        )
        self.window = ServiceWindow.objects.create(
            competition=self.competition,
            name=f"Window {i}",
            first_day=DAY,
            last_day=DAY,
            weekdays=[1],
            local_start="16:00",
            local_end="20:00",
            required_kw=100,
        )
        CompetitionRevision.objects.create(competition=self.competition, revision=2, changes=[], revised_at=self.now)
        PreviewNote.objects.create(competition=self.competition, revision=1, note=f"Note {i}", asked_by="NGED")
        moments = {f"{name}_days_before": 1 for name in ("published", "opens", "closes", "results")}
        times = {f"{name}_local": "12:00" for name in ("published", "opens", "closes", "results")}
        calendar = AuctionCalendar.objects.create(
            market=self.market, name="Daily", delivery_weekdays=[1], first_day=DAY, **moments, **times
        )
        instants = dict.fromkeys(("published_by", "opens_at", "closes_at", "results_by"), self.now)
        Auction.objects.create(calendar=calendar, first_day=DAY, last_day=DAY, **instants)
        self.bid = Bid.objects.create(
            competition=self.competition, seller=self.seller, capacity_kw=5, placed_at=self.now, changed_at=self.now
        )
        BidLine.objects.create(bid=self.bid, window=self.window, capacity_kw=5)
        BidChange.objects.create(
            market=self.market,
            competition=self.competition,
            bid=self.bid,
            kind="placed",
            content={"bid": self.bid.reference},
            changed_at=self.now,
        )
        BidUpload.objects.create(
            seller=self.seller, market=self.market, uploaded_by=self.user, filename=f"bids-{i}.csv", content=b""
        )
        Confirmation.objects.create(
            seller=self.seller, market=self.market, version="1", confirmed_by=self.user.email, bid_count=1
        )
        Receipt.objects.create(bid=self.bid, revision=1)
        Discrepancy.objects.create(market=self.market, kind="unknown_bid", bid=f"B-x{i}", theirs="rejected")
        SealOpening.objects.create(competition=self.competition, reason="-", asked_by=self.user)
        self.contract = Contract.objects.create(
            bid=self.bid, seller=self.seller, market=self.market, accepted_kw=5, awarded_at=self.now
        )

    def _dispatch(self) -> None:
        i = self.number
        trigger = Trigger.objects.create(
            operator=self.operator,
            market=self.market,
            reference=f"TR-{i}",
            kind="start",
            raw=b"{}",
            content_sha256="",
            received_at=self.now,
        )
        self.instruction = Instruction.objects.create(
            trigger=trigger, market=self.market, seller=self.seller, kind="start", starts_at=self.now
        )
        mail = Mail.objects.create(
            recipient=f"box{i}@crowd.example", subject="Start", text="", message_id=f"<{i}@crowd>"
        )
        MailAttempt.objects.create(mail=mail, started_at=self.now, finished_at=self.now, outcome="deferred")
        MailEvent.objects.create(mail=mail, provider="Postmark", key=f"event-{i}", kind="opened", at=self.now)
        Notice.objects.create(instruction=self.instruction, mail=mail, contact=self.contact)
        Acknowledgement.objects.create(instruction=self.instruction, answer="confirmed", given_by="A. N. Other")
        Reminder.objects.create(market=self.market, seller=self.seller, day=DAY, mails=1)
        match = Match.objects.create(instruction=self.instruction, contract=self.contract, window=self.window)
        Alias.objects.create(
            operator=self.operator,
            is_mock=False,
            kind="contract",
            word=f"NG-{i}",
            contract=self.contract,
            learned_from=match,
            learned_by=self.user,
        )

    def _settlement(self) -> None:
        i = self.number
        terms = Terms.objects.create(market=self.market, from_month=DAY)
        reading = ReadingDay.objects.create(asset=self.asset, day=DAY, watts=[1000] * 48, source="upload")
        ReadingUpload.objects.create(seller=self.seller, filename="readings.csv", content=b"asset,start_utc,kw")
        ForwardedReading.objects.create(reading_day=reading, market=self.market)
        run = SettlementRun.objects.create(market=self.market, terms=terms, month=DAY, started_by=self.user)
        SettlementLine.objects.create(
            run=run,
            seller=self.seller,
            contract=self.contract,
            window=self.window,
            instruction=self.instruction,
            starts_at=self.now,
            ends_at=self.now + timedelta(hours=1),
            instructed_kw=5,
            delivered_kwh=5,
            delivered_share=1,
            utilisation_gbp=Decimal("1.25"),
        )
        AssetBaseline.objects.create(asset=self.asset, from_month=DAY, method="nominated", week_w=[-100] * 336)
        RunPart.objects.create(run=run, seller=self.seller, assets=1)
        SettlementRun.objects.filter(pk=run.pk).update(status="checked")
        second = User.objects.create_user(f"second{i}@crowd.example")
        SettlementRun.objects.filter(pk=run.pk).update(status="approved", approved_by=second)
        statement = Statement.objects.create(run=run, seller=self.seller, total_gbp=Decimal("1.25"))
        line = run.lines.get()
        LineQuery.objects.create(seller=self.seller, statement=statement, line=line, text="Why?", raised_by=self.user)
        InvoiceLine.objects.create(
            market=self.market, month=DAY, reference=f"INV-{i}", contract=self.contract, amount_gbp=1
        )

    def _service(self) -> None:
        i = self.number
        step = Step.objects.create(key=f"step-{i}")
        Case.objects.create(step=step, subject_id=i, subject=f"Subject {i}")
        Tally.objects.create(step=step, day=DAY)
        Article.objects.create(slug=f"article-{i}", title=f"Article {i}", body="")
        JournalEntry.objects.create(user=self.user, actor=self.user.email, verb="tell", subject=f"Story {i}")
        party = TestParty.objects.create(
            market=self.market, name=f"Party {i}", source=b"", source_name="-", created_by=self.user
        )
        StandIn.objects.create(party=party, seller=self.seller, company=f"Company {i}")
        PartyNote.objects.create(party=party, seller=self.seller, user=self.user, page="/bids/", text=f"Note {i}")
