"""What an instruction looks like in a mailbox: text and HTML per kind, made of what stood in the trigger alone.

Everything is put into words here, so that the templates only place it: they are rendered before the seller is told,
hundreds at a time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from markets.models import Mail, ServiceWindow
from markets.operations.mail import sender_domain
from markets.rules.words import hours, kw, weekdays

from .models import Instruction, Kind, Trigger
from .rules.wording import brief_instant, instant

URGENT = {"X-Priority": "1", "Importance": "high"}
LABELS = {
    Kind.START: "START",
    Kind.STOP: "STOP",
    Kind.CHANGE: "CHANGE",
    Kind.EMERGENCY_STOP: "EMERGENCY STOP",
    Kind.CANCEL: "CANCELLED",
    Kind.TEST: "TEST, nothing to deliver",
}


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


def instruction_mails(
    instruction: Instruction,
    to: Iterable[Addressed],
    changes: Sequence[str] = (),
    contract: ContractTold | None = None,
) -> list[Mail]:
    """The mails of one instruction; `changes` are those of a declared revision, `contract` where it was matched first."""
    context = _context(instruction, changes) | {"contract": contract}
    subject = _subject(instruction)
    templates = [get_template(f"emails/dispatch/{instruction.kind}.{ending}") for ending in ("txt", "html")]
    mails = []
    for addressed in to:
        context["note"] = addressed.note
        context["answer_url"] = settings.SITE_URL + reverse("dispatch:answer", args=[addressed.answer_token])
        text, html = (template.render(context) for template in templates)
        mails.append(
            Mail(
                lane=Mail.Lane.INSTRUCTION,
                recipient=addressed.recipient,
                subject=(f"[On-call] {subject}" if addressed.note else subject)[:300],
                text=text,
                html=html,
                headers=_headers(instruction),
            )
        )
    return mails


def alarm(
    *, recipients: Iterable[str], headline: str, sentences: Sequence[str], extract: str = "", key: str
) -> list[Mail]:
    """An alarm to on-call. `key` makes it one per cause: the same alarm queued again has the same Message-ID."""
    context = {
        "headline": headline,
        "sentences": sentences,
        "extract": extract,
        "console_url": f"{settings.SITE_URL}/console/",
    }
    text, html = (get_template(f"emails/dispatch/alarm.{ending}").render(context) for ending in ("txt", "html"))
    return [
        Mail(
            lane=Mail.Lane.INSTRUCTION,
            recipient=recipient,
            subject=f"ALARM: {headline}"[:300],
            text=text,
            html=html,
            headers={"Auto-Submitted": "auto-generated", **URGENT},
            message_id=f"<{key}.{number}@{sender_domain()}>",
        )
        for number, recipient in enumerate(recipients)
    ]


def _subject(instruction: Instruction) -> str:
    trigger = instruction.trigger
    at = _acts_at(instruction)
    words = [
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
    return _stops_at(instruction) if instruction.kind == Kind.STOP else instruction.starts_at


def _context(instruction: Instruction, changes: Sequence[str]) -> dict[str, Any]:
    trigger, market = instruction.trigger, instruction.market
    stops_at = _stops_at(instruction)
    return {
        "operator": market.operator.short_name,
        "market": market.name,
        "reference": trigger.reference,
        "revision": trigger.revision,
        "instruction": instruction.reference,
        "seller": instruction.seller_named,
        "capacity": "" if instruction.capacity_kw is None else kw(instruction.capacity_kw),
        "product": instruction.product_named,
        "zone": instruction.zone_named,
        "starts": instant(instruction.starts_at) if instruction.starts_at else "",
        "ends": instant(instruction.ends_at) if instruction.ends_at else "",
        "stops": instant(stops_at) if stops_at else "",
        "issued": instant(datetime.fromisoformat(trigger.content["issued_at"])),
        "changes": changes,
        "phone": market.oncall_phone,
    }


def _stops_at(instruction: Instruction) -> datetime | None:
    """When a stop takes effect: its end, else its start; neither: at once."""
    return instruction.ends_at or instruction.starts_at


def _delivers(instruction: Instruction) -> bool:
    return instruction.kind in (Kind.START, Kind.CHANGE)


def _headers(instruction: Instruction) -> dict[str, str]:
    """For machines that read the mailbox."""
    trigger: Trigger = instruction.trigger
    headers = {
        "Auto-Submitted": "auto-generated",
        "X-Piclo-Instruction": instruction.reference,
        "X-Piclo-Kind": instruction.kind,
        "X-Piclo-Market": instruction.market.key,
        "X-Piclo-Reference": trigger.reference,
        "X-Piclo-Revision": str(trigger.revision),
    }
    return headers if instruction.kind == Kind.TEST else headers | URGENT
