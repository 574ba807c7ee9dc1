"""What a person decides about a match, with the reason; and the lock by which settlement makes it stand still."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from markets.models import Contract, Market, ServiceWindow, User
from markets.operations.journal import By, record
from markets.problems import Refused
from markets.rules.spans import month_span

from ..models import Alias, Match
from .aliases import end_all, learn
from .holding import tell_matched


@transaction.atomic
def decide_match(
    *,
    match: Match,
    contract: Contract,
    window: ServiceWindow | None,
    reason: str,
    by: User,
    teaches: Collection[str] | None = None,
) -> Match:
    """A person says which contract (and window of it) an open instruction belongs to, and why.

    Where its market matches first, the seller is told now. Later triggers learn from it: words of the operator that we
    do not know, of the kinds in `teaches` (None: of all), mean from now on what was decided.
    Raises Refused where it is matched or locked already, or where contract and window do not belong together.
    """
    match = _still_open_to_change(match)
    if match.status == Match.Status.MATCHED:
        raise Refused(f"{match.instruction} is matched with {match.contract} already. Undo that first.")
    if not reason.strip():
        raise Refused("Say why it is this contract: settlement and the operator will ask.")
    if contract.market_id != match.instruction.market_id:
        raise Refused(f"{contract} belongs to another market than {match.instruction}.")
    if window is not None and not contract.bid.lines.filter(window=window).exists():
        raise Refused(f"{contract} has no service window '{window}'.")
    match.status, match.contract, match.window = Match.Status.MATCHED, contract, window
    taught = learn(match=match, contract=contract, kinds=teaches, by=by)
    details = {"contract": contract.reference, "taught": [alias.reference for alias in taught]}
    decided = _decided(match, by=by, verb="decide_match", reason=reason, **details)
    tell_matched([decided], by=by)
    return decided


@transaction.atomic
def undo_match(*, match: Match, reason: str, by: User) -> Match:
    """Takes a match back, until settlement locks it, and with it what was learned from it. It then waits for a person.

    Raises Refused where it is locked or open.
    """
    match = _still_open_to_change(match)
    if match.status == Match.Status.OPEN:
        raise Refused(f"{match.instruction} is not matched: there is nothing to undo.")
    if not reason.strip():
        raise Refused("Say why the match is wrong.")
    contract = str(match.contract)
    match.status, match.contract, match.window = Match.Status.OPEN, None, None
    ended = end_all(Alias.objects.filter(learned_from=match), reason=f"{match.instruction} undone: {reason}", by=by)
    return _decided(match, by=by, verb="undo_match", reason=reason, contract=contract, unlearned=ended)


@transaction.atomic
def lock_matches(*, market: Market, month: date, by: By) -> int:
    """Settlement asks that the matches of a month (London days) stand still; the database then refuses changes.

    Open ones are left, so that a later run can include them. Locking again locks what was matched since. Returns how many.
    """
    start, end = month_span(month)
    matches = Match.objects.filter(instruction__market=market, status=Match.Status.MATCHED, locked_at=None)
    in_month = Q(instruction__starts_at__gte=start, instruction__starts_at__lt=end)
    by_end = Q(instruction__starts_at=None, instruction__ends_at__gte=start, instruction__ends_at__lt=end)
    untimed = Q(
        instruction__starts_at=None,
        instruction__ends_at=None,
        instruction__created_at__gte=start - market.clock_offset,  # rows are dated in real time
        instruction__created_at__lt=end - market.clock_offset,
    )
    locked = matches.filter(in_month | by_end | untimed).update(locked_at=timezone.now())
    record(by=by, verb="lock_matches", subject=market, month=f"{month:%Y-%m}", locked=locked)
    return locked


def _still_open_to_change(match: Match) -> Match:
    match = (
        Match.objects.select_for_update(of=("self",))
        .select_related("instruction__trigger", "instruction__market", "contract")
        .get(pk=match.pk)
    )
    if match.locked_at is not None:
        raise Refused(
            f"{match.instruction} was locked by settlement on {match.locked_at:%d %B %Y}: it cannot change any more."
        )
    return match


def _decided(match: Match, *, by: User, verb: str, reason: str, **details: Any) -> Match:
    match.decided_by, match.decided_at = by, timezone.now()
    match.save(update_fields=["status", "contract", "window", "decided_by", "decided_at"])
    record(by=by, verb=verb, subject=match.instruction, reason=reason, **details)
    return match
