"""Dispatch in the story: NGED triggers what is called by trigger; sellers answer; what does not match stays open."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django_q.tasks import async_task

from dispatch.models import Instruction, Notice
from dispatch.operations import answer_instruction, match_open
from markets.models import Mail, Market
from piclo_nged.dso.nged.rehearsal import NgedSide

from .month import Event

AHEAD = timedelta(minutes=15)
MOST_TRIGGERS = 40
MAIL_SECONDS = 60


class MailLost(Exception):
    """An instruction's email did not leave in time."""


def triggered(happened: Sequence[Event]) -> list[list[Event]]:
    """The first service days of what is called by trigger: events of one competition at one time, together."""
    together: dict[tuple[datetime, int], list[Event]] = defaultdict(list)
    for event in happened:
        if event.contract.bid.competition.product.call == "triggered":
            together[event.starts_at, event.contract.bid.competition_id].append(event)
    return [together[key] for key in sorted(together)][:MOST_TRIGGERS]


def trigger_all(nged: NgedSide, groups: Sequence[Sequence[Event]], progress: Callable[[int], None]) -> int:
    """Sends a trigger per group, a quarter of an hour ahead in market time, and one that names nobody we know.

    The first is sent twice, as happens: the repeat gets the first answer. Returns the triggers sent.
    """
    for number, group in enumerate(groups, start=1):
        nged.move_clock(group[0].starts_at - AHEAD)
        message = _message(nged.market, f"TR-{number:04}", group)
        nged.trigger(message)
        if number == 1:
            nged.trigger(message)
        progress(1)
    if not groups:
        return 0
    stranger = _message(nged.market, f"TR-{len(groups) + 1:04}", groups[-1][:1])
    stranger["calls"][0] |= {"company": "A company that we do not know", "contract": ""}
    nged.trigger(stranger)
    progress(1)
    return len(groups) + 1


def _message(market: str, reference: str, group: Sequence[Event]) -> dict[str, Any]:
    first = group[0]
    competition = first.contract.bid.competition
    return {
        "market": market,
        "reference": reference,
        "revision": 1,
        "kind": "start",
        "product": competition.product.name,
        "zone": competition.zone.code,
        "issued_at": (first.starts_at - AHEAD).isoformat(),
        "calls": [
            {
                "company": event.contract.seller.name,
                "contract": event.contract.bid.reference,
                "capacity_kw": f"{event.contract.accepted_kw:f}",
                "starts_at": event.starts_at.isoformat(),
                "ends_at": event.ends_at.isoformat(),
            }
            for event in group
        ],
    }


def notices() -> int:
    """Emails of instructions, sent or not."""
    return Notice.objects.not_canary().count()


def await_mails(progress: Callable[[int], None]) -> int:
    """Waits until the worker has sent every instruction's email. Returns how many. Raises MailLost after a minute."""
    deadline = time.monotonic() + MAIL_SECONDS
    total, told = notices(), 0
    while told < total:
        sent = Notice.objects.not_canary().filter(mail__status=Mail.Status.SENT).count()
        progress(sent - told)
        told = sent
        if time.monotonic() > deadline:
            raise MailLost(f"{total - told} of {total} emails of instructions were not sent within {MAIL_SECONDS} s.")
        time.sleep(0.05)
    return told


def answer_all() -> None:
    """Most sellers confirm, the second to last declines, and the last does not answer."""
    asked = list(Instruction.objects.not_canary().exclude(seller=None).order_by("pk"))
    for instruction in asked[:-2]:
        answer_instruction(instruction=instruction, answer="confirmed", by="demo", given_by=str(instruction.seller))
    for instruction in asked[-2:-1]:
        answer_instruction(
            instruction=instruction,
            answer="declined",
            reason="Site offline",
            by="demo",
            given_by=str(instruction.seller),
        )


def match(market: Market) -> None:
    """Pairs each instruction with its contract; what is not clear stays open and becomes a case."""
    match_open(market=market, by="demo")


def send_ordinary() -> None:
    """Has the job cluster send the other emails (invitations, results, statements). Raises MailLost after a minute."""
    async_task("markets.jobs.send_ordinary_mail")
    deadline = time.monotonic() + MAIL_SECONDS
    while Mail.objects.filter(status=Mail.Status.READY, lane=Mail.Lane.ORDINARY).exists():
        if time.monotonic() > deadline:
            raise MailLost(f"The job cluster did not send the ordinary emails within {MAIL_SECONDS} s.")
        time.sleep(0.1)
