"""Matching by rule: what is clear is matched, the rest stays open with what does not agree.

After the message left, where the market instructs first; before it, where the market matches first.
"""

import logging
from collections.abc import Collection, Sequence

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from markets.models import Mail, Market
from markets.operations.journal import By, record
from markets.problems import Refused

from ..models import Instruction, Kind, Match, Notice
from ..rules.matching import Verdict
from .candidates import verdicts, wide_verdict
from .holding import tell_matched

logger = logging.getLogger(__name__)
AT_ONCE = 500
FAILED = "Our matching failed on it by a defect of ours; it is tried again every minute."


def candidates_of(instruction: Instruction, *, also: Collection[int] = ()) -> Verdict:
    """The contracts that it may belong to, best first, each beside what is asked: for the person who decides.

    `also`: keys of contracts that the person wants to see beside them.
    """
    return wide_verdict(instruction=instruction, also=also)


def match_open(*, market: Market, by: By) -> int:
    """Matches every instruction of a market whose message left and which nobody decided on. Returns how many are clear now.

    The rest stay open, with their discrepancies. An undone match is a person's decision: it is left alone.
    """
    matched, after = 0, 0
    while True:
        with transaction.atomic():
            instructions = list(_undecided(market).filter(pk__gt=after)[:AT_ONCE])
            if not instructions:
                return matched
            matched += _match(market, instructions, by=by)
            after = instructions[-1].pk


@transaction.atomic
def match_instruction(*, instruction: Instruction, by: By) -> Match:
    """Matches one instruction now. Raises Refused where its message has not left, or where a person decided already."""
    if not _undecided(instruction.market).filter(pk=instruction.pk).exists():
        raise Refused(f"{instruction} is not to be matched by rule: its message waits, it is a test, or it is decided.")
    _match(instruction.market, [instruction], by=by)
    return Match.objects.get(instruction=instruction)


def match_held(*, market: Market, instructions: Sequence[Instruction], by: By) -> None:
    """Part of receiving, where the market matches first: sellers whose contract is clear are told at once.

    A defect of ours in matching loses nothing: all stay held, and on-call has them.
    """
    try:
        with transaction.atomic():
            _match(market, [asked for asked in instructions if asked.kind != Kind.TEST], by=by)
    except (OperationalError, InterfaceError):
        raise  # the database is away or too slow: nothing can be kept
    except Exception:
        logger.exception("Held instructions of %s could not be matched", market)
        Match.objects.bulk_create(
            [Match(instruction=held, discrepancies=[FAILED]) for held in instructions if held.is_held]
        )
        for instruction in instructions:
            instruction.refresh_from_db(fields=["is_held", "seller"])


def _undecided(market: Market) -> QuerySet[Instruction]:
    """No mail of it waits any more, it asks for something, and neither a person nor settlement has fixed its match."""
    waits = Notice.objects.filter(instruction=OuterRef("pk"), mail__status=Mail.Status.READY)
    fixed = ~Q(status=Match.Status.OPEN) | Q(decided_by__isnull=False) | Q(locked_at__isnull=False)
    decided = Match.objects.filter(fixed, instruction=OuterRef("pk"))
    asks = Instruction.objects.filter(market=market).exclude(kind=Kind.TEST)
    undecided = asks.exclude(Exists(waits)).exclude(Exists(decided)).select_related("trigger").defer("trigger__raw")
    return undecided.order_by("pk").select_for_update(skip_locked=True, of=("self",))


def _match(market: Market, instructions: Sequence[Instruction], *, by: By) -> int:
    Match.objects.bulk_create([Match(instruction=i) for i in instructions], ignore_conflicts=True)
    open_still = Match.objects.open().filter(instruction__in=instructions, decided_by=None, locked_at=None)
    matches = {match.instruction_id: match for match in open_still.select_for_update()}  # a person may decide just now
    found = zip(instructions, verdicts(market=market, instructions=instructions), strict=True)
    changed = [match for i, verdict in found if (match := matches.get(i.pk)) and _apply(match, verdict)]
    Match.objects.bulk_update(changed, ["status", "contract", "window", "discrepancies", "remarks", "decided_at"])
    matched = sum(match.status == Match.Status.MATCHED for match in changed)
    if changed:
        record(by=by, verb="match_open", subject=market, matched=matched, open=len(instructions) - matched)
        asked = {instruction.pk: instruction for instruction in instructions}
        for match in changed:
            match.instruction = asked[match.instruction_id]
            match.instruction.market = market
        tell_matched(changed, by=by)
    return matched


def _apply(match: Match, verdict: Verdict) -> bool:
    """Writes the verdict into the match; whether that changes anything."""
    if verdict.chosen is None:
        discrepancies = list(verdict.discrepancies)
        is_news = match.discrepancies != discrepancies
        match.discrepancies, match.remarks = discrepancies, list(verdict.remarks)
        return is_news
    match.status, match.discrepancies, match.decided_at = Match.Status.MATCHED, [], timezone.now()
    match.remarks = list(verdict.remarks)
    match.contract_id, match.window_id = verdict.chosen.candidate.contract_id, verdict.chosen.window_id
    return True
