"""One example of every email that we send, written by the functions that write the real ones, about rows that are nowhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from dispatch.emails import Addressed, ContractTold, alarm, instruction_mails, reminder
from dispatch.models import Instruction, Kind, Trigger
from dispatch.rules.reminding import Service
from dispatch.rules.strand import strand
from markets import emails
from markets.models import (
    AccountLink,
    Competition,
    DispatchContact,
    Invitation,
    JoiningRequest,
    Mail,
    Market,
    Operator,
    Seller,
    ServiceWindow,
    User,
)
from markets.rules.revisions import Change
from settlement.emails import query_answered, statement_issued
from settlement.models import LineQuery, SettlementRun, Statement

AT = datetime(2026, 11, 3, 17, tzinfo=UTC)
TO = "desk@voltwise.example"
LINK = "https://markets.example/..."
OPERATOR = Operator(pk=0, key="operator", name="National Grid Electricity Distribution", short_name="NGED")
MARKET = Market(pk=0, operator=OPERATOR, key="long-term", name="NGED long-term", oncall_phone="+44 20 7946 0000")
SELLER = Seller(pk=0, name="Voltwise Energy Ltd")
COMPETITION = Competition(
    pk=0, market=MARKET, reference="T9A-0001", name="Dynamic at Testbridge", closes_at=AT + timedelta(days=6)
)
EVENING = ServiceWindow(name="Evening", weekdays=[1, 2, 3, 4, 5], local_start=time(16), local_end=time(20))


@dataclass(frozen=True)
class Example:
    """`when` it is sent and to whom, for people; `write` makes it anew."""

    key: str
    title: str
    when: str
    write: Callable[[], Iterable[Mail]]

    @property
    def mail(self) -> Mail:
        """The first: further recipients get the same."""
        return next(iter(self.write()))


def _instruction(kind: str, *, revision: int = 1, **facts: Any) -> Instruction:
    trigger = Trigger(
        market=MARKET, reference="T-4711", revision=revision, kind=kind, received_at=AT - timedelta(minutes=15)
    )
    trigger.content = {"issued_at": (AT - timedelta(minutes=15)).isoformat()}
    times = {} if kind in (Kind.EMERGENCY_STOP, Kind.TEST) else {"starts_at": AT, "ends_at": AT + timedelta(hours=2)}
    values: dict[str, Any] = {"capacity_kw": Decimal("50.5"), **times, **facts}
    told = Instruction(
        trigger=trigger,
        market=MARKET,
        kind=kind,
        seller_named=SELLER.name,
        product_named="Dynamic",
        zone_named="CMZ_T9A_EM_0001",
        **values,
    )
    told.reference = "I-1"
    return told


def _told(
    kind: str, *, note: str = "", changes: tuple[str, ...] = (), contract: ContractTold | None = None, **facts: Any
) -> Iterable[Mail]:
    instruction = _instruction(kind, **facts)
    hangs_on = strand(market_id=0, reference="T-4711", first_at=AT, whom=(SELLER.name,), is_first=not changes)
    return instruction_mails(instruction, [Addressed(TO, "...", note)], hangs_on, changes, contract)


def _decided(status: str, reason: str = "") -> Iterable[Mail]:
    account = AccountLink(seller=SELLER, operator=OPERATOR, account="VOLTWISE-01", status=status, reason=reason)
    yield emails.account_decided(link=account, email=TO)


def _invited() -> Iterable[Mail]:
    invited = Invitation(seller=SELLER, email=TO, role="trader", invited_by="Casey", expires_at=AT + timedelta(days=14))
    yield emails.invitation(invitation=invited, link=LINK, has_account=False)


def _declined() -> Iterable[Mail]:
    asked = JoiningRequest(
        company="Harbour Lights Ltd", name="Robin", email=TO, reason="You have no assets in the area."
    )
    yield emails.declined(request=asked)


def _contact_test() -> Iterable[Mail]:
    yield emails.contact_test(contact=DispatchContact(seller=SELLER, market=MARKET, email=TO), link=LINK)


def _results() -> Iterable[Mail]:
    outcomes = (
        emails.Alike(accepted=True, reason="", count=2, bids=["B-12", "B-13"]),
        emails.Alike(accepted=False, reason="Dearer than what was taken.", count=1, bids=["B-14"]),
    )
    of_one = emails.CompetitionResult(COMPETITION.name, COMPETITION.reference, outcomes)
    return emails.results(seller=SELLER, market=MARKET, recipients=[TO], results=[of_one])


def _revised() -> Iterable[Mail]:
    change = Change("required_kw", "Required capacity", "500 kW", "400 kW")
    revised = emails.Revised(COMPETITION, [change], bid_count=2, to_revise=["B-12"])
    return emails.revisions(seller=SELLER, market=MARKET, recipients=[TO], revised=[revised])


def _withdrawn() -> Iterable[Mail]:
    return emails.withdrawal(
        seller=SELLER, competition=COMPETITION, recipients=[TO], reason="The network was reinforced.", count=2
    )


def _statement() -> Iterable[Mail]:
    run = SettlementRun(market=MARKET, month=date(2026, 11, 1), version=2, reason="Readings came late.")
    statement = Statement(run=run, seller=SELLER, total_gbp=Decimal("1234.56"))
    statement.reference = "S-1"
    return statement_issued(statement, [TO], "One line changed: £12.00 more.")


def _query() -> Iterable[Mail]:
    run = SettlementRun(market=MARKET, month=date(2026, 10, 1))
    statement = Statement(run=run, seller=SELLER, reference="S-12")
    asked = {"text": "We stopped at 18:30, when the email came.", "raised_by": User(email=TO)}
    answered = {"outcome": "stands", "answer": "The stop took effect at 18:00; your meter read 30 kW until 18:30."}
    yield query_answered(LineQuery(reference="Q-3", statement=statement, **asked, **answered))


def _reminder() -> Iterable[Mail]:
    names = {"window": "Evening", "competition": "Sustain at Testbridge", "zone": "CMZ_T9A_EM_0001"}
    tomorrow = Service(AT, AT + timedelta(hours=2), Decimal(50), **names, product="Sustain", contract="C-7")
    return reminder(market=MARKET, seller=SELLER, recipients=[TO], day=AT.date(), services=[tomorrow])


def _alarm() -> Iterable[Mail]:
    return alarm(
        recipients=["oncall@piclo.example"],
        headline="I-1 did not reach desk@voltwise.example",
        sentences=["START for Voltwise Energy Ltd from NGED T-4711.", "Call the seller: +44 20 7946 0123."],
        extract="550 no such mailbox",
        key="example",
    )


CONTRACT = ContractTold("C-7", EVENING, ("EV-1 Depot",))
EXAMPLES = {
    example.key: example
    for example in (
        Example("invitation", "Invitation", "A person is invited to a company.", _invited),
        Example("declined", "Request declined", "A company that asked to join is not invited now.", _declined),
        Example("account-linked", "Account linked", "The operator confirmed an account.", lambda: _decided("linked")),
        Example(
            *("account-refused", "Account refused", "The operator did not confirm an account."),
            lambda: _decided("refused", "NGED knows no account of this name."),
        ),
        Example("contact-test", "Test of a dispatch mailbox", "A dispatch mailbox is added or tested.", _contact_test),
        Example("revised", "Competition revised", "The operator changes what a seller has bid for.", _revised),
        Example("withdrawn", "Competition withdrawn", "The operator withdraws what a seller has bid for.", _withdrawn),
        Example("results", "Results", "The operator confirms results: by 19:00 UTC of the day.", _results),
        Example("start", "Start", "A trigger calls the seller.", lambda: _told(Kind.START, asset_named="DEPOT-1")),
        Example(
            *("open-end", "Start without an end", "A trigger calls the seller until a stop."),
            lambda: _told(Kind.START, ends_at=None),
        ),
        Example(
            *("match-first", "Start with its contract", "As Start, where the market matches first."),
            lambda: _told(Kind.START, contract=CONTRACT),
        ),
        Example(
            *("correction", "Correction", "A declared revision of a trigger."),
            lambda: _told(Kind.START, revision=2, changes=("capacity: 60 kW → 50.5 kW",)),
        ),
        Example("change", "Change", "A running call changes.", lambda: _told(Kind.CHANGE)),
        Example("stop", "Stop", "A call ends.", lambda: _told(Kind.STOP)),
        Example("emergency-stop", "Emergency stop", "All must stop now.", lambda: _told(Kind.EMERGENCY_STOP)),
        Example("cancel", "Cancelled", "A call is taken back.", lambda: _told(Kind.CANCEL)),
        Example("test", "Test", "The operator tests the way.", lambda: _told(Kind.TEST)),
        Example(
            *("unknown", "Seller not known", "To on-call, instead of a seller that nobody knows."),
            lambda: _told(Kind.START, note="The seller is not known to us. Candidates: Voltwise Energy Ltd."),
        ),
        Example("alarm", "Alarm", "To on-call: an instruction did not leave, came back, or could not be read.", _alarm),
        Example("reminder", "Reminder", "The day before delivery by schedule, at the market's hour.", _reminder),
        Example("statement", "Statement", "A settlement run is issued.", _statement),
        Example("query", "Query answered", "Customer success answers a query about a statement.", _query),
    )
}
