"""Receiving a trigger: kept byte for byte, made into instructions and ready mails, all in one transaction.

Only when it is committed is the operator answered; so an accepted trigger always has its mails. Nothing is matched
here, but in a market that matches first: there it has its mails, or on-call has its alarm.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from markets.models import Market, Operator, Token
from markets.operations.journal import By, record
from markets.problems import Contradiction, Refused, RowProblem

from ..models import Instruction, Trigger
from ..rules.notice import Fault, TriggerNotice, Unreadable, content_of, content_sha256
from .alarms import alarm_held, alarm_trigger
from .instruct import instruct
from .matches import match_held
from .situation import Known, look_up

logger = logging.getLogger(__name__)


class UnreadableTrigger(Refused):
    """The trigger can't be read. It was kept as it came and on-call was alarmed, but no seller was instructed."""

    title = "This trigger cannot be read"


class FailedTrigger(Refused):
    """We failed on it by a defect of ours. It was kept as it came and on-call was alarmed, but no seller was instructed."""

    status = 500
    title = "This is our fault"


class ContradictoryTrigger(Contradiction):
    """The reference is known with other content. It was kept and on-call was alarmed, but no seller was instructed."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an accepted trigger led to. A repeat gets what the first one got, and is marked."""

    trigger: Trigger
    instructions: tuple[Instruction, ...]
    is_repeat: bool = False


def receive_trigger(
    *, operator: Operator, token: Token | None, raw: bytes, read: Callable[[bytes], TriggerNotice], by: By
) -> Receipt:
    """Takes a trigger of an operator in its own dialect: `read` turns the bytes into a notice, or raises Unreadable.

    The same reference and content again, also many times at once, gives the first receipt. A higher `revision` replaces
    what was sent; a gap between revisions is no reason to withhold one. Returns after the commit, and so refuses to run
    inside a transaction. Raises UnreadableTrigger, ContradictoryTrigger and FailedTrigger, each after what it keeps is
    committed.
    """
    arrived: dict[str, Any] = {"operator": operator, "token": token, "raw": raw, "received_at": timezone.now()}
    try:
        with transaction.atomic(durable=True):
            outcome = _receive(Trigger(**arrived), read, by=by)
    except (OperationalError, InterfaceError):
        raise  # the database is away or too slow: nothing can be kept, the operator must send it again
    except Exception as error:  # whatever defect of ours it is, it must not lose a trigger
        logger.exception("A trigger of %s could not be made into instructions", operator)
        with transaction.atomic(durable=True):
            outcome = _keep_failed(Trigger(**arrived), error, by=by)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _receive(arrival: Trigger, read: Callable[[bytes], TriggerNotice], *, by: By) -> Receipt | Refused:
    try:
        notice = read(bytes(arrival.raw))
    except Unreadable as error:
        return _keep_unreadable(arrival, error.faults, content=error.content, by=by)
    situation = look_up(arrival, notice)
    if situation is None:
        fault = Fault("market", notice.market, f"This token reaches no market of {arrival.operator} with this key.")
        return _keep_unreadable(arrival, [fault], content=content_of(notice), by=by)
    arrival.market, arrival.reference, arrival.revision = situation.market, notice.reference, notice.revision
    arrival.kind, arrival.content, arrival.content_sha256 = notice.kind, content_of(notice), content_sha256(notice)
    known = situation.known
    same = next((earlier for earlier in known if earlier.revision == notice.revision), None)
    if same is not None and same.content_sha256 == arrival.content_sha256:
        return _repeated(same)
    if known and known[0].revision >= notice.revision:
        return _keep_contradiction(arrival, known[0], by=by)
    instructions = instruct(trigger=arrival, notice=notice, situation=situation, by=by)
    if any(instruction.is_held for instruction in instructions):
        match_held(market=situation.market, instructions=instructions, by=by)
        alarm_held(trigger=arrival, instructions=[held for held in instructions if held.is_held])
    return Receipt(arrival, tuple(instructions))


def _repeated(same: Known) -> Receipt:
    first = Trigger.objects.select_related("market").get(pk=same.trigger_id)
    return Receipt(first, tuple(first.instructions.order_by("pk")), is_repeat=True)


def _keep_contradiction(arrival: Trigger, latest: Known, *, by: By) -> Refused:
    message = (
        f"{arrival.reference} is known with other content: revision {latest.revision}, received "
        f"{latest.received_at:%d %B %Y %H:%M:%S} UTC. To correct it, send it as revision {latest.revision + 1}; "
        "for another instruction take a new reference."
    )
    _keep(arrival, message, "A contradictory trigger", by=by)
    return ContradictoryTrigger(message, [RowProblem(0, "reference", arrival.reference, message)])


def _keep_unreadable(arrival: Trigger, faults: list[Fault], *, content: dict[str, Any], by: By) -> Refused:
    """`content` is what could be read none the less: enough, mostly, to alarm the right market's people."""
    arrival.content, arrival.content_sha256 = content, hashlib.sha256(arrival.raw).hexdigest()
    arrival.market = _market(arrival, content.get("market", ""))
    arrival.reference, arrival.kind = content.get("reference", ""), content.get("kind", "")
    problem = "\n".join(f"{fault.field} {fault.value!a}: {fault.reason}" for fault in faults)
    _keep(arrival, problem, "An unreadable trigger", by=by)
    rows = [RowProblem(0, fault.field, fault.value, fault.reason) for fault in faults]
    message = "Nobody was instructed. Our people on call are alarmed; correct the trigger and send it again."
    return UnreadableTrigger(message, rows)


def _keep_failed(arrival: Trigger, error: Exception, *, by: By) -> Refused:
    arrival.content_sha256 = hashlib.sha256(arrival.raw).hexdigest()
    problem = f"We failed on it by a defect of ours ({type(error).__name__}). Our log has the details."
    _keep(arrival, problem, "A trigger that we failed on", by=by)
    return FailedTrigger(
        "We failed on this trigger, and nobody was instructed. Our people on call are alarmed; send it again."
    )


def _market(arrival: Trigger, key: str) -> Market | None:
    reached = Market.objects.all() if arrival.token is None else Market.objects.reached_by(arrival.token)
    return reached.filter(operator=arrival.operator_id, key=key).first()


def _keep(arrival: Trigger, problem: str, headline: str, *, by: By) -> None:
    arrival.problem = problem
    arrival.save(force_insert=True)
    alarm_trigger(trigger=arrival, headline=headline)
    record(by=by, verb="refuse_trigger", subject=arrival, reason=problem)
