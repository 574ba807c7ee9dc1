"""What an instruction looks like in a mailbox: text and HTML per kind, made of what stood in the trigger alone.

What to do stands first and largest: it is read at two in the morning, on a phone. The further messages of a reference
hang below the first one, by the headers that every mail client knows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse

from markets.models import Mail, ServiceWindow
from markets.operations.mail import sender_domain
from markets.rules.words import hours, kw, weekdays

from ..models import Instruction, Kind
from ..rules.strand import Strand
from ..rules.wording import brief_instant, clock, instant, long_day, utc_clock
from .entry import calendar_of
from .sketch import fill

MACHINE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
"""No out-of-office note comes back. No List- headers: nobody may be led to leave, and no mailbox may file it as bulk."""
URGENT = {"X-Priority": "1", "Importance": "high"}
LABELS = {
    Kind.START: "START",
    Kind.STOP: "STOP",
    Kind.CHANGE: "CHANGE",
    Kind.EMERGENCY_STOP: "EMERGENCY STOP",
    Kind.CANCEL: "CANCELLED",
    Kind.TEST: "TEST, nothing to deliver",
}
MOST_ASSETS = 12


@dataclass(frozen=True, slots=True)
class Addressed:
    """One recipient of an instruction, its link, and what on-call is told beside it."""

    recipient: str
    answer_token: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContractTold:
    """A contract that was found before anybody was told. `window` None: any of it."""

    reference: str
    window: ServiceWindow | None
    assets: tuple[str, ...]

    @property
    def hours(self) -> str:
        """`Evening: Mon–Fri 16:00–20:00, London time`."""
        if self.window is None:
            return ""
        when = hours(self.window.local_start, self.window.local_end)
        return f"{self.window.name}: {weekdays(self.window.weekdays)} {when}, London time"

    @property
    def assets_shown(self) -> list[str]:
        """The first of them; the page of the contract has them all."""
        more = len(self.assets) - MOST_ASSETS
        return [*self.assets[:MOST_ASSETS], *([f"and {more} more"] if more > 0 else [])]


def instruction_mails(
    instruction: Instruction,
    to: Iterable[Addressed],
    strand: Strand,
    changes: Sequence[str] = (),
    contract: ContractTold | None = None,
) -> list[Mail]:
    """The mails of one instruction; `changes` are those of a declared revision, `contract` where it was matched first."""
    words = _words(instruction)
    if contract is not None:
        words |= {"contract": contract.reference, "window": contract.hours}
    lists = {"changes": changes, "assets": contract.assets_shown if contract else ()}
    subject, headers, calendar = _subject(instruction), _headers(instruction), calendar_of(instruction, strand)
    mails = []
    for addressed in to:
        words["note"] = addressed.note
        words["answer_url"] = settings.SITE_URL + reverse("dispatch:answer", args=[addressed.answer_token])
        first, message_id = _message_ids(strand, addressed, instruction.trigger.revision)
        mails.append(
            Mail(
                lane=Mail.Lane.INSTRUCTION,
                recipient=addressed.recipient,
                subject=(f"[On-call] {subject}" if addressed.note else subject)[:300],
                text=fill(f"emails/dispatch/{instruction.kind}.txt", words, lists),
                html=fill(f"emails/dispatch/{instruction.kind}.html", words, lists),
                calendar=calendar,
                headers=headers if strand.is_first else headers | {"In-Reply-To": first, "References": first},
                message_id=message_id,
            )
        )
    return mails


def _message_ids(strand: Strand, addressed: Addressed, revision: int) -> tuple[str, str]:
    """Of the first message of the strand in this mailbox, and of this one. On-call's copy is another strand."""
    mailbox = strand.in_mailbox(f"on-call {addressed.recipient}" if addressed.note else addressed.recipient)
    first = f"<{mailbox}@{sender_domain()}>"
    return first, first if strand.is_first else f"<{mailbox}.{revision}@{sender_domain()}>"


def _subject(instruction: Instruction) -> str:
    trigger = instruction.trigger
    at = _acts_at(instruction)
    words = [
        "MOCK" if instruction.market.is_mock else "",
        ("Correction: " if trigger.revision > 1 else "") + LABELS[Kind(instruction.kind)],
        kw(instruction.capacity_kw) if instruction.capacity_kw is not None and _delivers(instruction) else "",
        instruction.zone_named,
        brief_instant(at) if at else "",
        f"{instruction.market.operator.short_name} {trigger.reference}",
    ]
    return " | ".join(filter(None, words))


def _acts_at(instruction: Instruction) -> datetime | None:
    """When the seller must do something; None: now, or never."""
    if instruction.kind in (Kind.EMERGENCY_STOP, Kind.TEST):
        return None
    return instruction.stops_at if instruction.kind == Kind.STOP else instruction.starts_at


def _words(instruction: Instruction) -> dict[str, str]:
    trigger, market = instruction.trigger, instruction.market
    words = {
        "operator": market.operator.short_name,
        "market": market.name,
        "mock": "yes" if market.is_mock else "",
        "reference": trigger.reference,
        "revision": str(trigger.revision) if trigger.revision > 1 else "",
        "instruction": instruction.reference,
        "seller": instruction.seller_named,
        "capacity": "" if instruction.capacity_kw is None else kw(instruction.capacity_kw),
        "product": instruction.product_named,
        "zone": instruction.zone_named,
        "asset": instruction.asset_named,
        "issued": instant(datetime.fromisoformat(trigger.content["issued_at"])),
        "phone": market.oncall_phone,
        "dial": _dialled(market.oncall_phone),
    }
    moments = {"starts": instruction.starts_at, "ends": instruction.ends_at, "stops": instruction.stops_at}
    for name, at in moments.items():
        if at is not None:
            words |= {
                name: instant(at),
                f"{name}_clock": clock(at),
                f"{name}_day": long_day(at),
                f"{name}_utc": utc_clock(at),
            }
    return words


def _dialled(phone: str) -> str:
    """As a telephone dials it: `+44 (0)20 7946 0000` is `+442079460000`."""
    return "".join(c for c in phone.replace("(0)", "") if c.isdecimal() or c == "+")


def _delivers(instruction: Instruction) -> bool:
    return instruction.kind in (Kind.START, Kind.CHANGE)


def _headers(instruction: Instruction) -> dict[str, str]:
    """For machines that read the mailbox."""
    trigger, market = instruction.trigger, instruction.market
    told = {
        "Asset": instruction.asset_named,
        "Capacity-kW": "" if instruction.capacity_kw is None else f"{instruction.capacity_kw:f}",
        "Ends": _utc(instruction.ends_at),
        "Instruction": instruction.reference,
        "Kind": instruction.kind,
        "Market": market.key,
        "Mock": "yes" if market.is_mock else "",
        "Reference": trigger.reference,
        "Revision": str(trigger.revision),
        "Starts": _utc(instruction.starts_at),
        "Zone": instruction.zone_named,
    }
    headers = MACHINE | {f"X-Piclo-{name}": value for name, value in told.items() if value}
    if market.oncall_email:
        headers["Reply-To"] = market.oncall_email
    return headers if instruction.kind == Kind.TEST else headers | URGENT


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""
