"""What runs in the background besides the worker. Repeating a job is harmless."""

import logging
from datetime import timedelta

import httpx
from django.conf import settings
from django.utils import timezone

from markets.models import Mail, Market
from markets.operations import calls, mail

from . import operations
from .operations import alarm_unsent, match_open

logger = logging.getLogger(__name__)
OVERDUE_SECONDS = 15
AT_ONCE = 10


def sweep_instructions() -> int:
    """Behind the worker: sends what it left for 15 s, and alarms on-call of what is unsent after a minute or refused."""
    queued_before = timezone.now() - timedelta(seconds=OVERDUE_SECONDS)
    sent = 0
    with mail.Line() as line:
        while claimed := mail.send_due(
            lane=Mail.Lane.INSTRUCTION, line=line, at_most=AT_ONCE, queued_before=queued_before
        ):
            sent += claimed
    alarm_unsent(by="sweep_instructions")
    calls.make_calls(alarms=True)
    return sent


def match_instructions() -> int:
    """Matches, in every market, what the messages have left for."""
    return sum(match_open(market=market, by="match_instructions") for market in Market.objects.all())


def remind_sellers() -> int:
    """Reminds, in every market, whoever delivers by schedule tomorrow."""
    markets = Market.objects.filter(pk__in=operations.reminders_due())
    return sum(operations.remind(market=market, by="remind_sellers") for market in markets)


def send_canary() -> str:
    """Sends an instruction of ours to ourselves by the way of every real one; `/health/dispatch` looks whether it came.

    Returns its reference, or why it could not even be sent.
    """
    try:
        return operations.send_canary()
    except httpx.HTTPError as error:
        logger.error("The canary could not be sent to %s: %s", settings.SITE_URL, error)
        return f"Not sent: {error}"


def forget_canaries() -> int:
    """Deletes what is left of the canaries of past weeks."""
    return operations.forget_canaries(by="forget_canaries")
