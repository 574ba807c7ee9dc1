"""What must hold once all is quiet: no promise without its email, no email without its record, no second copy without
a send that was cut off."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psycopg

from .bad_post import Copy
from .caller import Answered

BEFORE_CUT, AFTER_CUT = 2.0, 3.0
"""Seconds around a kill in which a send may have been under way, or its claim been lost with the database."""


@dataclass(frozen=True)
class Cut:
    """Something that may cut off a send: from when it was killed until it was back (time.monotonic)."""

    what: str
    begun: float
    ended: float

    def may_have_cut(self, at: float) -> bool:
        return self.begun - BEFORE_CUT <= at <= self.ended + AFTER_CUT


@dataclass(frozen=True)
class Kept:
    """A mail as the database has it. `records`: its accepted attempts. What is ordinary may still wait for its job."""

    message_id: str
    status: str
    lane: str
    instruction: str
    records: int


@dataclass
class Verdict:
    """`problems` is empty where everything holds; `duplicates` are counted by what cut the send off."""

    problems: list[str] = field(default_factory=list)
    duplicates: Counter[str] = field(default_factory=Counter)


def kept_mails(url: str) -> list[Kept]:
    """All mails of the database."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT message_id, status, lane, coalesce(headers->>'X-Piclo-Instruction', ''), (SELECT count(*) FROM"
            " markets_mailattempt attempt WHERE attempt.mail_id = mail.id AND outcome = 'accepted') FROM markets_mail mail"
        ).fetchall()
    return [Kept(*row) for row in rows]


def triggers_of(url: str) -> Counter[str]:
    """How often each reference stands in the database as an accepted trigger."""
    with psycopg.connect(url) as connection:
        return Counter(
            row[0] for row in connection.execute("SELECT reference FROM dispatch_trigger WHERE problem = ''")
        )


def check(
    promises: Iterable[Answered],
    copies: Sequence[Copy],
    mails: Iterable[Kept],
    triggers: Counter[str],
    cuts: Sequence[Cut],
) -> Verdict:
    verdict, mails = Verdict(), list(mails)
    arrived: dict[str, list[Copy]] = defaultdict(list)
    for copy in copies:
        arrived[copy.message_id].append(copy)
    told = {str(copy.message["X-Piclo-Instruction"]) for copy in copies}
    for promise in {promise.reference: promise for promise in promises}.values():
        if triggers[promise.reference] != 1:
            verdict.problems.append(
                f"{promise.reference} was accepted and is stored {triggers[promise.reference]} times"
            )
        verdict.problems += [
            f"{promise.reference} was accepted, and no email of {instruction} arrived"
            for instruction in promise.instructions
            if instruction not in told
        ]
    recorded = {mail.message_id: mail for mail in mails}
    for message_id, received in arrived.items():
        _check_arrived(verdict, recorded.get(message_id), message_id, received, cuts)
    for mail in mails:
        if mail.status != "sent" and mail.lane == "instruction":
            verdict.problems.append(
                f"{mail.message_id} of {mail.instruction or 'no instruction'} is still {mail.status}"
            )
        elif mail.status == "sent" and mail.message_id not in arrived:
            verdict.problems.append(f"{mail.message_id} of {mail.instruction} is recorded as sent and never arrived")
    return verdict


def _check_arrived(
    verdict: Verdict, mail: Kept | None, message_id: str, received: Sequence[Copy], cuts: Sequence[Cut]
) -> None:
    if mail is None or mail.records == 0:
        verdict.problems.append(f"{message_id} arrived and has no record")
        return
    if mail.records > len(received):
        verdict.problems.append(f"{message_id} arrived {len(received)} times and is recorded {mail.records} times")
    reasons = [_cut_off(copy, cuts) for copy in received]
    excused = [reason for reason in reasons if reason]
    extra = len(received) - 1
    if len(excused) < extra:
        verdict.problems.append(
            f"{message_id} arrived {len(received)} times, and only {len(excused)} sends were cut off"
        )
    verdict.duplicates.update(excused[:extra])


def _cut_off(copy: Copy, cuts: Sequence[Cut]) -> str:
    if not copy.told:
        return "the mail server went away before it said that it had it"
    return next((cut.what for cut in cuts if cut.may_have_cut(copy.at)), "")
